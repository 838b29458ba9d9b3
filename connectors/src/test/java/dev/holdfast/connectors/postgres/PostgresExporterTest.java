package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.files.LocalExportFile;
import dev.holdfast.connectors.postgres.PostgresExporter.Format;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.ExportReport;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.PartWriter.Change;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Exports are read by the real pg_restore and psql. */
@ExtendWith(Server.UntilTheEnd.class)
class PostgresExporterTest {
    /** What pg_dump itself leaves to the database's settings, as a capture fixes it. */
    private static final String AS_CAPTURED = "-c default_transaction_read_only=off -c TimeZone=UTC -c bytea_output=hex"
            + " -c lc_monetary=C -c search_path=";

    private static PrivatePostgres server;
    private static String hostile;
    private static MemoryPart part;
    private static Path folder;

    @BeforeAll
    static void make_a_hostile_database() throws Exception {
        server = Server.shared();
        folder = Server.folder();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        server.execute("postgres", Hostile.ROLES);
        hostile = Server.database(server, Hostile.SCHEMA);
        server.execute("postgres", Hostile.settings(hostile));
        part = Server.backUp(server, hostile);
    }

    @Test
    void pg_restore_brings_an_archive_back_from_a_file_in_parallel_and_from_a_pipe() throws Exception {
        Path archive = export(part, Format.CUSTOM, 6, false, "hostile.dump");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)))
                .isEqualTo("rw-------");
        Map<String, List<String>> ways = Map.of(
                "plain", List.of("pg_restore", "-e", "-d", url("plain"), archive.toString()),
                "parallel", List.of("pg_restore", "-e", "-j", "2", "-d", url("parallel"), archive.toString()),
                "piped", List.of("pg_restore", "-e", "-d", url("piped")));
        for (Map.Entry<String, List<String>> way : ways.entrySet()) {
            create(way.getKey(), "UTF8");
            run(way.getKey().equals("piped") ? archive : null, way.getValue(), Map.of());
            assertThat(contentDifferences(part, way.getKey())).as(way.getKey()).isEmpty();
        }
        assertThat(server.query("plain", "SELECT n FROM public.on_filled")).isEqualTo("4");
        assertThat(server.query("plain", "INSERT INTO public.types DEFAULT VALUES RETURNING id"))
                .isEqualTo("5004");
    }

    @Test
    void the_archive_says_what_pg_dump_says() throws Exception {
        Path ours = export(part, Format.CUSTOM, 0, false, "ours.dump");
        Path theirs = folder.resolve("theirs.dump");
        run(
                null,
                List.of("pg_dump", "-Fc", "-f", theirs.toString(), "-d", url(hostile)),
                Map.of("PGOPTIONS", AS_CAPTURED));

        List<String> said = text(ours);
        assertThat(said).isEqualTo(text(theirs)).hasSizeGreaterThan(5000);
        assertThat(list(ours)).hasSameElementsAs(list(theirs)).hasSizeGreaterThan(100);
    }

    @Test
    void psql_brings_back_roles_and_database_on_a_server_that_has_neither() throws Exception {
        Path roles = export(part, Format.ROLES, 0, false, "roles.sql");
        Path sql = export(part, Format.SQL, 0, true, "create.sql");
        try (PrivatePostgres other = Server.start()) {
            String postgres = other.url("postgres");
            for (int i = 0; i < 2; i++) { // roles that exist are left alone
                psql(postgres, roles, Map.of());
            }
            psql(postgres, sql, Map.of("PGOPTIONS", "-c default_transaction_read_only=off"));
            assertThat(Server.compare(part, Server.location(other, hostile))).isEmpty();
            String settings = "SELECT string_agg(c, ' ' ORDER BY c) FROM pg_db_role_setting s JOIN pg_roles r ON"
                    + " r.oid = setrole CROSS JOIN unnest(setconfig) u(c) WHERE rolname = 'app_read' AND setdatabase = 0";
            String passwords = "SELECT rolpassword FROM pg_authid WHERE rolname = 'app Owner'";
            String admins = "SELECT admin_option FROM pg_auth_members WHERE roleid = 'app_read'::regrole";
            for (String query : List.of(settings, passwords, admins)) {
                assertThat(other.query("postgres", query)).isNotBlank().isEqualTo(server.query("postgres", query));
            }
        }
    }

    @Test
    void a_read_only_database_is_a_finding_where_SQL_makes_it() {
        assertThat(exportTo(part, Format.SQL, 0, true, new Stream()).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("default_transaction_read_only"));
        assertThat(exportTo(part, Format.SQL, 0, false, new Stream()).findings())
                .isEmpty();
    }

    @Test
    void databases_in_other_encodings_go_through_psql_byte_by_byte() throws Exception {
        for (String encoding : List.of("SQL_ASCII", "LATIN1")) {
            String name = "export_" + encoding.toLowerCase(Locale.ROOT);
            create(name, encoding);
            server.execute(
                    name,
                    "CREATE TABLE t (i int, v text)",
                    "CREATE TABLE \"é. \" (\"ü\" int)",
                    "INSERT INTO t SELECT i, convert_from(decode(to_hex(i), 'hex'), '" + encoding
                            + "') FROM generate_series(161, 255) i",
                    "INSERT INTO \"é. \" VALUES (7)",
                    "CREATE SEQUENCE \"sé\\quence\"",
                    "SELECT nextval('\"sé\\quence\"')");
            MemoryPart encoded = Server.backUp(server, name);
            for (Format format : List.of(Format.SQL, Format.CUSTOM)) {
                String copy = name + "_" + format.name().toLowerCase(Locale.ROOT);
                create(copy, encoding);
                Path file = export(encoded, format, format == Format.SQL ? 1 : 9, false, copy);
                if (format == Format.SQL) {
                    psql(url(copy), unzipped(file), Map.of());
                } else {
                    run(null, List.of("pg_restore", "-e", "-d", url(copy), file.toString()), Map.of());
                }
                assertThat(Server.compare(encoded, Server.location(server, copy)))
                        .as(copy)
                        .isEmpty();
            }
        }
    }

    @Test
    void a_row_of_30_MB_goes_through() throws Exception {
        String database = Server.database(
                server,
                "CREATE TABLE long (id int PRIMARY KEY, v text)",
                "INSERT INTO long VALUES (1, repeat(E'0123456789\\\\\\n', 2500000)), (2, 'short')");
        MemoryPart large = Server.backUp(server, database);
        create("long_copy", "UTF8");
        Path archive = export(large, Format.CUSTOM, 1, false, "long.dump");
        assertThat(Files.size(archive)).isLessThan(large.contentBytes() / 5);
        run(null, List.of("pg_restore", "-e", "-d", url("long_copy"), archive.toString()), Map.of());
        assertThat(Server.compare(large, Server.location(server, "long_copy"))).isEmpty();
    }

    @Test
    void an_empty_database_is_an_archive_too() throws Exception {
        MemoryPart nothing = Server.backUp(server, Server.database(server));
        Path archive = export(nothing, Format.CUSTOM, 6, false, "empty.dump");
        create("empty_copy", "UTF8");
        run(null, List.of("pg_restore", "-e", "-d", url("empty_copy"), archive.toString()), Map.of());
        assertThat(Server.compare(nothing, Server.location(server, "empty_copy")))
                .isEmpty();
    }

    @Test
    void rows_that_are_not_those_that_were_captured_make_no_file() {
        MemoryPart changed = changed(entry -> entry.key().equals(EntryKeys.table("public.types"))
                ? new Entry(
                        entry.key(),
                        entry.type(),
                        entry.attributes().toBuilder()
                                .put(Keys.HASH, "00000000000000000000000000000001")
                                .build(),
                        entry.content())
                : entry);
        for (Format format : List.of(Format.CUSTOM, Format.SQL)) {
            Path file = folder.resolve("never." + format);
            assertThatThrownBy(() -> export(changed, format, 0, false, "never." + format))
                    .isInstanceOf(Damaged.class)
                    .hasMessageContaining("the rows of table public.types are not those that were captured");
            assertThat(file).doesNotExist();
            assertThat(folder).isDirectoryNotContaining(left -> left.toString().endsWith(".part"));
        }
        MemoryPart lost = changed(entry -> entry.key().equals(EntryKeys.table("public.tree"))
                ? new Entry(
                        entry.key(),
                        entry.type(),
                        entry.attributes().toBuilder()
                                .put(Keys.ATTRIBUTE_NAME, "other")
                                .build(),
                        entry.content())
                : entry);
        assertThatThrownBy(() -> export(lost, Format.CUSTOM, 0, false, "never"))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("does not define table public.other");
    }

    @Test
    void psql_fails_on_what_was_piped_before_an_export_failed() throws Exception {
        MemoryPart changed = changed(entry -> entry.key().equals(EntryKeys.table("public.tree"))
                ? new Entry(
                        entry.key(),
                        entry.type(),
                        entry.attributes().toBuilder().put(Keys.ROWS, 5).build(),
                        entry.content())
                : entry);
        Stream piped = new Stream();
        assertThatThrownBy(() -> exportTo(changed, Format.SQL, 0, false, piped)).isInstanceOf(Damaged.class);
        Path sql = folder.resolve("piped.sql");
        Files.write(sql, piped.toBytes());
        create("half", "UTF8");
        Path said = folder.resolve("psql.err");
        assertThat(start(sql, List.of("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url("half")), Map.of(), said))
                .isEqualTo(3);
        assertThat(Files.readString(said)).containsAnyOf("this export is not complete", "invalid command");
    }

    @Test
    void a_file_that_cannot_be_written_ends_the_export() {
        for (Format format : Format.values()) {
            assertThatThrownBy(() -> exportTo(part, format, 0, false, new Stream() {
                        @Override
                        public void write(byte[] bytes, int offset, int length) {
                            throw new Failed(ErrorCode.FILE_UNWRITABLE, "full", "");
                        }
                    }))
                    .as(format.name())
                    .isInstanceOf(Failed.class)
                    .hasMessage("full");
        }
    }

    @Test
    void a_disk_that_loses_what_is_written_over_is_noticed() {
        Stream forgetful = new Stream() {
            @Override
            public boolean seekable() {
                return true;
            }

            @Override
            public void patch(long position, byte[] piece) {
                // takes it and forgets it
            }

            @Override
            public int read(long position, byte[] piece) {
                byte[] all = toBytes();
                int length = (int) Math.min(piece.length, all.length - position);
                System.arraycopy(all, (int) position, piece, 0, length);
                return length;
            }
        };
        assertThatThrownBy(() -> exportTo(part, Format.CUSTOM, 6, false, forgetful))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("the archive that was written does not know where the data of entry");
    }

    @Test
    void sql_needs_a_pg_restore_and_says_so_before_it_begins() {
        PostgresExporter exporter = new PostgresExporter(Format.SQL, 0, false, new ClientTools(List.of(folder)));
        assertThatThrownBy(() -> exporter.preflight(part))
                .isInstanceOf(Missing.class)
                .hasMessageContaining("pg_restore is not installed");
        new PostgresExporter(Format.CUSTOM, 0, false, new ClientTools(List.of(folder))).preflight(part);
    }

    /** No pg_dump of 16 or later is here: the archive is rewritten as those would have, and read back by our own reader. */
    @Test
    void archives_of_later_versions_keep_their_version() throws Exception {
        for (int version : new int[] {ArchiveFormat.VERSION_1_15, ArchiveFormat.VERSION_1_16}) {
            boolean of17 = version == ArchiveFormat.VERSION_1_16;
            MemoryPart later = changed(entry -> entry.key().equals(Keys.SCHEMA)
                    ? new Entry(
                            entry.key(),
                            entry.type(),
                            entry.attributes(),
                            store(part, upgraded(entry.content(), version)))
                    : entry);
            Path file = folder.resolve("later-" + of17);
            ExportReport report;
            try (ExportFile output = new LocalExportFile(file, true)) {
                output.preflight();
                report = exportTo(later, Format.CUSTOM, 6, false, output);
                output.commit();
            }
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                ArchiveInput input = new ArchiveInput(in, StandardCharsets.UTF_8, "later");
                assertThat(input.format().version()).isEqualTo(version);
                assertThat(input.compression()).isEqualTo(1);
                input.skipTime();
                input.origin();
                List<ArchiveEntry> entries = new ArrayList<>();
                for (int i = input.count(); i > 0; i--) {
                    entries.add(input.entry());
                }
                assertThat(entries.stream().filter(e -> e.type().equals("TABLE DATA")))
                        .hasSize(Integer.parseInt(part.details().get("tables")))
                        .allMatch(e -> e.place().state() == ArchiveFormat.PLACE_KNOWN);
                List<ArchiveEntry> definitions = entries.stream()
                        .filter(e -> e.type().equals("BLOB METADATA"))
                        .toList();
                if (of17) {
                    assertThat(definitions)
                            .singleElement()
                            .satisfies(e -> assertThat(e.definition().lines())
                                    .hasSize(Integer.parseInt(part.details().get("large-objects"))));
                    assertThat(report.findings())
                            .singleElement()
                            .satisfies(finding ->
                                    assertThat(finding.message()).contains("belong to whoever restores the file"));
                } else {
                    assertThat(definitions).isEmpty();
                    assertThat(report.findings()).isEmpty();
                }
            }
        }
    }

    /** The same archive in another version of the format; since 17 large objects are not defined before the data. */
    private static byte[] upgraded(Content content, int version) {
        try {
            ArchiveInput input =
                    new ArchiveInput(new ByteArrayInputStream(part.bytes(content)), StandardCharsets.UTF_8, "schema");
            ArchiveFormat old = input.format();
            ArchiveFormat format = new ArchiveFormat(version, 0, old.intBytes(), old.offsetBytes());
            input.skipTime();
            byte[] origin = input.origin();
            List<ArchiveEntry> entries = new ArrayList<>();
            for (int i = input.count(); i > 0; i--) {
                ArchiveEntry entry = input.entry();
                boolean largeObject =
                        entry.type().equals("BLOB") || entry.name().startsWith("LARGE OBJECT");
                if (!format.isOf17() || !largeObject) {
                    entries.add(entry);
                }
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ArchiveOutput output = new ArchiveOutput(bytes::write, format);
            output.bytes("PGDMP".getBytes(StandardCharsets.US_ASCII), 0, 5);
            for (int octet : new int[] {1, version, 0, old.intBytes(), old.offsetBytes(), 1, 0}) {
                output.octet(octet);
            }
            for (int i = 0; i < ArchiveFormat.TIME_FIELDS; i++) {
                output.number(i == 3 ? 1 : 0);
            }
            output.bytes(origin, 0, origin.length);
            output.number(entries.size());
            for (ArchiveEntry entry : entries) {
                write(output, entry, format);
            }
            output.flush();
            return bytes.toByteArray();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void write(ArchiveOutput output, ArchiveEntry entry, ArchiveFormat format) {
        output.number(entry.id());
        output.number(0);
        for (String text : List.of(entry.catalog(), entry.oid(), entry.name(), entry.type())) {
            output.text(text.getBytes(StandardCharsets.UTF_8));
        }
        output.number(entry.section());
        for (String text : List.of(entry.definition(), entry.removal(), "", entry.schema(), entry.tablespace(), "")) {
            output.text(text.getBytes(StandardCharsets.UTF_8));
        }
        if (format.isOf17()) {
            output.number('r');
        }
        output.text(entry.owner().getBytes(StandardCharsets.UTF_8));
        output.text("false".getBytes(StandardCharsets.UTF_8));
        entry.dependencies().forEach(id -> output.text(id.getBytes(StandardCharsets.UTF_8)));
        output.text(null);
        output.place(ArchiveFormat.NO_DATA, 0);
    }

    private static Content store(MemoryPart into, byte[] bytes) {
        try (var writer = into.content(bytes.length)) {
            writer.write(bytes, 0, bytes.length);
            return writer.finish();
        }
    }

    /** The hostile part with something else in it. */
    private static MemoryPart changed(UnaryOperator<Entry> change) {
        MemoryPart changed = part.following();
        EntryCursor cursor = part.entriesFrom(EntryKey.of(""));
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            changed.add(change.apply(entry), Change.NEW);
        }
        return changed.with(part.details());
    }

    private static Path export(MemoryPart from, Format format, int level, boolean create, String name) {
        Path path = folder.resolve(name);
        try (ExportFile file = new LocalExportFile(path, false)) {
            file.preflight();
            ExportReport report = exportTo(from, format, level, create, file);
            file.commit();
            assertThat(report.written()).isEqualTo(path.toFile().length());
            assertThat(format == Format.ROLES || report.entries() == from.entryCount())
                    .isTrue();
            return path;
        }
    }

    private static ExportReport exportTo(MemoryPart from, Format format, int level, boolean create, ExportFile file) {
        try (PostgresExporter exporter = new PostgresExporter(format, level, create)) {
            exporter.preflight(from);
            return exporter.export(from, file, Progress.NONE);
        }
    }

    /** Something that only goes forward. */
    private static class Stream implements ExportFile {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        byte[] toBytes() {
            return bytes.toByteArray();
        }

        @Override
        public String location() {
            return "stream";
        }

        @Override
        public void preflight() {}

        @Override
        public void write(byte[] piece, int offset, int length) {
            bytes.write(piece, offset, length);
        }

        @Override
        public boolean seekable() {
            return false;
        }

        @Override
        public void patch(long position, byte[] piece) {
            throw new AssertionError("only forward");
        }

        @Override
        public int read(long position, byte[] piece) {
            throw new AssertionError("only forward");
        }

        @Override
        public void commit() {}

        @Override
        public void close() {}
    }

    /** Everything but what belongs to the database itself, which only {@code --create} restores. */
    private static List<String> contentDifferences(MemoryPart with, String database) {
        return Server.compare(with, Server.location(server, database)).stream()
                .filter(difference -> !difference.startsWith("database: "))
                .toList();
    }

    /**
     * What pg_restore would run. The rows of by_hash_1 are left out: its columns have another order than those of the table
     * they go through, and ours are in that of the latter.
     */
    private static List<String> text(Path archive) throws Exception {
        Path out = folder.resolve(archive.getFileName() + ".sql");
        run(null, List.of("pg_restore", "-f", out.toString(), archive.toString()), Map.of());
        List<String> lines = new ArrayList<>();
        boolean left = false;
        for (String line : Files.readAllLines(out, StandardCharsets.UTF_8)) {
            left |= line.contains("Data for Name: by_hash_1;");
            if (!left && !line.startsWith("\\restrict") && !line.startsWith("\\unrestrict")) {
                lines.add(line);
            }
            left &= !line.equals("\\.");
        }
        return lines;
    }

    /** The entries that pg_restore lists, without their ids. */
    private static List<String> list(Path archive) throws Exception {
        Path out = folder.resolve(archive.getFileName() + ".list");
        run(null, List.of("pg_restore", "-l", "-f", out.toString(), archive.toString()), Map.of());
        return Files.readAllLines(out, StandardCharsets.UTF_8).stream()
                .filter(line -> !line.startsWith(";"))
                .map(line -> line.replaceFirst("^[0-9]+; ", ""))
                .toList();
    }

    private static Path unzipped(Path file) throws Exception {
        Path plain = folder.resolve(file.getFileName() + ".plain");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file));
                OutputStream out = Files.newOutputStream(plain)) {
            in.transferTo(out);
        }
        return plain;
    }

    private static void create(String database, String encoding) {
        server.execute(
                "postgres",
                "CREATE DATABASE " + database + " TEMPLATE template0 ENCODING '" + encoding + "' LOCALE 'C'");
    }

    private static String url(String database) {
        return server.url("postgres").replaceAll("/postgres$", "/" + database);
    }

    private static void psql(String url, Path script, Map<String, String> environment) throws Exception {
        run(
                null,
                List.of("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", script.toString()),
                environment);
    }

    private static void run(Path in, List<String> command, Map<String, String> environment) throws Exception {
        Path said = folder.resolve("said");
        int exit = start(in, command, environment, said);
        assertThat(exit).as("%s: %s", command, Files.readString(said)).isZero();
    }

    private static int start(Path in, List<String> command, Map<String, String> environment, Path said)
            throws Exception {
        List<String> all = new ArrayList<>(command);
        all.set(0, server.binFolder().resolve(command.getFirst()).toString());
        ProcessBuilder builder = new ProcessBuilder(all)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(said.toFile());
        if (in != null) {
            // by a pipe and not as the file it is
            builder.redirectInput(ProcessBuilder.Redirect.PIPE);
        }
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (OutputStream pipe = process.getOutputStream()) {
            if (in != null) {
                Files.copy(in, pipe);
            }
        } catch (java.io.IOException e) {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue(); // it did not want the rest
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
