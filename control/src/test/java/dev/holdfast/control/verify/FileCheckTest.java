package dev.holdfast.control.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.connectors.files.LocalPlace;
import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.connectors.postgres.TrialDump;
import dev.holdfast.connectors.postgres.TrialReport;
import dev.holdfast.control.export.LedgerEntry;
import dev.holdfast.control.verify.FileCheck.Depth;
import dev.holdfast.control.verify.FileVerdict.State;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.source.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies beside a file, and what is made of it. */
class FileCheckTest {
    private static final String NAME = "shop.sql.gz";
    private static final String SQL =
            "--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n\n--\n-- PostgreSQL database dump complete\n--\n\n";

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.write(folder.resolve(NAME), zipped(SQL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s  shop.sql.gz\n",
                "%s *shop.sql.gz\n",
                "%s *./in/a/folder/shop.sql.gz\r\n",
                "%s\n",
                "SHA256 (shop.sql.gz) = %s\n",
                "%s  renamed-since.sql.gz\n",
                "0000000000000000000000000000000000000000000000000000000000000000  other.gz\n%s  shop.sql.gz\n"
            })
    void a_checksum_is_read_in_every_form(String form) throws IOException {
        beside(".sha256", form.formatted(digest("SHA-256")));
        assertThat(verdict().state()).isEqualTo(State.WHOLE);
        assertThat(verdict().compared()).anyMatch(what -> what.startsWith("SHA-256 of shop.sql.gz.sha256"));

        beside(".sha256", form.formatted(digest("SHA-256").replace('a', 'b').replace('1', '2')));
        assertBad(verdict(), ErrorCode.DAMAGED, "shop.sql.gz.sha256");
    }

    @Test
    void a_checksum_of_md5_counts_too() throws IOException {
        beside(".md5", digest("MD5").toUpperCase(Locale.ROOT) + "  " + NAME);
        assertThat(verdict().compared()).contains("MD5 of shop.sql.gz.md5");
        beside(".md5", "0".repeat(32) + "  " + NAME);
        assertBad(verdict(), ErrorCode.DAMAGED, "shop.sql.gz.md5");
    }

    @Test
    void a_sidecar_that_says_nothing_of_the_file_leaves_it_unproven() throws IOException {
        beside(".sha256", "0".repeat(64) + "  a\n" + "1".repeat(64) + "  b\n");
        assertThat(verdict().state()).isEqualTo(State.UNPROVEN);
        assertThat(verdict().notCompared()).anyMatch(what -> what.contains("names other files"));
        beside(".sha256", "what?\n");
        assertThat(verdict().notCompared()).anyMatch(what -> what.contains("holds no SHA-256"));
    }

    @Test
    void a_manifest_says_how_many_rows_the_tables_of_a_dump_have() throws IOException {
        String copy = """
                --
                -- Data for Name: orders; Type: TABLE DATA; Schema: public; Owner: shop
                --

                COPY public.orders (id) FROM stdin;
                1
                2
                \\.


                """;
        Files.write(folder.resolve(NAME), zipped(SQL.replace("SELECT 1;\n\n", copy)));
        String json = """
                {"files": [{"fileName": "%s", "sha256": "%s",
                 "tables": [{"schema": "public", "name": "%s", "rows": %s}]}]}
                """;
        beside(".manifest.json", json.formatted(NAME, digest("SHA-256"), "orders", "2"));
        assertThat(verdict().compared()).contains("rows of 1 of 1 tables of shop.sql.gz.manifest.json");
        beside(".manifest.json", json.formatted(NAME, digest("SHA-256"), "orders", "3"));
        assertBad(verdict(), ErrorCode.DAMAGED, "has 2 rows of public.orders, and shop.sql.gz.manifest.json says 3");
        // written otherwise in the dump, or not there
        beside(".manifest.json", json.formatted(NAME, digest("SHA-256"), "customers", "3"));
        assertThat(verdict().state()).isEqualTo(State.UNPROVEN);
        assertThat(verdict().notCompared()).contains("none of the tables of shop.sql.gz.manifest.json was found");
        // of another program
        beside(".manifest.json", json.formatted(NAME, digest("SHA-256"), "orders", "\"many\""));
        assertThat(verdict().state()).isEqualTo(State.WHOLE);
        assertThat(verdict().compared()).noneMatch(what -> what.startsWith("rows of"));
    }

    @Test
    void a_manifest_says_length_and_digest() throws IOException {
        String json = "{\"files\": [{\"name\": \"x\", \"fileName\": \"%s\", \"bytes\": %d, \"sha256\": \"%s\"}]}";
        long bytes = Files.size(folder.resolve(NAME));
        Files.writeString(folder.resolve("manifest.json"), json.formatted(NAME, bytes, digest("SHA-256")));
        assertThat(verdict().compared()).contains("length", "SHA-256 of manifest.json");
        Files.writeString(folder.resolve("manifest.json"), json.formatted(NAME, bytes + 1, digest("SHA-256")));
        assertBad(verdict(), ErrorCode.DAMAGED, "manifest.json says");
    }

    @Test
    void what_the_ledger_says_has_to_be_there() throws IOException {
        LedgerEntry.Written right = written(Files.size(folder.resolve(NAME)), digest("SHA-256"));
        assertThat(verdict(Depth.READ, Optional.of(right)).compared()).contains("length", "SHA-256 of the ledger");
        assertThat(verdict(Depth.QUICK, Optional.of(right)).state()).isEqualTo(State.WHOLE);
        assertBad(
                verdict(Depth.QUICK, Optional.of(written(1, digest("SHA-256")))),
                ErrorCode.DAMAGED,
                "the ledger says 1");
        assertBad(
                verdict(Depth.READ, Optional.of(written(right.bytes().orElseThrow(), "0".repeat(64)))),
                ErrorCode.DAMAGED,
                "the ledger says 000");
        Files.delete(folder.resolve(NAME));
        assertBad(verdict(Depth.QUICK, Optional.of(right)), ErrorCode.STORE_OBJECT_MISSING, "is not there");
    }

    @Test
    void what_nothing_can_tell_is_not_called_whole() throws IOException {
        assertThat(verdict(Depth.QUICK, Optional.empty()).state()).isEqualTo(State.UNPROVEN);
        Files.writeString(folder.resolve(NAME), "what I did last summer");
        assertThat(verdict().state()).isEqualTo(State.UNPROVEN);
        assertThat(verdict().failure()).map(HoldfastException::code).contains(ErrorCode.CHECK_FAILED);
        Files.writeString(folder.resolve(NAME), "");
        assertBad(verdict(), ErrorCode.DAMAGED, "is empty");
    }

    @Test
    void looking_at_nothing_or_restoring_nothing_is_a_failure() {
        assertThat(result(Depth.READ, List.of()).concern()).contains(ErrorCode.CHECK_FAILED);
        assertThat(result(Depth.READ, List.of(verdict())).concern()).isEmpty();
        assertThat(result(Depth.RESTORE, List.of(verdict())).concern()).contains(ErrorCode.CHECK_FAILED);
    }

    private static VerifyResult result(Depth depth, List<FileVerdict> files) {
        return new VerifyResult("here", depth, files, List.of(), List.of(), Duration.ZERO);
    }

    private FileVerdict verdict() {
        return verdict(Depth.READ, Optional.empty());
    }

    private FileVerdict verdict(Depth depth, Optional<LedgerEntry.Written> written) {
        try (LocalPlace place = new LocalPlace(folder)) {
            return new FileCheck(
                            place, new FileName(NAME), written, Optional.empty(), Instant.parse("2030-01-01T00:00:00Z"))
                    .verdict(depth, Progress.NONE, new NoTrial());
        }
    }

    private static final class NoTrial implements FileCheck.Trial {
        @Override
        public TrialReport of(TrialDump dump) {
            throw new IllegalStateException("nothing is to be restored");
        }

        @Override
        public UnpackedFolder folder() {
            throw new IllegalStateException("nothing is to be unpacked");
        }
    }

    private static void assertBad(FileVerdict verdict, ErrorCode code, String saying) {
        assertThat(verdict.state()).isEqualTo(State.BAD);
        assertThat(verdict.failure()).map(HoldfastException::code).contains(code);
        assertThat(verdict.failure().orElseThrow()).hasMessageContaining(saying);
    }

    private static LedgerEntry.Written written(long bytes, String digest) {
        return new LedgerEntry.Written(
                new FileName(NAME),
                "database",
                OptionalLong.of(bytes),
                digest,
                Optional.empty(),
                false,
                Optional.empty());
    }

    private void beside(String ending, String text) throws IOException {
        Files.writeString(folder.resolve(NAME + ending), text);
    }

    private String digest(String algorithm) throws IOException {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(folder.resolve(NAME))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] zipped(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
