package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Dumps of PostgreSQL's own programs, restored into databases in use. */
@Timeout(120)
@ExtendWith(Server.UntilTheEnd.class)
class FileRestoreTest {
    private static final String SHOP = "file_shop";

    @TempDir
    static Path folder;

    private static PrivatePostgres server;
    private static TrialDump dump;

    @BeforeAll
    static void start() {
        server = Server.shared();
        server.createDatabase(SHOP);
        server.execute(
                SHOP,
                "CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT n, 'order ' || n FROM generate_series(1, 500) n");
        dump = ForeignDumps.trial(new ForeignDumps(folder, server, SHOP).made("shop.dump", "pg_dump -Fc -f $OUT"));
    }

    private static FileRestore into(String database, boolean overwrite, boolean keepsReplaced) {
        return new FileRestore(
                Server.location(server, database), overwrite, true, keepsReplaced, ClientTools.ofMachine(), () -> {});
    }

    private static String databases(String like) {
        return server.query(
                "postgres",
                "SELECT coalesce(string_agg(datname, ' ' ORDER BY datname), '') FROM pg_database WHERE datname LIKE '"
                        + like + "'");
    }

    @Test
    void a_database_that_is_not_there_is_made_with_every_row() {
        FileRestore restore = into("file_new", false, true);
        assertThat(restore.plan().obstacle()).isEmpty();
        FileRestore.Result result = restore.run(dump);

        assertThat(result.report().rows()).isEqualTo(500);
        assertThat(result.kept()).isEmpty();
        assertThat(result.findings()).isEmpty();
        assertThat(server.query("file_new", "SELECT count(*) FROM orders")).isEqualTo("500");
        assertThat(databases("file\\_new%")).isEqualTo("file_new");
    }

    @Test
    void an_empty_database_is_filled_and_keeps_its_settings() {
        server.execute(
                "postgres", "CREATE DATABASE file_empty", "ALTER DATABASE file_empty SET application_name TO 'shop'");
        FileRestore.Result result = into("file_empty", false, true).run(dump);

        assertThat(result.kept()).isEmpty();
        assertThat(result.findings()).isEmpty();
        assertThat(server.query(
                        "file_empty",
                        "SELECT setconfig[1] FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase"
                                + " WHERE datname = 'file_empty'"))
                .isEqualTo("application_name=shop");
        assertThat(databases("file\\_empty%")).isEqualTo("file_empty");
    }

    @Test
    void what_is_there_is_replaced_only_when_that_is_asked_for_and_kept() {
        server.execute("postgres", "CREATE DATABASE file_full");
        server.execute("file_full", "CREATE TABLE mine AS SELECT 1 AS x");
        assertThat(into("file_full", false, true).plan().obstacle()).isPresent();
        assertThatExceptionOfType(AlreadyExists.class)
                .isThrownBy(() -> into("file_full", false, true).run(dump));
        assertThat(server.query("file_full", "SELECT count(*) FROM mine")).isEqualTo("1");

        String kept = into("file_full", true, true).run(dump).kept().orElseThrow();
        assertThat(server.query("file_full", "SELECT count(*) FROM orders")).isEqualTo("500");
        assertThat(server.query(kept, "SELECT count(*) FROM mine")).isEqualTo("1");
        server.dropDatabase(kept);

        assertThat(into("file_full", true, false).run(dump).kept()).isEmpty();
        assertThat(databases("file\\_full%")).isEqualTo("file_full");
    }

    @Test
    void what_was_written_into_an_empty_database_meanwhile_stays_and_is_told() {
        server.execute("postgres", "CREATE DATABASE file_written");
        TrialDump slow = new TrialDump(
                dump.kind(),
                dump.contents(),
                () -> {
                    server.execute("file_written", "CREATE TABLE meanwhile AS SELECT 7 AS x");
                    return dump.opened().get();
                },
                dump.where());

        FileRestore.Result result = into("file_written", false, false).run(slow);

        String kept = result.kept().orElseThrow();
        assertThat(result.findings())
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.toString()).contains(kept).contains("was empty when the restore began"));
        assertThat(server.query(kept, "SELECT x FROM meanwhile")).isEqualTo("7");
        assertThat(server.query("file_written", "SELECT count(*) FROM orders")).isEqualTo("500");
    }

    @Test
    void a_dump_that_does_not_restore_changes_nothing_and_leaves_nothing() {
        server.execute("postgres", "CREATE DATABASE file_kept");
        server.execute("file_kept", "CREATE TABLE mine AS SELECT 1 AS x");
        Path broken = new ForeignDumps(folder, server, SHOP)
                .edited("broken.sql", "CREATE TABLE public.orders", "SELECT 1 / 0;\nCREATE TABLE public.orders");

        assertThatExceptionOfType(Failed.class)
                .isThrownBy(() -> into("file_kept", true, true).run(ForeignDumps.trial(broken)))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.DATABASE_RESTORE_FAILED))
                .withMessageContaining("division by zero");
        assertThat(server.query("file_kept", "SELECT count(*) FROM mine")).isEqualTo("1");
        assertThat(databases("file\\_kept%")).isEqualTo("file_kept");
    }

    /** Settings of databases are held, so that the restore waits there, and loses its connection there. */
    @Test
    void a_connection_lost_while_settings_are_given_leaves_no_database_behind() throws Exception {
        server.execute(
                "postgres", "CREATE DATABASE file_lost", "ALTER DATABASE file_lost SET application_name TO 'shop'");
        FutureTask<FileRestore.Result> restoring =
                new FutureTask<>(() -> into("file_lost", false, true).run(dump));
        try (Connection holder = server.connect("postgres");
                Statement holding = holder.createStatement()) {
            holder.setAutoCommit(false);
            holding.execute("LOCK TABLE pg_catalog.pg_db_role_setting IN SHARE MODE");
            Thread.ofVirtual().start(restoring);
            awaitEnded("ALTER DATABASE%SET%");
        }
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> restoring.get(60, TimeUnit.SECONDS))
                .withCauseInstanceOf(HoldfastException.class);
        assertThat(databases("file\\_lost%")).isEqualTo("file_lost");
    }

    private static void awaitEnded(String statement) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        String end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                + " WHERE wait_event_type = 'Lock' AND query LIKE '" + statement + "'";
        while ("0".equals(server.query("postgres", end))) {
            assertThat(System.nanoTime()).as("it never came so far").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
