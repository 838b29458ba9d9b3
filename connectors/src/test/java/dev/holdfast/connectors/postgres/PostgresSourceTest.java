package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.MemoryPart;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(Server.UntilTheEnd.class)
class PostgresSourceTest {
    private static PrivatePostgres server;

    @BeforeAll
    static void start() {
        server = Server.shared();
    }

    private static String text(MemoryPart part, String table) {
        return new String(
                part.bytes(part.find(EntryKeys.table(table)).orElseThrow().content()), StandardCharsets.UTF_8);
    }

    private static PostgresSource source(String database, Duration lockWait) {
        return new PostgresSource(
                Server.location(server, database), 2, Server.folder(), ClientTools.ofMachine(), lockWait);
    }

    /** Runs a statement on a connection of its own that will have to wait. */
    private static CompletableFuture<Void> later(String database, String sql) {
        return CompletableFuture.runAsync(() -> server.execute(database, sql));
    }

    private static void awaitWaiting(String database) throws Exception {
        Server.await(() -> !"0"
                .equals(server.query(
                        database, "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'")));
    }

    @Test
    void rows_written_after_the_freeze_are_not_seen_and_those_before_are() {
        String database = Server.database(server, "CREATE TABLE t (x int)", "INSERT INTO t VALUES (1)");
        try (PostgresSource source = source(database, Duration.ofSeconds(5))) {
            source.preflight();
            source.freeze();
            server.execute(
                    database, "INSERT INTO t VALUES (2)", "CREATE TABLE late (x int)", "DELETE FROM t WHERE x = 1");
            MemoryPart part = new MemoryPart("postgres");
            part.with(source.capture(part));
            assertThat(text(part, "public.t")).isEqualTo("1\n");
            assertThat(part.find(EntryKeys.table("public.late"))).isEmpty();
            assertThat(part.details()).containsEntry("tables", "1").containsEntry("rows", "1");
        }
    }

    @Test
    void truncating_rewriting_and_dropping_wait_until_the_tables_are_read() throws Exception {
        for (String change : List.of(
                "TRUNCATE t",
                "ALTER TABLE t ALTER x TYPE bigint",
                "DROP TABLE t",
                "VACUUM FULL t",
                "TRUNCATE by_list")) {
            String database = Server.database(
                    server,
                    "CREATE TABLE t (x int)",
                    "INSERT INTO t SELECT generate_series(1, 100)",
                    "CREATE TABLE by_list (x int) PARTITION BY LIST (x)",
                    "CREATE TABLE by_list_1 PARTITION OF by_list FOR VALUES IN (1)",
                    "INSERT INTO by_list VALUES (1)");
            CompletableFuture<Void> changing;
            try (PostgresSource source = source(database, Duration.ofMillis(500))) {
                source.preflight();
                source.freeze();
                changing = later(database, change);
                awaitWaiting(database);
                MemoryPart part = new MemoryPart("postgres");
                // never an empty table: it fails and names who is in the way
                assertThatThrownBy(() -> source.capture(part))
                        .isInstanceOf(HoldfastException.class)
                        .satisfies(
                                e -> assertThat(((HoldfastException) e).code()).isEqualTo(ErrorCode.TABLE_CHANGED))
                        .hasMessageContaining("waits for")
                        .hasMessageContaining(change);
            }
            changing.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_change_that_gives_up_waiting_does_not_end_the_backup() throws Exception {
        String database = Server.database(server, "CREATE TABLE t (x int)", "INSERT INTO t VALUES (1)");
        try (PostgresSource source = source(database, Duration.ofSeconds(20))) {
            source.preflight();
            source.freeze();
            CompletableFuture<Void> changing = later(database, "SET lock_timeout = '2s'; TRUNCATE t");
            awaitWaiting(database);
            MemoryPart part = new MemoryPart("postgres");
            source.capture(part);
            assertThat(text(part, "public.t")).isEqualTo("1\n");
            assertThat(catchThrowable(() -> changing.get(10, TimeUnit.SECONDS))).hasMessageContaining("lock timeout");
        }
    }

    @Test
    void a_table_that_somebody_is_changing_is_waited_for_and_then_named() throws Exception {
        String database = Server.database(server, "CREATE TABLE t (x int)");
        try (Connection other = server.connect(database);
                Statement statement = other.createStatement();
                PostgresSource source = source(database, Duration.ofMillis(300))) {
            statement.execute("BEGIN");
            statement.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
            assertThatThrownBy(source::freeze)
                    .isInstanceOf(Busy.class)
                    .hasMessageContaining("holds public.t (user postgres: LOCK TABLE t IN");
        }
    }

    @Test
    void tables_that_come_and_go_while_locking_are_found() throws Exception {
        String database = Server.database(server, "CREATE TABLE t (x int)");
        CountDownLatch stop = new CountDownLatch(1);
        CompletableFuture<Void> churning = CompletableFuture.runAsync(() -> {
            for (int i = 0; stop.getCount() > 0; i++) {
                server.execute(database, "CREATE TABLE churn" + i + " AS SELECT 1 AS x");
                if (i >= 10) {
                    server.execute(database, "DROP TABLE churn" + (i - 10));
                }
            }
        });
        for (int i = 0; i < 10; i++) {
            try (PostgresSource source = source(database, Duration.ofSeconds(5))) {
                source.freeze();
                assertThat(source.lockedTables()).isNotEmpty();
            } catch (HoldfastException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.TABLE_CHANGED);
            }
        }
        stop.countDown();
        churning.get(10, TimeUnit.SECONDS);
    }

    @Test
    void tables_that_are_emptied_and_filled_again_all_the_time_are_never_seen_empty() throws Exception {
        String reload = "TRUNCATE a, b; INSERT INTO a SELECT generate_series(1, 100); INSERT INTO b SELECT 1 FROM a";
        String database = Server.database(server, "CREATE TABLE a (x int)", "CREATE TABLE b (x int)", reload);
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> reloading = CompletableFuture.runAsync(() -> {
            try (Connection connection = server.connect(database);
                    Statement statement = connection.createStatement()) {
                statement.execute("SET lock_timeout = '300ms'");
                while (!stop.get()) {
                    try {
                        statement.execute(reload);
                    } catch (SQLException e) {
                        Thread.onSpinWait(); // we hold the locks
                    }
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        int captured = 0;
        for (int i = 0; i < 8; i++) {
            MemoryPart part = new MemoryPart("postgres");
            try (PostgresSource source = source(database, Duration.ofSeconds(5))) {
                source.freeze();
                source.capture(part);
                assertThat(part.find(EntryKeys.table("public.a"))
                                .orElseThrow()
                                .attributes()
                                .number("rows"))
                        .hasValue(100);
                assertThat(part.find(EntryKeys.table("public.b"))
                                .orElseThrow()
                                .attributes()
                                .number("rows"))
                        .hasValue(100);
                captured++;
            } catch (HoldfastException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.TABLE_CHANGED);
            }
        }
        stop.set(true);
        reloading.get(10, TimeUnit.SECONDS);
        assertThat(captured).isPositive();
    }

    @Test
    void thousands_of_tables_are_locked_and_read() {
        String database = Server.database(
                server,
                "DO $$ BEGIN FOR i IN 1..1500 LOOP EXECUTE format('CREATE TABLE %I (x int)', 't' || i); END LOOP; END $$",
                "DO $$ BEGIN FOR i IN 1501..3000 LOOP EXECUTE format('CREATE TABLE %I (x int)', 't' || i); END LOOP; END $$");
        MemoryPart part = Server.backUp(server, database);
        assertThat(part.details()).containsEntry("tables", "3000");
    }

    @Test
    void too_many_tables_for_the_servers_lock_table_are_said() {
        try (PrivatePostgres small = PrivatePostgres.in(Server.folder())
                .setting("fsync", "off")
                .setting("max_locks_per_transaction", "10")
                .setting("max_connections", "10")
                .start()) {
            String database = Server.database(small);
            for (int i = 0; i < 50; i++) {
                small.execute(
                        database,
                        "DO $$ BEGIN FOR i IN 1..100 LOOP EXECUTE format('CREATE TABLE %I ()', 't" + i
                                + "_' || i); END LOOP; END $$");
            }
            assertThatThrownBy(() -> Server.backUp(small, database))
                    .hasMessageContaining("out of shared memory")
                    .satisfies(e -> assertThat(((HoldfastException) e).hint()).contains("max_locks_per_transaction"));
        }
    }

    @Test
    void a_table_without_permission_is_named() {
        String database = Server.database(
                server,
                "CREATE TABLE secret (x int)",
                "CREATE SCHEMA closed",
                "CREATE SEQUENCE closed.s",
                "CREATE TABLE own (x int)");
        server.execute(
                database,
                "DROP ROLE IF EXISTS reader",
                "CREATE ROLE reader LOGIN PASSWORD 'r'",
                "GRANT SELECT ON own TO reader");
        PostgresLocation location = PostgresLocation.parse(server.url("reader", "r", database));
        assertThatThrownBy(() -> Server.backUp(location, new MemoryPart("postgres")))
                .isInstanceOf(AccessDenied.class)
                .hasMessage("user 'reader' may not read sequence closed.s, table public.secret")
                .satisfies(e -> assertThat(((HoldfastException) e).code()).isEqualTo(ErrorCode.TABLE_UNREADABLE));
        server.execute(
                database, "GRANT USAGE ON SCHEMA closed TO reader", "GRANT SELECT ON secret, closed.s TO reader");
        assertThat(Server.backUp(location, new MemoryPart("postgres")).findings())
                .extracting(Finding::message)
                .containsExactly("the passwords of roles are not in the snapshot, because user 'reader' may not read"
                        + " pg_authid: postgres, reader");
        server.execute(database, "ALTER TABLE own ENABLE ROW LEVEL SECURITY");
        assertThatThrownBy(() -> Server.backUp(location, new MemoryPart("postgres")))
                .isInstanceOf(AccessDenied.class)
                .hasMessage("row security hides rows from user 'reader' in public.own");
        server.execute(database, "ALTER TABLE own DISABLE ROW LEVEL SECURITY", "SELECT lo_create(77)");
        assertThatThrownBy(() -> Server.backUp(location, new MemoryPart("postgres")))
                .hasMessage("user 'reader' may not read 1 large objects");
        server.execute(database, "DROP OWNED BY reader", "DROP ROLE reader");
    }

    @Test
    void who_cannot_be_reached_or_does_not_let_us_in_is_said() {
        String database = Server.database(server);
        PostgresLocation right = Server.location(server, database);
        assertThatThrownBy(() -> Server.backUp(right.withPassword("wrong-secret"), new MemoryPart("postgres")))
                .isInstanceOf(AccessDenied.class)
                .hasMessageContaining("refuses user 'postgres'")
                .hasMessageNotContaining("wrong-secret");
        assertThatThrownBy(() -> Server.backUp(right.withDatabase("no such"), new MemoryPart("postgres")))
                .isInstanceOf(Missing.class)
                .hasMessageContaining("database 'no such' does not exist");
        assertThatThrownBy(() -> Server.backUp(
                        PostgresLocation.parse("postgresql://postgres@127.0.0.1:1/x"), new MemoryPart("postgres")))
                .isInstanceOf(Unavailable.class)
                .hasMessage("server 127.0.0.1:1 does not let us in: connection refused");
        assertThatThrownBy(() -> Server.backUp(
                        PostgresLocation.parse("postgresql://postgres@127.0.0.1:" + server.port() + "/x"),
                        new MemoryPart("postgres")))
                .isInstanceOf(AccessDenied.class)
                .hasMessageContaining("wants a password");
    }

    @Test
    void a_pg_dump_older_than_the_server_or_none_is_refused() throws Exception {
        String database = Server.database(server);
        Path folder = Server.folder();
        PostgresSource none = new PostgresSource(
                Server.location(server, database), 1, folder, new ClientTools(List.of(folder)), Duration.ZERO);
        assertThatThrownBy(none::preflight)
                .isInstanceOf(Missing.class)
                .hasMessageContaining("pg_dump is not installed");
        Server.program(folder, "pg_dump", "echo 'pg_dump (PostgreSQL) 13.9 (Debian 13.9-1)'");
        assertThatThrownBy(none::preflight)
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("found 13.9 (" + folder.resolve("pg_dump") + "), needed " + server.major())
                .satisfies(e -> assertThat(((HoldfastException) e).hint())
                        .contains("apt install postgresql-client-" + server.major()));
    }

    @Test
    void the_servers_own_version_of_a_tool_is_preferred() throws Exception {
        Path old = Server.folder();
        Path same = Server.folder();
        Path newer = Server.folder();
        Server.program(old, "pg_dump", "echo 'pg_dump (PostgreSQL) 14.1'");
        Server.program(newer, "pg_dump", "echo 'pg_dump (PostgreSQL) 18beta1'");
        Server.program(same, "pg_dump", "echo 'pg_dump (PostgreSQL) 16.2 (Ubuntu)'");
        ClientTools tools = new ClientTools(List.of(old, newer, same));
        assertThat(tools.dump(16).path()).isEqualTo(same.resolve("pg_dump"));
        assertThat(tools.dump(17).path()).isEqualTo(newer.resolve("pg_dump"));
        assertThat(tools.dump(14).path()).isEqualTo(old.resolve("pg_dump"));
    }

    @Test
    void a_failing_pg_dump_fails_the_backup_with_its_words() throws Exception {
        String database = Server.database(server, "CREATE TABLE t (x int)", "INSERT INTO t VALUES (1)");
        Path folder = Server.folder();
        Server.program(
                folder,
                "pg_dump",
                "case $1 in --version) echo 'pg_dump (PostgreSQL) " + server.major()
                        + ".1';; *) echo 'pg_dump: error: the disk sings' >&2; exit 1;; esac");
        try (PostgresSource source = new PostgresSource(
                Server.location(server, database), 1, folder, new ClientTools(List.of(folder)), Duration.ZERO)) {
            source.preflight();
            source.freeze();
            assertThatThrownBy(() -> source.capture(new MemoryPart("postgres")))
                    .hasMessage("pg_dump of database '" + database + "' failed: pg_dump: error: the disk sings");
        }
    }

    @Test
    void no_tables_at_all_is_a_finding() {
        MemoryPart part = Server.backUp(server, Server.database(server));
        assertThat(part.findings())
                .extracting(Finding::message)
                .containsExactly("has no table at all; see that it is the right one");
    }

    @Test
    void only_the_users_rows_of_an_extensions_table_are_read() {
        String database = Server.database(
                server,
                "CREATE EXTENSION hstore",
                "CREATE TABLE config (id int, own bool)",
                "CREATE TABLE internal (id int)",
                "INSERT INTO config VALUES (1, false), (2, true)",
                "ALTER EXTENSION hstore ADD TABLE config",
                "ALTER EXTENSION hstore ADD TABLE internal",
                "UPDATE pg_extension SET extconfig = ARRAY['config'::regclass::oid], extcondition = ARRAY['WHERE own']"
                        + " WHERE extname = 'hstore'");
        MemoryPart part = Server.backUp(server, database);
        assertThat(text(part, "public.config")).isEqualTo("2\tt\n");
        assertThat(part.find(EntryKeys.table("public.internal"))).isEmpty();
    }

    @Test
    void a_server_killed_in_the_middle_ends_the_backup_with_a_clear_error() throws Exception {
        try (PrivatePostgres victim = Server.start()) {
            String database = Server.database(
                    victim, "CREATE TABLE t AS SELECT i, repeat('x', 500) FROM generate_series(1, 40000) i");
            failing(victim, database, victim::killHard);
        }
    }

    @Test
    void a_connection_that_an_administrator_ends_ends_the_backup() {
        String database = Server.database(
                server, "CREATE TABLE t AS SELECT i, repeat('x', 500) FROM generate_series(1, 40000) i");
        failing(
                server,
                database,
                () -> server.execute(
                        "postgres",
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + database
                                + "' AND query LIKE 'COPY%'"));
    }

    @Test
    void a_lost_snapshot_holder_ends_the_backup_although_all_rows_came() {
        String database = Server.database(
                server, "CREATE TABLE t AS SELECT i, repeat('x', 500) FROM generate_series(1, 40000) i");
        failing(
                server,
                database,
                () -> server.execute(
                        "postgres",
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + database
                                + "' AND state = 'idle in transaction' AND query NOT LIKE '%lo_get%'"
                                + " AND backend_xmin IS NOT NULL ORDER BY backend_start LIMIT 1"));
    }

    /** Captures, and does something harmful when the first rows came. */
    private static void failing(PrivatePostgres victim, String database, Runnable harm) {
        MemoryPart memory = new MemoryPart("postgres");
        try (PostgresSource source = new PostgresSource(Server.location(victim, database), 2, Server.folder())) {
            source.preflight();
            source.freeze();
            assertThatThrownBy(() -> source.capture(new HarmedPart(memory, harm)))
                    .isInstanceOf(Unavailable.class)
                    .satisfies(
                            e -> assertThat(((HoldfastException) e).code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE));
        }
    }

    @Test
    void a_server_that_sends_nothing_is_given_up() throws SQLException {
        PostgresLocation location = Server.location(server, "postgres");
        try (Session session = Session.open(location, Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> session.run("SELECT pg_sleep(60)"))
                    .isInstanceOf(SQLException.class)
                    .satisfies(e -> assertThat(SqlFailures.reading((SQLException) e, "reading", location))
                            .isInstanceOf(Unavailable.class)
                            .hasMessageContaining("sent nothing for too long"));
        }
    }

    @Test
    void a_cancelled_statement_ends_the_backup() {
        String database = Server.database(
                server, "CREATE TABLE t AS SELECT i, repeat('x', 500) FROM generate_series(1, 40000) i");
        try (PostgresSource source = new PostgresSource(Server.location(server, database), 2, Server.folder())) {
            source.preflight();
            source.freeze();
            Runnable harm = () -> server.execute(
                    "postgres",
                    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = '" + database
                            + "' AND query LIKE 'COPY%'");
            assertThatThrownBy(() -> source.capture(new HarmedPart(new MemoryPart("postgres"), harm)))
                    .hasMessage("reading table public.t failed: canceling statement due to user request");
        }
    }

    @Test
    void a_store_that_fails_ends_the_backup_with_its_failure() throws Exception {
        String database = Server.database(
                server, "CREATE TABLE t AS SELECT i FROM generate_series(1, 100000) i", "CREATE TABLE u (x int)");
        try (PostgresSource source = new PostgresSource(Server.location(server, database), 2, Server.folder())) {
            source.preflight();
            source.freeze();
            Runnable harm = () -> {
                throw new Unavailable(ErrorCode.STORE_UNAVAILABLE, "the store is gone", "");
            };
            assertThatThrownBy(() -> source.capture(new HarmedPart(new MemoryPart("postgres"), harm)))
                    .hasMessage("the store is gone");
        }
        Server.await(() -> "0"
                .equals(server.query(
                        "postgres",
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + database
                                + "' AND state = 'active'")));
    }
}
