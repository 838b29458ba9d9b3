package dev.holdfast.it;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * An application at work: posts are rows, each with a file in the bucket. Where the bucket takes no file, people go on writing
 * posts without one; a database that fails them ends it, which {@link #verifyBusy} tells.
 */
final class Application implements AutoCloseable {
    private static final long PAUSE_NANOS = 20_000_000;

    private final Bucket bucket;
    private final Connection connection;
    private final AtomicInteger written = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Thread people;
    private volatile boolean enough;

    private Application(Stack stack) {
        this.bucket = stack.bucket();
        this.connection = stack.database().connect();
        stack.database().run("CREATE TABLE posts (id int PRIMARY KEY, file text)");
        this.people = Thread.ofVirtual().name("people").start(this::write);
    }

    /** Begins to work with the database and the bucket of a stack, which are there. */
    static Application on(Stack stack) {
        return new Application(stack);
    }

    private void write() {
        try {
            while (!enough) {
                post(written.get() + 1);
                written.incrementAndGet();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (SQLException | RuntimeException e) {
            failure.set(e);
        }
    }

    private void post(int number) throws SQLException {
        boolean uploaded = upload(number);
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO posts VALUES (?, ?)")) {
            statement.setInt(1, number);
            statement.setString(2, uploaded ? key(number) : null);
            statement.executeUpdate();
        }
    }

    private boolean upload(int number) {
        try {
            bucket.put(key(number), content(number));
            return true;
        } catch (S3Exception e) {
            refused.incrementAndGet();
            return false;
        }
    }

    private static String key(int number) {
        return "posts/" + number + ".txt";
    }

    private static byte[] content(int number) {
        return ("the file of post " + number).getBytes(StandardCharsets.UTF_8);
    }

    /** How many posts there are. */
    int posts() {
        verifyBusy();
        return written.get();
    }

    /** How many files the bucket has not taken. */
    int refused() {
        verifyBusy();
        return refused.get();
    }

    /** Fails if people cannot write any more. */
    void verifyBusy() {
        Throwable reason = failure.get();
        if (reason != null) {
            throw new AssertionError("the application has stopped", reason);
        }
    }

    /** Posts, up to one, whose file does not open, or is not what was uploaded. */
    List<Integer> broken(Database database, int last) {
        List<Integer> broken = new ArrayList<>();
        try (Connection reading = database.connect();
                Statement statement = reading.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT id, file FROM posts WHERE file IS NOT NULL AND id <= " + last)) {
            while (rows.next()) {
                int number = rows.getInt("id");
                if (!opens(rows.getString("file"), number)) {
                    broken.add(number);
                }
            }
        } catch (SQLException e) {
            throw new AssertionError("the posts cannot be read", e);
        }
        return broken;
    }

    private boolean opens(String key, int number) {
        Optional<byte[]> found = bucket.find(key);
        return found.isPresent() && java.util.Arrays.equals(found.get(), content(number));
    }

    @Override
    public void close() throws SQLException, InterruptedException {
        enough = true;
        people.join();
        connection.close();
    }
}
