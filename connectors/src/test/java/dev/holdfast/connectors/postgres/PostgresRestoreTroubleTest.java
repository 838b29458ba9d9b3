package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.files.SmallDisk;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestoreReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Restores in which something goes wrong at the server. */
@Timeout(120)
@ExtendWith(Server.UntilTheEnd.class)
class PostgresRestoreTroubleTest {
    private static PrivatePostgres server;
    private static String database;
    private static MemoryPart part;

    @BeforeAll
    static void start() {
        server = PrivatePostgres.in(Server.folder())
                .setting("fsync", "off")
                .setting("max_prepared_transactions", "2")
                .start();
        database = Server.database(
                server,
                "CREATE TABLE t AS SELECT i, repeat('x', 500) AS v FROM generate_series(1, 40000) i",
                "CREATE INDEX ON t (i)");
        part = Server.backUp(server, database);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String databases() {
        return server.query(
                "postgres",
                "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE datname LIKE '%target%'");
    }

    /** Does something as soon as rows are on their way. */
    private static Progress meanwhile(Runnable action) {
        AtomicBoolean done = new AtomicBoolean();
        return new Progress() {
            @Override
            public void expect(long entries, long bytes) {}

            @Override
            public void advance(long entries, long bytes) {
                if (bytes > 0 && done.compareAndSet(false, true)) {
                    action.run();
                }
            }
        };
    }

    private static RestoreReport restore(MemoryPart from, String name, ClientTools tools, Progress progress) {
        try (PostgresTarget target = new PostgresTarget(
                Server.location(server, name),
                PostgresRestore.WHOLE,
                2,
                Server.folder(),
                tools,
                PostgresSource.LOCK_WAIT,
                RowPieces.PIECE_BYTES)) {
            target.preflight(from, false);
            return target.restore(from, progress);
        }
    }

    @Test
    void a_full_disk_at_the_server_ends_the_restore_and_leaves_nothing() throws Exception {
        Path folder = Server.folder();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (SmallDisk disk = SmallDisk.mounted(folder.resolve("small"), "16m")) {
            Path data = Path.of(String.valueOf(server.query("postgres", "SHOW data_directory")));
            Files.setOwner(disk.path(), Files.getOwner(data));
            server.execute("postgres", "CREATE TABLESPACE small LOCATION '" + disk.path() + "'");
            MemoryPart there = PostgresTargetTest.altered(
                    part,
                    "document/database",
                    entry -> PostgresTargetTest.edited(part, entry, json -> json.put("tablespace", "small")));

            assertThatThrownBy(() -> restore(there, "target_full", ClientTools.ofMachine(), Progress.NONE))
                    .isInstanceOf(NoSpace.class)
                    .hasMessageStartingWith("filling table public.t failed: could not extend file");
            assertThat(databases()).isNull();
            server.execute("postgres", "DROP TABLESPACE small");
        }
    }

    @Test
    void a_connection_that_is_cut_ends_the_restore_and_leaves_nothing() {
        assertThatThrownBy(
                        () -> restore(
                                part,
                                "target_cut",
                                ClientTools.ofMachine(),
                                meanwhile(
                                        () -> server.execute(
                                                "postgres",
                                                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%FROM STDIN%'"))))
                .hasMessageStartingWith("filling table public.t failed: the connection to server ");
        assertThat(databases()).isNull();
    }

    @Test
    void prepared_transactions_are_in_the_way_of_a_replacement() {
        server.createDatabase("target_prepared");
        server.execute("target_prepared", "CREATE TABLE u (x int)");
        server.execute("target_prepared", "BEGIN; INSERT INTO u VALUES (1); PREPARE TRANSACTION 'half done'");
        try (PostgresTarget target =
                new PostgresTarget(Server.location(server, "target_prepared"), 1, Server.folder())) {
            assertThatThrownBy(() -> target.preflight(part, true))
                    .isInstanceOf(Busy.class)
                    .hasMessageEndingWith("cannot be renamed: half done");
        }
        server.execute("target_prepared", "ROLLBACK PREPARED 'half done'");
        server.dropDatabase("target_prepared");
    }

    /**
     * A pg_restore of version 17 tells an older server something that it does not know. This one stands in for it: the real
     * one, told to go on after errors as 17 is, behind the same words.
     */
    private static ClientTools newer(String said) throws Exception {
        Path folder = Server.folder();
        Server.program(
                folder, "pg_restore", """
                [ "$1" = --version ] && { echo 'pg_restore (PostgreSQL) 17.9'; exit 0; }
                case " $* " in *--exit-on-error*) exit 9;; esac
                %s
                '%s' "$@" || exit 1
                [ $errors = 0 ] && exit 0
                echo "pg_restore: warning: errors ignored on restore: $errors" >&2
                exit 1
                """.formatted(said, server.binFolder().resolve("pg_restore")));
        return new ClientTools(List.of(folder));
    }

    private static String error(String command) {
        return """
                echo 'pg_restore: error: could not execute query: ERROR:  what the server says' >&2
                echo 'Command was: %s' >&2
                errors=$((errors + 1))
                """.formatted(command);
    }

    @Test
    void a_newer_pg_restore_may_fail_to_set_what_the_server_does_not_know_and_nothing_else() throws Exception {
        String unknown = "errors=0\n" + error("SET transaction_timeout = 0;");
        restore(part, "target_newer", newer(unknown), Progress.NONE);
        assertThat(Server.compare(part, Server.location(server, "target_newer")))
                .isEmpty();
        server.dropDatabase("target_newer");

        assertThatThrownBy(() -> restore(
                        part,
                        "target_newer",
                        newer(unknown + error("CREATE TABLE x ()") + "exec sleep 100"),
                        Progress.NONE))
                .hasMessageStartingWith("restoring the schema (pre-data) failed: pg_restore: error:");
        assertThatThrownBy(() -> restore(part, "target_newer", newer(unknown + "errors=2"), Progress.NONE))
                .hasMessageStartingWith("restoring the schema (pre-data) failed");
        assertThat(databases()).isNull();
    }
}
