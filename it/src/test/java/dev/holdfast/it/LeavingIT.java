package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Everything that a repository holds, as files that are read back without Holdfast. */
@ExtendWith(Stands.Provided.class)
class LeavingIT {
    private static final int BIG_FILE = 40_000_000;

    @Test
    void killed_in_the_middle_and_run_again_everything_is_there_and_comes_back_through_ordinary_tools(Stands stands)
            throws Exception {
        try (Stack stack = Stack.on(stands, "leaving")) {
            stack.database().fill(500);
            stack.bucket().fill(5);
            stack.uploads().fill(5);
            stack.uploads().write("big.bin", 1, BIG_FILE);
            stack.describe(
                    List.of(stack.databaseSource(), stack.bucketSource(), stack.folderSource()),
                    List.of(stack.diskDestination()));
            stack.init();
            String first = stack.backup().text("snapshot");
            Map<String, String> rows = stack.database().fingerprint();
            Map<String, String> files = stack.uploads().fingerprint();
            Map<String, String> objects = stack.bucket().fingerprint();
            stack.database().run("UPDATE customers SET note = 'second'");
            stack.uploads().write("big.bin", 2, BIG_FILE);
            stack.json("backup", "--label", "why=before the upgrade").succeeded();
            stack.database().run("UPDATE customers SET note = 'third'");
            stack.json("pin", first).succeeded();
            String third = stack.backup().text("snapshot");
            Path all = stack.folder().resolve("all");

            killed(stack, all);

            Outcome ended =
                    stack.json("export", "--all", "--output", all.toString()).succeeded();
            assertThat(ended.number("present")).as(ended.toString()).isPositive();
            assertThat(ended.number("files")).as(ended.toString()).isEqualTo(12);
            assertThat(ended.number("missing")).isZero();
            whole(all);
            JsonNode index = JsonMapper.shared().readTree(Files.readString(all.resolve("index.json")));
            assertThat(index.path("snapshots").size()).isEqualTo(3);
            assertThat(index.path("snapshots")
                            .path(1)
                            .path("labels")
                            .path("why")
                            .asString())
                    .isEqualTo("before the upgrade");
            assertThat(index.path("snapshots").path(2).path("pinned").asBoolean())
                    .isTrue();
            comesBack(stack, folder(all, first), rows, files, objects);
            againNothing(stack, all);
            sealed(stack, first);
            intoABucket(stack, first);
            aDamagedRepository(stack, third);
        }
    }

    /** What has a name is whole, whenever it ended. */
    private static void killed(Stack stack, Path all) {
        try (Running export = stack.start("export", "--all", "--output", all.toString())) {
            Until.met("the first archive is there", () -> named(all, "database.dump") > 0);
            export.kill();
            export.outcome();
        }
        assertThat(named(all, "uploads.tar.gz")).as("killed in the middle").isLessThan(3);
        Shell.run(
                "bash",
                "-c",
                "cd '" + all + "' && for one in $(find . -name '*.gz'); do gunzip -t $one || exit 1; done");
        assertThat(all.resolve("index.json")).exists();
    }

    private static long named(Path all, String name) {
        if (!Files.isDirectory(all)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(all)) {
            return files.filter(file -> file.getFileName().toString().equals(name))
                    .count();
        } catch (IOException | UncheckedIOException e) {
            // a file that was there when it was listed has its name now
            return 0;
        }
    }

    private static void whole(Path all) throws IOException {
        Shell.run("bash", "-c", "cd '" + all + "' && sha256sum --strict -c SHA256SUMS");
        assertThat(Files.readAllLines(all.resolve("SHA256SUMS"))).hasSize(15);
        assertThat(Files.readString(all.resolve("index.html")))
                .contains("12 files")
                .doesNotContain("files are missing");
    }

    /** Nobody reads it without the passphrase, and with it ordinary tools do. */
    private static void sealed(Stack stack, String snapshot) throws IOException {
        Path all = stack.folder().resolve("sealed");
        Path secret = Files.writeString(stack.home().resolve("secret"), "four words are needed");
        Path home = Files.createDirectories(stack.folder().resolve("gpg"));
        stack.json(
                        "export",
                        "--all",
                        "--output",
                        all.toString(),
                        "--part",
                        "uploads",
                        "--encrypt-passphrase-file",
                        secret.toString())
                .succeeded();

        Path file = folder(all, snapshot).resolve("uploads.tar.gz.gpg");
        Shell.run("bash", "-c", "cd '" + all + "' && sha256sum --strict -c SHA256SUMS");
        assertThat(Shell.run(
                        "bash",
                        "-c",
                        "set -o pipefail; chmod 700 '" + home + "'; gpg --homedir '" + home
                                + "' --batch -q --pinentry-mode loopback --passphrase-file '" + secret + "' -d '"
                                + file + "' | tar -tz"))
                .contains("big.bin");
        assertThat(folder(all, snapshot).resolve("uploads.tar.gz")).doesNotExist();
        Shell.run("gpgconf", "--homedir", home.toString(), "--kill", "all");
    }

    private static Path folder(Path all, String snapshot) throws IOException {
        try (Stream<Path> folders = Files.list(all.resolve("shop"))) {
            return folders.filter(folder -> folder.toString().endsWith(snapshot))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void comesBack(
            Stack stack, Path one, Map<String, String> rows, Map<String, String> files, Map<String, String> objects)
            throws IOException {
        Database copy = stack.database().beside("-copy");
        Path programs = copy.server().binFolder();
        String url = copy.server().url(copy.name());
        copy.server().createDatabase(copy.name());
        Shell.run(
                programs.resolve("psql").toString(),
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-d",
                url,
                "-f",
                one.resolve("roles/database.sql").toString());
        Shell.run(
                programs.resolve("pg_restore").toString(),
                "--exit-on-error",
                "-j",
                "2",
                "-d",
                url,
                one.resolve("database.dump").toString());
        assertThat(Fingerprints.differences(rows, copy.fingerprint())).isEmpty();
        copy.destroy();

        Path unpacked = Files.createDirectories(stack.folder().resolve("unpacked"));
        Shell.run("tar", "-xpzf", one.resolve("uploads.tar.gz").toString(), "-C", unpacked.toString());
        Map<String, String> found = new Folder(unpacked).fingerprint();
        files.remove(".");
        found.remove(".");
        assertThat(Fingerprints.differences(files, found)).isEmpty();

        String listed = Shell.run("tar", "-tzf", one.resolve("media.tar.gz").toString());
        assertThat(listed.lines().filter(name -> !name.endsWith(".ndjson"))).hasSize(objects.size());
    }

    private static void againNothing(Stack stack, Path all) {
        Outcome again =
                stack.json("export", "--all", "--output", all.toString()).succeeded();
        assertThat(again.number("written")).isZero();
        assertThat(again.number("present")).isEqualTo(12);
        Outcome sql = stack.json(
                        "export", "--all", "--output", all.toString(), "--databases", "sql.zst", "--part", "database")
                .succeeded();
        assertThat(sql.number("written")).isEqualTo(3);
        Shell.run(
                "bash",
                "-c",
                "cd '" + all + "' && sha256sum --strict -c SHA256SUMS && zstd -t shop/*/database.sql.zst");
    }

    /** Named as a repository is named without a stack file. */
    private static void intoABucket(Stack stack, String first) {
        stack.environment().put("S3_ENDPOINT", stack.s3().endpoint().toString());
        stack.environment().put("AWS_ACCESS_KEY_ID", stack.s3().accessKey());
        stack.environment().put("AWS_SECRET_ACCESS_KEY", stack.s3().secretKey());
        String[] command = {
            "export", "--all", "--output", "s3://" + stack.remote().name() + "/all", "--part", "media"
        };

        assertThat(stack.json(command).succeeded().number("written")).isEqualTo(3);
        Outcome again = stack.json(command).succeeded();

        assertThat(again.number("written")).isZero();
        assertThat(again.number("present")).isEqualTo(3);
        assertThat(stack.remote().find("all/index.html"))
                .hasValueSatisfying(page -> assertThat(new String(page, StandardCharsets.UTF_8))
                        .contains(first)
                        .contains("nobody asked for database, uploads"));
    }

    /** What a damaged pack holds is missing, and told; everything else is there, from a place without a stack file. */
    private static void aDamagedRepository(Stack stack, String newest) throws IOException {
        Path all = stack.folder().resolve("damaged");
        try (Stream<Path> packs = Files.walk(stack.disk())) {
            Path biggest = packs.filter(Files::isRegularFile)
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
            Files.delete(biggest);
        }
        Outcome some = stack.json(
                "export",
                "--all",
                "--output",
                all.toString(),
                "--repository",
                stack.disk().toString());
        assertThat(some.exit()).as(some.toString()).isEqualTo(ErrorCode.FINDINGS.number());
        assertThat(some.number("missing")).isPositive();
        assertThat(some.number("files")).isPositive();
        assertThat(Files.readString(all.resolve("index.html"))).contains("files are missing", newest);
        Shell.run("bash", "-c", "cd '" + all + "' && sha256sum --strict -c SHA256SUMS");
    }
}
