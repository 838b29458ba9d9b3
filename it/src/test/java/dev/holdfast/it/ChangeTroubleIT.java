package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sources that change while they are captured: what is captured is whole, or it is said loudly that it is not. */
@ExtendWith(Stands.Provided.class)
@Order(4)
class ChangeTroubleIT {
    private static final String BLOCKED = "55P03";

    @Test
    void a_table_that_is_to_be_truncated_or_dropped_during_a_backup_is_captured_whole(Stands stands) throws Exception {
        try (Stack stack = databaseOnly(stands, "truncate")) {
            int before = backends(stack);
            try (Running backup = stack.start("backup", "--json")) {
                Until.met("the tables are locked and a snapshot is exported", () -> locked(stack));
                backup.signal("STOP");
                try {
                    assertThat(backup.ended()).isFalse();
                    refused(stack, "TRUNCATE orders");
                    refused(stack, "DROP TABLE events");
                    refused(stack, "ALTER TABLE customers DROP COLUMN note");
                    stack.database().run("DELETE FROM orders WHERE id <= 10");
                } finally {
                    backup.signal("CONT");
                }
                backup.outcome().succeeded();
            }
            Until.met("every session has ended", () -> backends(stack) <= before);
            assertThat(restored(stack, "orders")).as("orders in the snapshot").isEqualTo("2000");
            assertThat(stack.database().query("SELECT count(*) FROM orders")).isEqualTo("1990");
            stack.database().run("TRUNCATE orders");
        }
    }

    @Test
    void a_table_that_is_truncated_and_filled_again_all_the_time_never_looks_empty(Stands stands) throws Exception {
        try (Stack stack = databaseOnly(stands, "flicker")) {
            stack.database().run("CREATE TABLE flicker AS SELECT i FROM generate_series(1, 777) i");
            AtomicBoolean enough = new AtomicBoolean();
            AtomicInteger times = new AtomicInteger();
            AtomicReference<SQLException> failure = new AtomicReference<>();
            Thread flickering = Thread.ofVirtual().start(() -> flicker(stack, enough, times, failure));
            try {
                for (int i = 0; i < 2; i++) {
                    int done = times.get();
                    Outcome backup = stack.json("backup");
                    assertThat(backup.exit()).as(backup.toString()).isIn(0, ErrorCode.TABLE_CHANGED.number());
                    if (backup.exit() == 0) {
                        assertThat(restored(stack, "flicker")).isEqualTo("777");
                    }
                    assertThat(times.get())
                            .as("times it was truncated meanwhile")
                            .isGreaterThan(done);
                }
            } finally {
                enough.set(true);
                flickering.join();
            }
            assertThat((Object) failure.get()).isNull();
            System.out.printf("change: the table was truncated %d times during two backups%n", times.get());
        }
    }

    @Test
    void a_table_that_somebody_is_changing_is_waited_for_and_then_the_one_who_does_it_is_named(Stands stands)
            throws Exception {
        try (Stack stack = databaseOnly(stands, "blocked");
                Connection other = stack.database().connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("TRUNCATE orders");

            stack.json("backup")
                    .failed(ErrorCode.TABLE_CHANGED)
                    .saying("orders", "process ", "TRUNCATE")
                    .hinting("again");

            other.rollback();
            assertThat(stack.snapshots()).isEmpty();
            stack.backup();
            assertThat(restored(stack, "orders")).isEqualTo("2000");
        }
    }

    @Test
    void an_object_that_is_deleted_before_it_is_read_is_left_out_and_the_rest_is_there(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "deleted")) {
            Gate gate = bucketBehindGate(stack);
            String victim = Bucket.key(7);
            gate.before(
                    "GET /" + stack.bucket().name() + "/" + victim,
                    () -> stack.bucket().delete(victim));

            Outcome backup = stack.json("backup");

            assertThat(backup.exit()).as(backup.toString()).isIn(0, ErrorCode.FINDINGS.number());
            stack.equal();
            assertThat(stack.run("show", "latest", "media").succeeded().out())
                    .contains(Bucket.key(8))
                    .doesNotContain(victim);
        }
    }

    @Test
    void an_object_that_is_replaced_before_it_is_read_is_captured_as_it_is_then(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "replaced")) {
            Gate gate = bucketBehindGate(stack);
            String victim = Bucket.key(7);
            byte[] later = "quite another object".getBytes(StandardCharsets.UTF_8);
            gate.before(
                    "GET /" + stack.bucket().name() + "/" + victim,
                    () -> stack.bucket().put(victim, later));

            Outcome backup = stack.json("backup");

            assertThat(backup.exit()).as(backup.toString()).isIn(0, ErrorCode.FINDINGS.number());
            stack.equal();
            stack.backup();
            stack.equal();
        }
    }

    @Test
    void a_file_that_keeps_changing_while_it_is_read_is_told(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "changing")) {
            stack.uploads().fill(3);
            stack.uploads().write("log/busy.log", 5, 40_000_000);
            stack.describe(List.of(stack.folderSource()), List.of(stack.diskDestination()));
            stack.init();
            AtomicBoolean enough = new AtomicBoolean();
            Thread writer = Thread.ofPlatform().start(() -> scribble(stack, enough));
            Outcome backup;
            try {
                backup = stack.json("backup").degraded();
            } finally {
                enough.set(true);
                writer.join();
            }

            assertThat(backup.texts("findings", "subject")).contains("log/busy.log");
            assertThat(backup.texts("findings", "message")).anyMatch(message -> message.contains("changed while"));
            assertThat(stack.json("compare").exit()).isEqualTo(ErrorCode.DIFFERENT.number());
            Outcome next = stack.backup();
            assertThat(next.named("parts", "uploads").path("readEntries").asLong())
                    .isPositive();
            stack.equal();
        }
    }

    private static void scribble(Stack stack, AtomicBoolean enough) {
        try (RandomAccessFile file = new RandomAccessFile(
                stack.uploads().root().resolve("log/busy.log").toFile(), "rw")) {
            for (int i = 0; !enough.get(); i++) {
                file.seek((long) i * 4099 % 40_000_000);
                file.writeInt(i);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stack databaseOnly(Stands stands, String name) {
        Stack stack = Stack.on(stands, name);
        stack.database().fill(2000);
        stack.describe(List.of(stack.databaseSource()), List.of(stack.diskDestination()));
        return stack.init();
    }

    private static Gate bucketBehindGate(Stack stack) {
        Gate gate = stack.closing(Gate.before(stack.s3().endpoint()));
        stack.bucket().fill(30);
        stack.describe(List.of(stack.bucketSource(stack.s3().at(gate.endpoint()))), List.of(stack.diskDestination()));
        stack.init();
        return gate;
    }

    private static boolean locked(Stack stack) {
        return stack.database().query("""
                        SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                          WHERE l.relation = 'orders'::regclass AND l.mode = 'AccessShareLock' AND l.granted
                            AND a.backend_xmin IS NOT NULL AND a.pid <> pg_backend_pid())""").equals("t");
    }

    private static int backends(Stack stack) {
        return Integer.parseInt(
                stack.database().query("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"));
    }

    private static void refused(Stack stack, String sql) throws SQLException {
        try (Connection connection = stack.database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '200ms'");
            assertThatThrownBy(() -> statement.execute(sql))
                    .as(sql)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(BLOCKED));
        }
    }

    private static void flicker(
            Stack stack, AtomicBoolean enough, AtomicInteger times, AtomicReference<SQLException> failure) {
        try (Connection connection = stack.database().connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            while (!enough.get()) {
                statement.execute("TRUNCATE flicker");
                statement.execute("INSERT INTO flicker SELECT i FROM generate_series(1, 777) i");
                connection.commit();
                times.incrementAndGet();
                // others need the machine too
                LockSupport.parkNanos(5_000_000);
            }
        } catch (SQLException e) {
            failure.set(e);
        }
    }

    /** How many rows a table has in the newest snapshot, counted in a restored copy. */
    private static String restored(Stack stack, String table) {
        Database copy = stack.database().beside("-copy");
        stack.json("restore", "--to", "database=" + copy.name()).succeeded();
        try {
            return copy.query("SELECT count(*) FROM " + table);
        } finally {
            copy.destroy();
        }
    }
}
