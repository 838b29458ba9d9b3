package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.groups.Tuple.tuple;

import dev.holdfast.connectors.dump.DumpFile;
import dev.holdfast.connectors.dump.DumpReader;
import dev.holdfast.connectors.dump.DumpReport;
import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Unsupported;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dumps of PostgreSQL's own programs, restored into scratch servers. */
@ExtendWith(Server.UntilTheEnd.class)
class TrialRestoreTest {
    private static final String SHOP = "trial_shop";
    private static final String PARTS = "trial_parts";
    private static final String END = "--\n-- PostgreSQL database dump complete";

    @TempDir
    static Path folder;

    /** Short, for the path of a socket is. */
    private static Path scratch;

    private static OwnServer own;

    @BeforeAll
    static void start() throws IOException {
        PrivatePostgres server = Server.shared();
        server.createDatabase(SHOP);
        server.execute(
                "postgres", "CREATE ROLE trial_clerk", "CREATE ROLE trial_scratch LOGIN CREATEDB PASSWORD 'trial'");
        server.execute(
                SHOP,
                "CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT n, 'order ' || n FROM generate_series(1, 500) n",
                "CREATE TABLE items (id int, order_id int REFERENCES orders)",
                "INSERT INTO items SELECT n, n FROM generate_series(1, 50) n",
                "CREATE TABLE vacant (v int)",
                "SELECT lo_from_bytea(0, decode(repeat('ab', 5000), 'hex')) FROM generate_series(1, 3)",
                "ALTER TABLE items OWNER TO trial_clerk",
                "GRANT SELECT ON orders TO trial_clerk");
        server.createDatabase(PARTS);
        server.execute(
                PARTS,
                "CREATE TABLE parts (id int) PARTITION BY RANGE (id)",
                "CREATE TABLE low PARTITION OF parts FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE high PARTITION OF parts FOR VALUES FROM (100) TO (300) PARTITION BY RANGE (id)",
                "CREATE TABLE high_a PARTITION OF high FOR VALUES FROM (100) TO (160)",
                "CREATE TABLE high_b PARTITION OF high FOR VALUES FROM (160) TO (300)",
                "INSERT INTO parts SELECT generate_series(0, 299)");
        scratch = Files.createTempDirectory("hf");
        own = OwnServer.start(ClientTools.ofMachine(), scratch);
    }

    @AfterAll
    static void stop() throws IOException {
        own.close();
        try (Stream<Path> left = Files.list(scratch)) {
            assertThat(left).isEmpty();
        }
        Files.delete(scratch);
    }

    @ParameterizedTest
    @CsvSource({
        "custom.dump,pg_dump -Fc -f $OUT",
        "tar.tar,pg_dump -Ft -f $OUT",
        "shop.sql,pg_dump -f $OUT",
        "shop.sql.gz,pg_dump | gzip > $OUT",
        "folder.tar,rm -rf d1; pg_dump -Fd -f d1; tar -cf $OUT d1",
        "folder.tar.gz,rm -rf d2; pg_dump -Fd -Z0 -f d2; tar -czf $OUT -C d2 .",
        "first.tar,rm -rf d3; pg_dump -Fd -Z0 -f d3; cd d3; tar -cf $OUT toc.dat $(ls | grep -v toc.dat)",
        "folder.zip,rm -rf d4; pg_dump -Fd -f d4; zip -qr $OUT d4",
        "piped.zip,rm -rf d5; pg_dump -Fd -Z0 -f d5; cd d5; zip -qr - . | cat > $OUT",
        "unpacked.tar,rm -rf d6; mkdir d6; pg_dump -Ft | tar -xf - -C d6; tar -cf $OUT -C d6 .",
        "create.sql,pg_dump --create -f $OUT"
    })
    void every_row_comes_back_with_its_owner(String name, String command) {
        TrialReport report = restored(own, shop().made(name, command));

        assertThat(report.tables())
                .extracting(DumpedTable::name, DumpedTable::rows)
                .contains(tuple("orders", 500L), tuple("items", 50L), tuple("vacant", 0L));
        assertThat(report.compared()).isEqualTo(3);
        assertThat(report.notes()).isEmpty();
        if (!name.startsWith("create")) {
            assertThat(own.databases())
                    .extracting(database -> database.location().database())
                    .noneMatch(database -> database.startsWith("scratch"));
        }
    }

    @Test
    void a_dump_of_a_whole_server_comes_back_in_one_of_its_own_only() {
        Path all;
        try (PrivatePostgres theirs = Server.start()) {
            theirs.createDatabase("theirs");
            theirs.execute("theirs", "CREATE TABLE t AS SELECT generate_series(1, 70) AS n", "CREATE ROLE keeper");
            theirs.execute("theirs", "ALTER TABLE t OWNER TO keeper");
            all = new ForeignDumps(folder, theirs, "postgres").made("all.sql", "pg_dumpall -f $OUT");
        }
        try (OwnServer fresh = OwnServer.start(ClientTools.ofMachine(), scratch)) {
            assertThat(restored(fresh, all).rows()).isEqualTo(70);
        }
        try (ScratchServer lent = lent("trial_scratch:trial")) {
            assertThatExceptionOfType(Unsupported.class).isThrownBy(() -> restored(lent, all));
        }
    }

    /** Root hands the files to the account of the server, and opens the way to them. */
    @Test
    void folders_that_are_not_of_the_spool_are_never_opened_for_the_server() throws IOException {
        Path closed = Files.createDirectory(
                folder.resolve("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        DumpReport report =
                ForeignDumps.read(shop().made("packed.tar", "pg_dump -Fd -f closed/d; tar -cf $OUT -C closed d"));
        TrialDump dump =
                TrialDump.ofFolder(closed.resolve("d"), report.database().orElseThrow(), "closed/d");
        try {
            trial(own).run(dump);
        } catch (Unsupported e) {
            assertThat(e).hasMessageContaining("does not lie in");
        }
        assertThat(Files.getPosixFilePermissions(closed)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void what_does_not_restore_is_refused_with_the_reason_of_postgresql() {
        Path broken = shop().edited(
                        "broken.sql",
                        "CREATE TABLE public.vacant",
                        "DROP TABLE public.never;\nCREATE TABLE public.vacant");

        assertThatExceptionOfType(Failed.class)
                .isThrownBy(() -> restored(own, broken))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.DATABASE_RESTORE_FAILED))
                .withMessageContaining("\"never\" does not exist");
        Path extension = shop().edited(
                        "extension.sql",
                        "CREATE TABLE public.vacant",
                        "CREATE EXTENSION teleport;\nCREATE TABLE public.vacant");
        assertThatExceptionOfType(Failed.class)
                .isThrownBy(() -> restored(own, extension))
                .withMessageContaining("extension 'teleport' is not installed");
        Server.shared().createDatabase("trial_empty");
        assertThatExceptionOfType(Failed.class)
                .isThrownBy(
                        () -> restored(own, shop().made("empty.dump", "PGDATABASE=trial_empty pg_dump -Fc -f $OUT")))
                .withMessageContaining("no table");
    }

    @Test
    void a_table_that_is_dropped_in_the_end_is_missed_even_if_it_was_empty() {
        Path dropping = shop().edited("dropping.sql", END, "DROP TABLE public.vacant;\n" + END);

        assertThatExceptionOfType(Failed.class)
                .isThrownBy(() -> restored(own, dropping))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.DIFFERENT))
                .withMessageContaining("vacant has not come back");
    }

    @Test
    void rows_that_went_into_another_table_are_told_though_there_are_as_many() {
        Path moving = shop().edited(
                        "moving.sql",
                        END,
                        "INSERT INTO public.orders VALUES (1000, 'moved');\nDELETE FROM public.items WHERE id = 50;\n"
                                + END);

        assertThatExceptionOfType(Failed.class)
                .isThrownBy(() -> restored(own, moving))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.DIFFERENT))
                .withMessageContaining("orders has 501 rows")
                .withMessageContaining("items has 49 rows");
    }

    @ParameterizedTest
    @CsvSource({
        "parts.sql,pg_dump -f $OUT",
        "root.sql,pg_dump --load-via-partition-root -f $OUT",
        "root.dump,pg_dump -Fc --load-via-partition-root -f $OUT"
    })
    void rows_of_partitions_are_found_whichever_way_they_came(String name, String command) {
        TrialReport report = restored(own, new ForeignDumps(folder, Server.shared(), PARTS).made(name, command));

        assertThat(report.rows()).isEqualTo(300);
        assertThat(report.tables())
                .extracting(DumpedTable::name, DumpedTable::rows)
                .contains(tuple("low", 100L), tuple("high_a", 60L), tuple("high_b", 140L));
    }

    @Test
    void rows_may_find_another_partition_than_they_came_from_and_that_is_said() {
        Path rooted = new ForeignDumps(folder, Server.shared(), PARTS)
                .edited("bounds.sql", END, "UPDATE public.parts SET id = 1 WHERE id = 200;\n" + END);

        TrialReport report = restored(own, rooted);
        assertThat(report.rows()).isEqualTo(300);
        assertThat(report.notes()).singleElement().asString().contains("other partitions");
    }

    @Test
    void other_rows_than_the_dump_has_are_told() {
        Path whole = shop().made("plain.sql", "pg_dump -f $OUT");
        DumpContents said = ForeignDumps.read(whole).database().orElseThrow();
        DumpContents more = new DumpContents(
                said.database(),
                said.server(),
                said.tool(),
                said.tables().stream()
                        .map(table -> new DumpedTable(table.schema(), table.name(), table.rows() + 1))
                        .toList(),
                said.dataBlocks(),
                said.bytes(),
                said.roles(),
                said.extensions(),
                false);

        assertThatExceptionOfType(Failed.class)
                .isThrownBy(() -> trial(own)
                        .run(new TrialDump(
                                TrialDump.Kind.SCRIPT, more, () -> ForeignDumps.opened(whole), whole.toString())))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.DIFFERENT))
                .withMessageContaining("orders");
    }

    @Test
    void a_lent_server_is_left_as_it_was_and_psql_obeys_no_command_of_the_file() {
        Path touched = folder.resolve("touched");
        Path evil = shop().edited(
                        "evil.sql",
                        "CREATE TABLE public.vacant",
                        "\\! touch " + touched + "\nCREATE TABLE public.vacant");
        try (ScratchServer lent = lent("trial_scratch:trial")) {
            TrialReport report = restored(lent, shop().made("lent.dump", "pg_dump -Fc -f $OUT"));
            assertThat(report.rows()).isEqualTo(550);
            assertThatExceptionOfType(Failed.class).isThrownBy(() -> restored(lent, evil));
        }
        assertThat(touched).doesNotExist();
        assertThat(scratchDatabases()).isEqualTo("0");
    }

    @Test
    void a_user_who_may_reach_the_servers_files_is_refused() {
        assertThatExceptionOfType(AccessDenied.class)
                .isThrownBy(() -> lent("postgres:" + Server.shared().password()))
                .withMessageContaining("programs");
    }

    @Test
    void what_a_killed_process_left_is_dropped_when_it_is_old() {
        Server.shared()
                .execute(
                        "postgres",
                        "CREATE DATABASE \"holdfast_scratch_20200101T000000Z_0123abcd\" OWNER trial_scratch",
                        "CREATE DATABASE \"holdfast_scratch_of_somebody\" OWNER trial_scratch");
        try (ScratchServer lent = lent("trial_scratch:trial")) {
            assertThat(lent.own()).isFalse();
            assertThat(scratchDatabases()).isEqualTo("1");
        }
        Server.shared().dropDatabase("holdfast_scratch_of_somebody");
    }

    @Test
    void the_settings_that_older_servers_do_not_know_are_left_out() throws IOException {
        String later =
                "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\nSET transaction_timeout = 0;\nSELECT 1;\n"
                        + "\\unrestrict abc\n\\unrestrict abcd\nlast";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int step : List.of(1, 3, 1000)) {
            out.reset();
            ScriptFeed feed = new ScriptFeed(out, true, true);
            byte[] bytes = later.getBytes(StandardCharsets.UTF_8);
            for (int at = 0; at < bytes.length; at += step) {
                feed.write(bytes, at, Math.min(step, bytes.length - at));
            }
            feed.end();
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .isEqualTo("--\n-- PostgreSQL database dump\n--\n\n\nSELECT 1;\n\\unrestrict abcd\nlast");
        }
        assertThat(TrialRestore.knowsRestrict("15.13 (Debian)")).isFalse();
        assertThat(TrialRestore.knowsRestrict("15.14")).isTrue();
        assertThat(TrialRestore.knowsRestrict("18beta1")).isTrue();
    }

    private static String scratchDatabases() {
        return String.valueOf(Server.shared()
                .query("postgres", "SELECT count(*) FROM pg_database WHERE datname LIKE 'holdfast\\_scratch%'"));
    }

    private static ScratchServer lent(String login) {
        return LentServer.at(PostgresLocation.parse(
                "postgresql://" + login + "@127.0.0.1:" + Server.shared().port() + "/postgres"));
    }

    private static TrialRestore trial(ScratchServer server) {
        return new TrialRestore(server, ClientTools.ofMachine(), () -> {});
    }

    private static TrialReport restored(ScratchServer server, Path file) {
        DumpReport report = ForeignDumps.read(file);
        if (report.packed() != DumpReport.Packed.FOLDER_DUMP) {
            return trial(server).run(ForeignDumps.trial(file));
        }
        try (UnpackedFolder unpacked = UnpackedFolder.in(scratch);
                DumpFile opened = ForeignDumps.file(file)) {
            DumpReader.unpack(opened, unpacked);
            unpacked.finish();
            return trial(server)
                    .run(TrialDump.ofFolder(
                            unpacked.path(report.folder()), report.database().orElseThrow(), file.toString()));
        }
    }

    private static ForeignDumps shop() {
        return new ForeignDumps(folder, Server.shared(), SHOP);
    }
}
