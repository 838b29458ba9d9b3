package dev.holdfast.connectors.adopt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.connectors.adopt.BackupHead.Kind;
import dev.holdfast.connectors.adopt.BackupHead.Layer;
import dev.holdfast.connectors.files.Shell;
import dev.holdfast.connectors.pgp.OpenPgpReader;
import dev.holdfast.demo.stand.PrivatePostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Files made by the programs that people use, looked at from their first bytes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HeadReaderTest {
    private static final String DATABASE = "My \"shop\" ß";

    private Path folder;
    private PrivatePostgres server;

    @BeforeAll
    void start() throws IOException {
        folder = Files.createTempDirectory(
                "heads", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        server = PrivatePostgres.in(folder.resolve("server"))
                .setting("fsync", "off")
                .start();
        server.createDatabase(DATABASE);
        server.execute(DATABASE, "CREATE TABLE t AS SELECT generate_series(1, 100) AS i");
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
        Shell.run("rm", "-rf", folder.toString());
    }

    private String dump(String program, String more) throws Exception {
        String url = server.url(program.equals("pg_dump") ? "My%20%22shop%22%20%C3%9F" : "postgres");
        Path file = folder.resolve("dump");
        Shell.run(
                "bash",
                "-c",
                "set -o pipefail; export PGPASSWORD='" + server.password() + "'; rm -rf \"$2\"; '" + server.binFolder()
                        + "/" + program + "' -d \"$1\" " + more,
                "bash",
                url,
                file.toString());
        return file.toString();
    }

    private static BackupHead head(String file) throws IOException {
        return head(file, Optional.empty());
    }

    private static BackupHead head(String file, Optional<OpenPgpReader> keys) throws IOException {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return new HeadReader(keys).read(in, file);
        }
    }

    private static BackupHead head(byte[] bytes) throws IOException {
        return new HeadReader(Optional.empty()).read(new ByteArrayInputStream(bytes), "it");
    }

    @Test
    void an_archive_says_its_database_and_when_it_was_made() throws Exception {
        BackupHead head = head(dump("pg_dump", "-Fc > \"$2\""));

        assertThat(head.kind()).isEqualTo(Kind.CUSTOM);
        assertThat(head.layers()).isEmpty();
        assertThat(head.database()).contains(DATABASE);
        assertThat(Duration.between(head.made().orElseThrow(), LocalDateTime.now(ZoneOffset.UTC))
                        .abs())
                .isLessThan(Duration.ofDays(2));
        assertThat(head.obstacle()).isEmpty();
    }

    @Test
    void tars_and_folders_of_pg_dump_are_told_from_others() throws Exception {
        BackupHead tar = head(dump("pg_dump", "-Ft > \"$2\""));
        assertThat(tar.kind()).isEqualTo(Kind.DUMP_TAR);
        assertThat(tar.database()).contains(DATABASE);

        BackupHead contents = head(dump("pg_dump", "-Fd -f \"$2\"") + "/toc.dat");
        assertThat(contents.kind()).isEqualTo(Kind.DUMP_FOLDER);
        assertThat(contents.database()).contains(DATABASE);

        Shell.run("tar", "-cf", folder.resolve("other.tar").toString(), "-C", "/etc", "hostname");
        assertThat(head(folder.resolve("other.tar").toString()).kind()).isEqualTo(Kind.TAR);
    }

    @Test
    void sql_is_known_through_its_layers() throws Exception {
        BackupHead gzip = head(dump("pg_dump", "| gzip > \"$2\""));
        assertThat(gzip.kind()).isEqualTo(Kind.SQL);
        assertThat(gzip.layers()).containsExactly(Layer.GZIP);
        assertThat(gzip.database()).isEmpty();

        BackupHead created = head(dump("pg_dump", "--create | zstd -q > \"$2\""));
        assertThat(created.layers()).containsExactly(Layer.ZSTD);
        assertThat(created.database()).contains(DATABASE);

        assertThat(head(dump("pg_dumpall", "> \"$2\"")).kind()).isEqualTo(Kind.CLUSTER);
    }

    @Test
    void what_gpg_encrypted_is_opened_with_its_passphrase_and_locked_without() throws Exception {
        Path home = Files.createDirectories(folder.resolve("g"));
        Shell.run("chmod", "700", home.toString());
        String file = dump(
                "pg_dump",
                "-Fc | gpg --homedir '" + home
                        + "' --batch -q --pinentry-mode loopback --passphrase secret --symmetric -o \"$2\"");

        BackupHead open = head(file, Optional.of(OpenPgpReader.withPassphrase("secret")));
        assertThat(open.kind()).isEqualTo(Kind.CUSTOM);
        assertThat(open.layers()).containsExactly(Layer.OPENPGP);
        assertThat(open.database()).contains(DATABASE);
        assertThat(head(file).kind()).isEqualTo(Kind.LOCKED);
        assertThat(head(file, Optional.of(OpenPgpReader.withPassphrase("wrong")))
                        .kind())
                .isEqualTo(Kind.LOCKED);
    }

    @Test
    void what_is_no_dump_says_why() throws Exception {
        assertThat(head(new byte[0]).kind()).isEqualTo(Kind.EMPTY);
        assertThat(head(new byte[] {0x1f, (byte) 0x8b, 8, 0}).obstacle().orElseThrow())
                .contains("cut or damaged");
        assertThat(head("PGDMP\1\16".getBytes(StandardCharsets.ISO_8859_1))
                        .obstacle()
                        .orElseThrow())
                .contains("cut");
        assertThat(head("-- MySQL dump 10.13\n".getBytes(StandardCharsets.UTF_8))
                        .obstacle()
                        .orElseThrow())
                .contains("MySQL");
        assertThat(head(new byte[] {0, 1, 2, 3, 4, 5, 6, 7}).obstacle()).isPresent();
        assertThat(head("hello\n".getBytes(StandardCharsets.UTF_8)).kind()).isEqualTo(Kind.TEXT);
        assertThat(head("age-encryption.org/v1\n".getBytes(StandardCharsets.UTF_8))
                        .layers())
                .isEqualTo(List.of(Layer.AGE));
    }
}
