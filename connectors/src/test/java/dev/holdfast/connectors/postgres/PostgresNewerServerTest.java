package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.connectors.files.LocalExportFile;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.demo.stand.ServerBinaries;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server newer than the client programs of this machine. */
@ExtendWith(Server.UntilTheEnd.class)
class PostgresNewerServerTest {
    private static PrivatePostgres server;
    private static PrivatePostgres newer;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(ServerBinaries.hasEmbedded());
        server = Server.shared();
        assumeTrue(server.major() < ServerBinaries.EMBEDDED_MAJOR);
        Path folder = Server.folder();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        ServerBinaries binaries = ServerBinaries.embedded(folder);
        Path extensions = folder.resolve("share/postgresql/extension");
        Files.createDirectories(extensions);
        Files.writeString(
                extensions.resolve("cfg.control"), "default_version = '1.0'\nrelocatable = false\nschema = public\n");
        Files.writeString(extensions.resolve("cfg--1.0.sql"), """
                CREATE TABLE z_groups (id int PRIMARY KEY, own bool);
                CREATE TABLE a_members (id int REFERENCES z_groups);
                CREATE SEQUENCE numbers;
                INSERT INTO z_groups VALUES (1, false);
                SELECT pg_extension_config_dump('z_groups', 'WHERE own');
                SELECT pg_extension_config_dump('a_members', '');
                SELECT pg_extension_config_dump('numbers', '');
                """);
        newer = PrivatePostgres.in(Server.folder())
                .binaries(binaries)
                .setting("fsync", "off")
                .start();
    }

    @AfterAll
    static void stop() {
        if (newer != null) {
            newer.close();
        }
    }

    @Test
    void it_takes_a_restore() {
        String database = Server.database(
                server,
                "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz, v text NOT NULL)",
                "INSERT INTO t (at, v) SELECT '2024-02-01'::timestamptz + i * interval '1 hour', 'v' || i"
                        + " FROM generate_series(1, 5000) i",
                "CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM t",
                "SELECT lo_from_bytea(99, 'bytes')");
        MemoryPart part = Server.backUp(server, database);
        PostgresLocation copy = Server.location(newer, "copy");
        assertThat(Server.restore(part, copy, false).findings()).isEmpty();
        assertThat(Server.restore(part, copy, true).notes()).hasSize(3);
        String all = "SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM t";
        assertThat(newer.query("copy", all)).isEqualTo(server.query(database, all));
        assertThat(newer.query("copy", "SELECT n FROM m")).isEqualTo("5000");
        assertThat(newer.query("copy", "SELECT convert_from(lo_get(99), 'UTF8')"))
                .isEqualTo("bytes");
        assertThat(newer.query("copy", "INSERT INTO t (v) VALUES ('next') RETURNING id"))
                .isEqualTo("5001");
    }

    @Test
    void it_takes_a_selection_into_a_new_database_and_rows_into_its_tables() {
        String database = Server.database(
                server,
                "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)",
                "INSERT INTO t (v) SELECT 'v' || i FROM generate_series(1, 50) i",
                "CREATE TABLE u (x int REFERENCES t)");
        MemoryPart part = Server.backUp(server, database);
        PostgresLocation chosen = Server.location(newer, "chosen");
        Choice table = Choice.tables("public.t");
        assertThat(Server.restore(part, chosen, table.compared(true), false).findings())
                .isEmpty();
        newer.execute("chosen", "DELETE FROM t");
        Server.restore(part, chosen, table.contents(PostgresRestore.Contents.DATA), false);
        assertThat(newer.query("chosen", "INSERT INTO t (v) VALUES ('next') RETURNING id"))
                .isEqualTo("51");
        assertThatThrownBy(() -> Server.restore(part, chosen, table, false))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("pg_dump is older than the server");
    }

    @Test
    void rows_that_users_added_to_an_extensions_tables_come_back_in_the_order_of_their_references() throws Exception {
        String database = Server.database(
                server,
                "CREATE EXTENSION hstore",
                "CREATE TABLE z_groups (id int PRIMARY KEY, own bool)",
                "CREATE TABLE a_members (id int REFERENCES z_groups)",
                "CREATE SEQUENCE numbers",
                "INSERT INTO z_groups VALUES (1, false), (2, true)",
                "INSERT INTO a_members VALUES (1), (2)",
                "SELECT setval('numbers', 77)",
                "ALTER EXTENSION hstore ADD TABLE z_groups",
                "ALTER EXTENSION hstore ADD TABLE a_members",
                "ALTER EXTENSION hstore ADD SEQUENCE numbers",
                "UPDATE pg_extension SET extname = 'cfg', extconfig = ARRAY['z_groups'::regclass::oid,"
                        + " 'a_members'::regclass, 'numbers'::regclass], extcondition = ARRAY['WHERE own', '', '']"
                        + " WHERE extname = 'hstore'");
        MemoryPart part = Server.backUp(server, database);
        PostgresLocation copy = Server.location(newer, "extended");
        assertThat(Server.restore(part, copy, false).findings()).isEmpty();
        verifyExtended("extended");
        exportInto("exported", part, "-e");
        verifyExtended("exported");
        exportInto("exported_parallel", part, "-j2");
        verifyExtended("exported_parallel");
    }

    private static void verifyExtended(String database) {
        assertThat(newer.query(database, "SELECT string_agg(z_groups::text, ' ' ORDER BY id) FROM z_groups"))
                .isEqualTo("(1,f) (2,t)");
        assertThat(newer.query(database, "SELECT count(*) FROM a_members")).isEqualTo("2");
        assertThat(newer.query(database, "SELECT nextval('numbers')")).isEqualTo("78");
    }

    /** Through the pg_restore of the older server's version. */
    private static void exportInto(String database, MemoryPart part, String option) throws Exception {
        newer.createDatabase(database);
        Path archive = Server.folder().resolve("extended.dump");
        try (ExportFile file = new LocalExportFile(archive, false);
                PostgresExporter exporter = new PostgresExporter(PostgresExporter.Format.CUSTOM, 6, false)) {
            file.preflight();
            exporter.export(part, file, Progress.NONE);
            file.commit();
        }
        Process restore = new ProcessBuilder(
                        server.binFolder().resolve("pg_restore").toString(),
                        option,
                        "-d",
                        newer.url("postgres").replaceAll("/postgres$", "/" + database),
                        archive.toString())
                .inheritIO()
                .start();
        assertThat(restore.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(restore.exitValue()).isZero();
    }

    @Test
    void its_backup_is_refused_before_anything_is_read() {
        assertThatThrownBy(() -> Server.backUp(newer, "postgres"))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("pg_dump is older than the server: found " + server.major() + ".")
                .hasMessageContaining("needed " + ServerBinaries.EMBEDDED_MAJOR);
    }
}
