package dev.holdfast.connectors.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.connectors.postgres.wire.WireException.Reason;
import dev.holdfast.demo.stand.PrivatePostgres;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

@Timeout(120)
@ExtendWith(Stand.UntilTheEnd.class)
class WireCopyTest {
    private static PrivatePostgres server;

    private WireConnection connection;

    @BeforeAll
    static void start() throws Exception {
        server = Stand.shared();
    }

    @BeforeEach
    void connect() throws Exception {
        connection = Stand.open(server);
    }

    @AfterEach
    void close() {
        connection.close();
    }

    private Rows rows(String sql) throws Exception {
        Rows rows = new Rows();
        assertThat(connection.copyOut(sql, rows)).isEqualTo(rows.count());
        assertThat(rows.isWithinRow()).isFalse();
        return rows;
    }

    private static void write(CopyIn copy, String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        copy.write(bytes, 0, bytes.length);
    }

    private void isUsable() throws Exception {
        assertThat(connection.query("SELECT 42")).containsExactly(List.of("42"));
    }

    private void isClosed() {
        assertThat(connection.isOpen()).isFalse();
        assertThat(catchThrowableOfType(WireException.class, () -> connection.query("SELECT 1"))
                        .reason())
                .isEqualTo(Reason.ABORTED);
    }

    @Test
    void a_table_without_rows_and_one_without_columns_are_read() throws Exception {
        connection.query("CREATE TEMP TABLE nobody (a int); CREATE TEMP TABLE nothing ();"
                + " INSERT INTO nothing SELECT FROM generate_series(1, 3)");

        assertThat(rows("COPY nobody TO STDOUT").bytes()).isEmpty();
        assertThat(rows("COPY nothing TO STDOUT").text()).isEqualTo("\n\n\n");
        try (CopyIn copy = connection.copyIn("COPY nothing FROM STDIN")) {
            write(copy, "\n\n");
            assertThat(copy.finish()).isEqualTo(2);
        }
        try (CopyIn copy = connection.copyIn("COPY nobody FROM STDIN")) {
            assertThat(copy.finish()).isZero();
        }
    }

    @Test
    void rows_about_as_long_as_the_receive_buffer_come_whole_and_longer_ones_in_pieces() throws Exception {
        List<Integer> lengths = IntStream.rangeClosed(-7, 7)
                .mapToObj(i -> Messages.BUFFER_BYTES + i)
                .collect(Collectors.toCollection(ArrayList::new));
        lengths.addAll(List.of(1, Messages.BUFFER_BYTES / 2, 2, 3 * Messages.BUFFER_BYTES, 5));
        List<Integer> seen = new ArrayList<>();
        List<Integer> pieces = new ArrayList<>();
        pieces.add(0);
        seen.add(0);

        long count = connection.copyOut(
                "COPY (SELECT repeat('x', n - 1) FROM unnest(ARRAY" + lengths + ") n) TO STDOUT",
                (buffer, offset, length, ends) -> {
                    assertThat(buffer[offset + length - 1]).isEqualTo((byte) (ends ? '\n' : 'x'));
                    seen.set(seen.size() - 1, seen.getLast() + length);
                    pieces.set(pieces.size() - 1, pieces.getLast() + 1);
                    if (ends) {
                        seen.add(0);
                        pieces.add(0);
                    }
                });

        assertThat(count).isEqualTo(lengths.size());
        assertThat(seen.subList(0, lengths.size())).isEqualTo(lengths);
        for (int i = 0; i < lengths.size(); i++) {
            if (lengths.get(i) <= Messages.BUFFER_BYTES) {
                assertThat(pieces.get(i)).as("row of " + lengths.get(i)).isEqualTo(1);
            }
        }
    }

    @Test
    void a_row_of_300_MB_needs_no_more_memory_than_any_other() throws Exception {
        long[] seen = new long[3];

        connection.copyOut("COPY (SELECT repeat('x', 300000000)) TO STDOUT", (buffer, offset, length, ends) -> {
            seen[0] += length;
            seen[1] += ends ? 1 : 0;
            seen[2] = Math.max(seen[2], buffer.length);
        });

        assertThat(seen).containsExactly(300_000_001, 1, Messages.BUFFER_BYTES);
    }

    @Test
    void the_driver_sees_the_same_bytes() throws Exception {
        String sql = "COPY (SELECT i, CASE i % 5 WHEN 0 THEN NULL ELSE repeat(chr(9 + i % 300), i % 90) END,"
                + " decode(md5(i::text), 'hex'), i * 1.5, ARRAY[i, NULL] FROM generate_series(1, 20000) i) TO STDOUT";
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        try (Connection driver = server.connect("postgres")) {
            driver.unwrap(PGConnection.class).getCopyAPI().copyOut(sql, expected);
        }

        assertThat(rows(sql).bytes()).isEqualTo(expected.toByteArray());
    }

    @Test
    void what_is_read_can_be_written_however_it_is_cut() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        connection.query("CREATE TEMP TABLE original AS SELECT i, repeat(md5(i::text), i % 90) t"
                + " FROM generate_series(1, 3000) i; CREATE TEMP TABLE mirror (LIKE original)");
        byte[] text = rows("COPY (SELECT * FROM original ORDER BY i) TO STDOUT").bytes();

        try (CopyIn copy = connection.copyIn("COPY mirror FROM STDIN")) {
            for (int from = 0; from < text.length; ) {
                int most = random.nextBoolean() ? 100 : 300_000;
                int length = Math.min(text.length - from, random.nextInt(most));
                copy.write(text, from, length);
                from += length;
            }
            assertThat(copy.finish()).isEqualTo(3000);
        }

        assertThat(rows("COPY (SELECT * FROM mirror ORDER BY i) TO STDOUT").bytes())
                .as("seed " + seed)
                .isEqualTo(text);
    }

    @Test
    void a_binary_copy_goes_both_ways() throws Exception {
        connection.query("CREATE TEMP TABLE bin AS SELECT i, 'x' || i t FROM generate_series(1, 10) i");
        Rows rows = new Rows();
        assertThat(connection.copyOut("COPY bin TO STDOUT (FORMAT binary)", rows))
                .isEqualTo(10);
        try (CopyIn copy = connection.copyIn("COPY bin FROM STDIN (FORMAT binary)")) {
            copy.write(rows.bytes(), 0, rows.bytes().length);
            assertThat(copy.finish()).isEqualTo(10);
        }
        assertThat(connection.query("SELECT count(*) FROM bin")).containsExactly(List.of("20"));
    }

    @Test
    void an_error_after_some_rows_is_the_servers_and_leaves_the_connection_usable() throws Exception {
        Rows rows = new Rows();

        ServerError error = catchThrowableOfType(
                ServerError.class,
                () -> connection.copyOut(
                        "COPY (SELECT 1 / (30000 - i), repeat('x', 50) FROM generate_series(1, 40000) i) TO STDOUT",
                        rows));

        assertThat(error.sqlState()).isEqualTo("22012");
        assertThat(rows.count()).isPositive();
        isUsable();
    }

    @Test
    void a_copy_of_something_missing_is_the_servers_error() throws Exception {
        assertThat(catchThrowableOfType(
                                ServerError.class, () -> connection.copyOut("COPY missing TO STDOUT", new Rows()))
                        .sqlState())
                .isEqualTo("42P01");
        assertThat(catchThrowableOfType(ServerError.class, () -> connection.copyIn("COPY missing FROM STDIN"))
                        .sqlState())
                .isEqualTo("42P01");
        isUsable();
    }

    @Test
    void another_statement_than_the_one_asked_for_ends_the_connection() throws Exception {
        List<ThrowingCallable> mistakes = List.of(
                () -> connection.copyOut("SELECT 1", new Rows()),
                () -> connection.copyOut("CREATE TEMP TABLE n (n int); COPY n FROM STDIN", new Rows()),
                () -> connection.copyIn("SELECT 1"),
                () -> connection.copyIn("COPY (SELECT 1) TO STDOUT"),
                () -> connection.query("COPY (SELECT 1) TO STDOUT"));
        for (ThrowingCallable mistake : mistakes) {
            assertThat(catchThrowableOfType(WireException.class, mistake).reason())
                    .isEqualTo(Reason.PROTOCOL);
            isClosed();
            connect();
        }
    }

    @Test
    void two_copies_in_one_statement_are_not_taken_for_one() {
        assertThat(catchThrowableOfType(
                                WireException.class,
                                () -> connection.copyOut(
                                        "COPY (SELECT 1) TO STDOUT; COPY (SELECT 2) TO STDOUT", new Rows()))
                        .reason())
                .isEqualTo(Reason.PROTOCOL);
        isClosed();
    }

    @Test
    void a_sink_that_throws_ends_the_connection_with_what_it_threw() {
        RuntimeException ours = new IllegalStateException("full");

        assertThatThrownBy(() -> connection.copyOut(
                        "COPY (SELECT generate_series(1, 1000000)) TO STDOUT", (buffer, offset, length, ends) -> {
                            throw ours;
                        }))
                .isSameAs(ours);
        isClosed();
    }

    @Test
    void a_sink_cannot_use_the_connection_it_is_fed_by() {
        assertThatThrownBy(() -> connection.copyOut("COPY (SELECT 1) TO STDOUT", (buffer, offset, length, ends) -> {
                    try {
                        connection.query("SELECT 1");
                    } catch (ServerError | WireException e) {
                        throw new AssertionError(e);
                    }
                }))
                .isInstanceOf(IllegalStateException.class);
        isClosed();
    }

    @Test
    void a_bad_row_is_heard_of_while_rows_are_sent() throws Exception {
        connection.query("CREATE TEMP TABLE numbers (n int)");
        CopyIn copy = connection.copyIn("COPY numbers FROM STDIN");
        byte[] block = "1\n".repeat(50_000).getBytes(StandardCharsets.UTF_8);
        write(copy, "one\n");

        ServerError error = catchThrowableOfType(ServerError.class, () -> {
            while (true) { // ends only if somebody listens
                copy.write(block, 0, block.length);
            }
        });

        assertThat(error.sqlState()).isEqualTo("22P02");
        assertThat(error.where()).contains("line 1");
        assertThat(error).hasMessageNotContaining("line 1");
        copy.close();
        assertThatThrownBy(() -> copy.write(block, 0, 1)).isInstanceOf(IllegalStateException.class);
        assertThat(connection.query("SELECT count(*) FROM numbers")).containsExactly(List.of("0"));
    }

    @Test
    void a_bad_last_row_is_heard_of_at_the_end() throws Exception {
        connection.query("CREATE TEMP TABLE numbers (n int)");
        CopyIn copy = connection.copyIn("COPY numbers FROM STDIN");
        write(copy, "1\none\n");

        assertThat(catchThrowableOfType(ServerError.class, copy::finish).sqlState())
                .isEqualTo("22P02");
        assertThatThrownBy(copy::finish).isInstanceOf(IllegalStateException.class);
        isUsable();
    }

    @Test
    void rows_that_are_given_up_are_forgotten() throws Exception {
        connection.query("CREATE TEMP TABLE numbers (n int)");
        try (CopyIn copy = connection.copyIn("COPY numbers FROM STDIN")) {
            write(copy, "1\n2\n");
            assertThatThrownBy(() -> connection.query("SELECT 1")).isInstanceOf(IllegalStateException.class);
        }
        try (CopyIn copy = connection.copyIn("COPY numbers FROM STDIN")) {
            write(copy, "1\n".repeat(200_000));
            copy.fail("the source is gone");
        }
        try (CopyIn copy = connection.copyIn("COPY numbers FROM STDIN")) {
            write(copy, "one\n");
            write(copy, "1\n".repeat(50_000));
            copy.fail("it would have failed anyway");
        }
        assertThat(connection.query("SELECT count(*) FROM numbers")).containsExactly(List.of("0"));
    }

    @Test
    void a_server_that_talks_while_it_takes_rows_is_no_deadlock() throws Exception {
        connection.query("""
                CREATE TEMP TABLE loud (t text);
                CREATE FUNCTION pg_temp.shout() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  RAISE NOTICE '%', repeat('n', CASE new.t WHEN 'long' THEN 1000000 ELSE 20000 END);
                  RETURN new;
                END $$;
                CREATE TRIGGER shout BEFORE INSERT ON loud FOR EACH ROW EXECUTE FUNCTION pg_temp.shout();
                LISTEN something""");
        byte[] row = ("x".repeat(20_000) + "\n").getBytes(StandardCharsets.UTF_8);

        try (CopyIn copy = connection.copyIn("COPY loud FROM STDIN")) {
            write(copy, "long\n");
            for (int i = 0; i < 2000; i++) { // 40 MB each way, more than all buffers in between
                copy.write(row, 0, row.length);
            }
            assertThat(copy.finish()).isEqualTo(2001);
        }
        connection.query(
                "SET application_name = 'changed'; NOTIFY something, 'whatever'; DO $$BEGIN RAISE WARNING 'x'; END$$");
        assertThat(connection.parameter("application_name")).isEqualTo("changed");
        assertThat(rows("COPY (SELECT count(*) FROM loud) TO STDOUT").text()).isEqualTo("2001\n");
    }

    @Test
    void an_administrator_who_ends_the_connection_is_quoted() throws Exception {
        connection.query("CREATE TEMP TABLE numbers (n int)");
        CopyIn copy = connection.copyIn("COPY numbers FROM STDIN");
        byte[] block = "1\n".repeat(50_000).getBytes(StandardCharsets.UTF_8);
        server.execute("postgres", "SELECT pg_terminate_backend(" + connection.processId() + ")");

        ServerError error = catchThrowableOfType(ServerError.class, () -> {
            while (true) {
                copy.write(block, 0, block.length);
            }
        });

        assertThat(error.sqlState()).isEqualTo("57P01");
        assertThat(error.isFatal()).isTrue();
        copy.close();
        isClosed();
    }

    @Test
    void a_connection_ended_while_nothing_was_going_on_is_noticed_with_the_reason() throws Exception {
        server.execute("postgres", "SELECT pg_terminate_backend(" + connection.processId() + ")");
        Stand.await(() -> "0"
                .equals(server.query(
                        "postgres", "SELECT count(*) FROM pg_stat_activity WHERE pid = " + connection.processId())));

        assertThat(catchThrowableOfType(ServerError.class, () -> connection.query("SELECT 1"))
                        .sqlState())
                .isEqualTo("57P01");
        isClosed();
    }

    @Test
    void a_server_that_is_killed_ends_reading_and_writing(@TempDir Path folder) throws Exception {
        try (PrivatePostgres victim = Stand.start(folder);
                WireConnection reader = Stand.open(victim);
                WireConnection writer = Stand.open(victim)) {
            writer.query("CREATE TABLE numbers (n int)");
            CopyIn copy = writer.copyIn("COPY numbers FROM STDIN");
            byte[] block = "1\n".repeat(50_000).getBytes(StandardCharsets.UTF_8);
            copy.write(block, 0, block.length);
            AtomicBoolean killed = new AtomicBoolean();

            Throwable reading = catchThrowable(() -> reader.copyOut(
                    "COPY (SELECT generate_series(1, 2000000000)) TO STDOUT", (buffer, offset, length, ends) -> {
                        if (killed.compareAndSet(false, true)) {
                            victim.killHard();
                        }
                    }));
            Throwable writing = catchThrowable(() -> {
                while (true) {
                    copy.write(block, 0, block.length);
                }
            });

            assertThat(isLoss(reading)).as("%s", reading).isTrue();
            assertThat(isLoss(writing)).as("%s", writing).isTrue();
            copy.close();
            assertThat(writer.isOpen()).isFalse();
            assertThat(reader.isOpen()).isFalse();
        }
    }

    /** A process of the server may find the time to say goodbye. */
    private static boolean isLoss(Throwable thrown) {
        return switch (thrown) {
            case WireException e -> e.reason() == Reason.LOST;
            case ServerError e -> e.isFatal();
            default -> false;
        };
    }

    @Test
    void a_cancelled_copy_is_the_servers_error() throws Exception {
        AtomicBoolean asked = new AtomicBoolean();

        ServerError error = catchThrowableOfType(
                ServerError.class,
                () -> connection.copyOut(
                        "COPY (SELECT generate_series(1, 2000000000)) TO STDOUT", (buffer, offset, length, ends) -> {
                            if (asked.compareAndSet(false, true)) {
                                try {
                                    connection.cancel();
                                } catch (WireException e) {
                                    throw new AssertionError(e);
                                }
                            }
                        }));

        assertThat(error.sqlState()).isEqualTo("57014");
        isUsable();
    }

    @Test
    void abort_and_interrupt_wake_who_waits_for_the_server() throws Exception {
        for (boolean interrupt : new boolean[] {false, true}) {
            for (boolean virtual : new boolean[] {false, true}) {
                try (WireConnection other = Stand.open(server)) {
                    Throwable[] thrown = new Throwable[1];
                    Runnable wait = () -> thrown[0] = catchThrowable(() -> other.query("SELECT pg_sleep(1000)"));
                    Thread waiter = virtual
                            ? Thread.startVirtualThread(wait)
                            : Thread.ofPlatform().start(wait);
                    Stand.await(() -> isActive(other));
                    if (interrupt) {
                        waiter.interrupt();
                    } else {
                        other.abort();
                    }
                    waiter.join();
                    assertThat(thrown[0])
                            .isInstanceOfSatisfying(
                                    WireException.class,
                                    e -> assertThat(e.reason()).isEqualTo(Reason.ABORTED));
                    assertThat(other.isOpen()).isFalse();
                }
            }
        }
    }

    private static boolean isActive(WireConnection other) {
        return "active"
                .equals(server.query(
                        "postgres", "SELECT state FROM pg_stat_activity WHERE pid = " + other.processId()));
    }

    @Test
    void abort_wakes_who_waits_to_send() throws Exception {
        connection.query("""
                CREATE TEMP TABLE slow (t text);
                CREATE FUNCTION pg_temp.sleep() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN PERFORM pg_sleep(1000); RETURN new; END$$;
                CREATE TRIGGER sleep BEFORE INSERT ON slow FOR EACH ROW EXECUTE FUNCTION pg_temp.sleep()""");
        CopyIn copy = connection.copyIn("COPY slow FROM STDIN");
        byte[] block = "x\n".repeat(50_000).getBytes(StandardCharsets.UTF_8);
        Throwable[] thrown = new Throwable[1];
        Thread writer = Thread.startVirtualThread(() -> thrown[0] = catchThrowable(() -> {
            while (true) {
                copy.write(block, 0, block.length);
            }
        }));
        Stand.await(() -> writer.getState() == Thread.State.WAITING || writer.getState() == Thread.State.TIMED_WAITING);

        connection.abort();

        writer.join();
        assertThat(thrown[0])
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ABORTED));
    }

    @Test
    void values_longer_than_the_buffer_are_query_results_too() throws Exception {
        assertThat(connection.query("SELECT repeat('ä', 1000000), 1"))
                .containsExactly(List.of("ä".repeat(1_000_000), "1"));
        isUsable();
    }

    @Test
    void transactions_are_seen() throws Exception {
        assertThat(connection.isInTransaction()).isFalse();
        connection.query("BEGIN");
        assertThat(connection.isInTransaction()).isTrue();
        assertThat(catchThrowable(() -> connection.query("SELECT 1/0"))).isInstanceOf(ServerError.class);
        assertThat(connection.isInTransaction()).isTrue();
        connection.query("ROLLBACK");
        assertThat(connection.isInTransaction()).isFalse();
    }
}
