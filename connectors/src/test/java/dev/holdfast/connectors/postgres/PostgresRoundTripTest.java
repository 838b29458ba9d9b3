package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.PartWriter.Change;
import dev.holdfast.engine.source.RestoreReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Server.UntilTheEnd.class)
class PostgresRoundTripTest {
    private static PrivatePostgres server;
    private static String hostile;
    private static MemoryPart part;

    @BeforeAll
    static void make_a_hostile_database() {
        server = Server.shared();
        server.execute("postgres", Hostile.ROLES);
        hostile = Server.database(server, Hostile.SCHEMA);
        server.execute("postgres", Hostile.settings(hostile));
        part = Server.backUp(server, hostile);
    }

    @Test
    void a_hostile_database_comes_back_equal() throws Exception {
        assertThat(Server.compare(part, Server.location(server, hostile))).isEmpty();

        PostgresLocation copy = Server.location(server, "hostile copy");
        // in their order, so that the next backup finds the rows unchanged
        RestoreReport report = Server.restore(part, copy, Choice.whole().keepingOrder(), false);

        assertThat(report.findings()).isEmpty();
        assertThat(Server.compare(part, copy)).isEmpty();
        assertThat(schema("hostile copy")).isEqualTo(schema(plainCopy()));
        assertThat(server.query("hostile copy", "SELECT count(*) FROM pg_matviews WHERE NOT ispopulated"))
                .isEqualTo("1");
        assertThat(server.query("hostile copy", "SELECT n FROM public.on_filled"))
                .isEqualTo("4");
        assertThat(server.query("hostile copy", "SELECT d = date '2024-02-01' FROM public.types WHERE id = 1"))
                .isEqualTo("t");
        assertThat(server.query("hostile copy", "SELECT v FROM public.parent WHERE id = 1"))
                .isEqualTo("parent");
        assertThat(server.query("hostile copy", "SELECT current_setting('app.tenant')"))
                .isEqualTo("it's \\ 5");
        assertThat(server.query("hostile copy", "SELECT reltuples::int FROM pg_class WHERE relname = 'types'"))
                .isEqualTo("5003");
        assertThat(Server.backUp(copy, part.following()).changes().entrySet().stream()
                        .filter(e ->
                                e.getKey().startsWith(Keys.TABLES) || e.getKey().startsWith(Keys.BLOBS))
                        .filter(e -> e.getValue() != Change.UNCHANGED)
                        .map(e -> e.getKey().toString()))
                // routed anew, or with inherited columns first
                .allMatch(key -> key.contains("by_hash_") || key.endsWith("child"));
    }

    @Test
    void a_second_backup_of_an_unchanged_database_changes_nothing() {
        assertThat(Server.backUp(Server.location(server, hostile), part.following())
                        .changes()
                        .values())
                .containsOnly(Change.UNCHANGED);
    }

    @Test
    void roles_come_back_on_a_server_that_lacks_them() {
        try (PrivatePostgres other = Server.start()) {
            PostgresLocation copy = Server.location(other, "copy");
            assertThat(Server.restore(part, copy, false).findings()).isEmpty();
            assertThat(Server.compare(part, copy)).isEmpty();
            assertThat(other.query("postgres", "SELECT rolpassword FROM pg_authid WHERE rolname = 'app Owner'"))
                    .isEqualTo(
                            server.query("postgres", "SELECT rolpassword FROM pg_authid WHERE rolname = 'app Owner'"));
            assertThat(other.query("postgres", "SELECT pg_has_role('app_read', 'pg_monitor', 'MEMBER')"))
                    .isEqualTo("t");
            assertThat(other.query(
                            "postgres",
                            "SELECT string_agg(c, ' ' ORDER BY c) FROM pg_db_role_setting s"
                                    + " JOIN pg_roles r ON r.oid = setrole CROSS JOIN unnest(setconfig) u(c)"
                                    + " WHERE rolname = 'app_read' AND setdatabase = 0"))
                    .isEqualTo("search_path=public, \"Odd Schema\" statement_timeout=7s");
        }
    }

    @Test
    void every_byte_of_a_single_byte_encoding_comes_back() {
        for (String encoding : List.of("SQL_ASCII", "LATIN1")) {
            String name = "encoded_" + encoding.toLowerCase(Locale.ROOT);
            server.execute(
                    "postgres",
                    "CREATE DATABASE " + name + " TEMPLATE template0 ENCODING '" + encoding + "' LOCALE 'C'");
            // a driver speaks UTF-8, so the bytes are made at the server
            String bytes = "SELECT i, convert_from(decode(to_hex(i), 'hex'), '" + encoding
                    + "') FROM generate_series(161, 255) i";
            server.execute(name, "CREATE TABLE t (i int, v text)", "CREATE TABLE \"é. \" ()", "INSERT INTO t " + bytes);
            MemoryPart encoded = Server.backUp(server, name);
            PostgresLocation copy = Server.location(server, name + "_copy");
            assertThat(Server.restore(encoded, copy, false).findings()).isEmpty();
            assertThat(Server.compare(encoded, copy)).isEmpty();
            assertThat(encoded.details()).containsEntry("encoding", encoding);
            byte[] rows = encoded.bytes(
                    encoded.find(EntryKeys.table("public.t")).orElseThrow().content());
            assertThat(new String(rows, StandardCharsets.ISO_8859_1)).contains("233\té\n");
            assertThat(server.query(
                            name + "_copy",
                            "SELECT encode(convert_to(string_agg(v, '' ORDER BY i), '" + encoding
                                    + "'), 'hex') FROM t"))
                    .startsWith("a1a2a3");
        }
    }

    @Test
    void names_that_are_not_UTF_8_are_refused() {
        server.execute("postgres", "CREATE DATABASE odd_names TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'");
        server.execute(
                "odd_names",
                "DO $$ BEGIN EXECUTE convert_from('\\x637265617465207461626c652022e92e2022202829'::bytea, 'SQL_ASCII');"
                        + " END $$");
        assertThatThrownBy(() -> Server.backUp(server, "odd_names"))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("invalid byte sequence");
    }

    /** The same schema through pg_dump and pg_restore alone. */
    private static String plainCopy() throws Exception {
        String copy = "plain_copy";
        Path archive = Server.folder().resolve("plain.dump");
        server.execute("postgres", "CREATE DATABASE " + copy + " TEMPLATE template0");
        run(archive.resolveSibling("out"), "pg_dump", "-Fc", "-s", "-f", archive.toString(), "-d", url(hostile));
        run(archive.resolveSibling("out"), "pg_restore", "-e", "-d", url(copy), archive.toString());
        return copy;
    }

    /** What pg_dump itself says. */
    private static String schema(String database) throws Exception {
        Path out = Server.folder().resolve("schema.sql");
        run(out, "pg_dump", "--schema-only", "--restrict-key=x", "-d", url(database));
        return Files.readString(out);
    }

    private static String url(String database) {
        return server.url("postgres").replaceAll("/postgres$", "/" + database.replace(" ", "%20"))
                + "?options=-cdefault_transaction_read_only%3Doff";
    }

    private static void run(Path out, String program, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(server.binFolder().resolve(program).toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
