package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Files of every snapshot in a folder, a bucket and at another server, read back with the tools that people have. */
@ExtendWith(Stands.Provided.class)
class KeptExportsIT {
    private static final String PASSPHRASE = "over the hills";

    @Test
    void files_in_three_places_come_back_through_ordinary_tools_and_a_place_that_was_away_catches_up(Stands stands)
            throws Exception {
        try (Stack stack = Stack.on(stands, "kept");
                Sshd server = Sshd.in(stack.folder().resolve("sshd"))) {
            Path disk = stack.folder().resolve("kept");
            Path nas = stack.folder().resolve("nas/kept");
            Path sealed = stack.folder().resolve("sealed");
            stack.database().fill(500);
            stack.bucket().fill(5);
            stack.uploads().fill(5);
            describe(stack, server, disk, nas, sealed);
            stack.init();
            stack.backup();
            Map<String, String> rows = stack.database().fingerprint();

            stack.json("export", "--to-places").succeeded();

            assertThat(kept(disk)).hasSize(3);
            sh(disk, "md5sum -c *.md5 && sha256sum -c *.sha256");
            equal(stack, rows, disk, "gunzip -c *_2*.sql.gz");
            sameFiles(stack, disk);
            sh(sealed, "sha256sum -c *.sha256");
            equal(
                    stack,
                    rows,
                    sealed,
                    "gpg --homedir " + home(stack) + " --batch -q --passphrase '" + PASSPHRASE
                            + "' --pinentry-mode loopback -d *.gpg | zstd -dc");
            inTheBucket(stack, disk);
            withS3cmd(stack, disk);
            for (Path file : kept(disk)) {
                Path fetched = stack.folder().resolve("fetched");
                server.fetch(nas.resolve(file.getFileName()), fetched);
                assertThat(fetched).hasSameBinaryContentAs(file);
            }

            awayAndBack(stack, server, disk, nas);
        }
    }

    private static void awayAndBack(Stack stack, Sshd server, Path disk, Path nas) throws IOException {
        server.stop();
        stack.database().run("UPDATE customers SET note = 'second'");
        stack.backup();
        Outcome degraded = stack.run("export", "--to-places");
        assertThat(degraded.exit()).as(degraded.toString()).isEqualTo(ErrorCode.FINDINGS.number());
        assertThat(degraded.toString()).contains("degraded: 1 of 4").contains("nas");
        assertThat(kept(disk)).hasSize(6);
        server.restart();
        assertThat(kept(nas)).hasSize(3);

        stack.json("export", "--to-places").succeeded();

        assertThat(kept(nas)).hasSize(6);
        for (Path file : kept(disk)) {
            if (!file.toString().contains(".tar.gz")) {
                assertThat(nas.resolve(file.getFileName())).exists();
            }
        }
        stack.json("exports").succeeded();
        assertThat(nas).isDirectoryNotContaining("glob:**.part");
    }

    private static void describe(Stack stack, Sshd server, Path disk, Path nas, Path sealed) throws IOException {
        stack.describe(
                List.of(stack.databaseSource(), stack.bucketSource(), stack.folderSource()),
                List.of(stack.diskDestination()));
        Files.writeString(
                stack.home().resolve("holdfast.yaml"),
                """
                exports:
                  open:
                    format: {databases: sql.gz, files: tar.gz}
                    checksums: [md5, sha256]
                    latest: true
                    places:
                      %s
                      cloud: {s3: {%s}}
                      %s
                  sealed:
                    parts: [database]
                    format: {databases: sql.zst}
                    checksums: [sha256]
                    encrypt: {passphrase: '%s'}
                    places:
                      %s
                """.formatted(
                                Stack.local("disk", disk),
                                stack.s3().keys(stack.remote().name()),
                                server.destination("nas", nas),
                                PASSPHRASE,
                                Stack.local("disk", sealed)),
                StandardOpenOption.APPEND);
    }

    /** Files of parts: neither sidecars, manifests nor links. */
    private static List<Path> kept(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(".gz"))
                    .filter(file -> !Files.isSymbolicLink(file))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void equal(Stack stack, Map<String, String> rows, Path folder, String text) {
        Database copy = stack.database().beside("-copy");
        copy.server().createDatabase(copy.name());
        sh(
                folder,
                text + " | '" + copy.server().binFolder() + "/psql' -X -q -v ON_ERROR_STOP=1 -d '"
                        + copy.server().url(copy.name()) + "'");
        assertThat(Fingerprints.differences(rows, copy.fingerprint())).as(text).isEmpty();
        stack.equal(
                "latest",
                "--part",
                "database",
                "--with",
                "database=" + copy.server().url(copy.name()));
        copy.destroy();
    }

    private static void sameFiles(Stack stack, Path disk) throws IOException {
        Path copy = Files.createDirectories(stack.folder().resolve("unpacked"));
        sh(disk, "for one in uploads_2*.tar.gz; do tar -xpzf \"$one\" -C '" + copy + "'; done");
        Map<String, String> expected = stack.uploads().fingerprint();
        Map<String, String> found = new Folder(copy).fingerprint();
        expected.remove(".");
        found.remove(".");
        assertThat(Fingerprints.differences(expected, found)).isEmpty();
        stack.equal("latest", "--part", "uploads", "--with", "uploads=" + copy);
    }

    private static void inTheBucket(Stack stack, Path disk) throws IOException {
        try (S3Client client = stack.s3().client()) {
            for (Path file : kept(disk)) {
                String key = file.getFileName().toString();
                assertThat(stack.remote().find(key))
                        .hasValueSatisfying(bytes -> assertThat(file).hasBinaryContent(bytes));
                HeadObjectResponse head =
                        client.headObject(r -> r.bucket(stack.remote().name()).key(key));
                assertThat(head.contentType()).isEqualTo("application/gzip");
                assertThat(head.metadata()).containsKeys("backup-time", "snapshot", "stack");
            }
        }
    }

    /** The program that people have fetches what is there, and the sums beside the files are right. */
    private static void withS3cmd(Stack stack, Path disk) throws IOException {
        Path fetched = Files.createDirectories(stack.folder().resolve("s3cmd"));
        String host = stack.s3().endpoint().getAuthority();
        sh(
                fetched,
                "s3cmd --config=/dev/null --no-ssl --host=" + host + " --host-bucket=" + host + " --access_key="
                        + stack.s3().accessKey() + " --secret_key=" + stack.s3().secretKey()
                        + " -q get --recursive s3://"
                        + stack.remote().name() + "/ . && md5sum -c *.md5 && sha256sum -c *.sha256");
        for (Path file : kept(disk)) {
            assertThat(fetched.resolve(file.getFileName())).hasSameBinaryContentAs(file);
        }
    }

    /** gpg is not to see, or change, the keys of whoever runs the test. */
    private static String home(Stack stack) {
        Path home = stack.folder().resolve("g");
        Shell.run("mkdir", "-p", "-m", "700", home.toString());
        return "'" + home + "'";
    }

    private static void sh(Path folder, String script) {
        Shell.run("bash", "-c", "set -o pipefail; cd '" + folder + "' && " + script);
    }
}
