package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the tools that people have make of exports of buckets and directories. */
@ExtendWith(Stands.Provided.class)
class ExportedFilesIT {
    private static final String PASSPHRASE = "over the hills";
    private static final String METADATA = ".holdfast-metadata.ndjson";

    /** As digests, without those of folders and with each further name of a file. */
    private static final String CONTENTS = "find . -type f ! -name " + METADATA
            + " -print0 | xargs -0 -r -n1 sh -c 'sha256sum < \"$0\"' | cut -c1-64 | sort";

    @Test
    void a_bucket_and_a_directory_come_back_through_tar_zstd_unzip_and_gpg(Stands stands) throws Exception {
        try (Stack stack = filled(stands, "files", 5)) {
            Path uploads = stack.uploads().root();
            stack.json("export", "latest", "uploads", "-o", "up.tar.gz", "--checksum", "md5", "--checksum", "sha256")
                    .succeeded();
            sh(stack.home(), "md5sum -c up.tar.gz.md5 && sha256sum -c up.tar.gz.sha256");
            same(stack, "tar -xpzf '" + stack.home().resolve("up.tar.gz") + "'");
            same(stack, launch(stands, "uploads tar.zst") + " | zstd -dc | tar -xp");
            same(stack, launch(stands, "uploads tar") + " | tar -xp");
            List<String> contents = lines(uploads, CONTENTS);
            unpacked(stack, "uploads", "zip", "unzip -q '%s'", contents);
            unpacked(stack, "uploads", "tree", "cp -r '%s'/. .", contents);

            List<String> objects = objects(stack.bucket());
            unpacked(stack, "media", "tar.gz", "tar -xzf '%s'", objects);
            unpacked(stack, "media", "tar.zst", "tar --zstd -xf '%s'", objects);
            unpacked(stack, "media", "zip", "unzip -q '%s'", objects);
            unpacked(stack, "media", "tree", "cp -r '%s'/. .", objects);

            encrypted(stack, stands);
            assertThat(stack.home()).isDirectoryNotContaining("glob:**.part");
        }
    }

    private static Stack filled(Stands stands, String name, int files) throws Exception {
        Stack stack = Stack.on(stands, name);
        stack.bucket().fill(5);
        stack.uploads().fill(files);
        stack.describe(List.of(stack.bucketSource(), stack.folderSource()), List.of(stack.diskDestination()));
        stack.init();
        stack.backup();
        return stack;
    }

    private static String launch(Stands stands, String partAndFormat) {
        String[] words = partAndFormat.split(" ");
        return stands.launcher() + " export latest " + words[0] + " --format " + words[1] + " -o -";
    }

    /** Everything that a tar holds of a directory. */
    private static void same(Stack stack, String unpack) throws Exception {
        Path copy = fresh(stack);
        stack.other(List.of("bash", "-c", "set -o pipefail; " + unpack + " -C '" + copy + "'"))
                .succeeded();
        Map<String, String> expected = stack.uploads().fingerprint();
        Map<String, String> found = new Folder(copy).fingerprint();
        expected.remove(".");
        found.remove(".");
        assertThat(Fingerprints.differences(expected, found)).as(unpack).isEmpty();
        stack.equal("latest", "--part", "uploads", "--with", "uploads=" + copy);
        Shell.run("rm", "-rf", copy.toString());
    }

    private static void unpacked(Stack stack, String part, String format, String unpack, List<String> contents)
            throws Exception {
        Path file = stack.home().resolve(part + "." + format);
        Outcome outcome = stack.run("export", "latest", part, "--format", format, "-o", file.toString());
        assertThat(outcome.exit()).as(outcome.toString()).isIn(0, ErrorCode.FINDINGS.number());
        Path copy = fresh(stack);
        sh(copy, unpack.formatted(file));
        assertThat(lines(copy, CONTENTS)).as(outcome.toString()).isEqualTo(contents);
        Shell.run("rm", "-rf", copy.toString());
        if (format.equals("tree")) {
            stack.run("export", "latest", part, "--format", format, "-o", file.toString(), "--overwrite")
                    .failed(ErrorCode.DIRECTORY_NOT_EMPTY);
        }
    }

    private static void encrypted(Stack stack, Stands stands) throws Exception {
        Path home = stack.folder().resolve("g");
        Shell.run("mkdir", "-p", "-m", "700", home.toString());
        String gpg = "gpg --homedir '" + home + "' --batch -q --pinentry-mode loopback ";
        sh(
                stack.home(),
                gpg + "--passphrase '' --quick-generate-key ops default default never && " + gpg
                        + "--armor --export ops > ops.asc && " + gpg + "--armor --export-secret-keys ops > ops.key");
        try {
            Files.writeString(stack.home().resolve("secret"), PASSPHRASE + "\n");
            stack.json(
                            "export",
                            "latest",
                            "uploads",
                            "-o",
                            "sealed.gpg",
                            "--encrypt-to",
                            "ops.asc",
                            "--sign-with",
                            "ops.key",
                            "--checksum",
                            "sha256")
                    .succeeded();
            sh(stack.home(), "sha256sum -c sealed.gpg.sha256");
            assertThat(Shell.succeeds(
                            "tar", "-tzf", stack.home().resolve("sealed.gpg").toString()))
                    .isFalse();
            same(stack, gpg + "-d '" + stack.home().resolve("sealed.gpg") + "' | tar -xpz");
            same(
                    stack,
                    launch(stands, "uploads tar.zst") + " --encrypt-passphrase-file secret | " + gpg + "--passphrase '"
                            + PASSPHRASE + "' -d | zstd -dc | tar -xp");
        } finally {
            Shell.run("gpgconf", "--homedir", home.toString(), "--kill", "all");
        }
    }

    @Test
    void what_is_ended_or_killed_leaves_nothing_under_its_name(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "cut")) {
            stack.uploads().fill(3000);
            for (int i = 0; i < 5; i++) {
                stack.uploads().write("large-" + i, i, 40_000_000);
            }
            stack.describe(List.of(stack.folderSource()), List.of(stack.diskDestination()));
            stack.init();
            stack.backup();
            for (String format : List.of("tree", "tar.gz")) {
                for (String signal : List.of("TERM", "KILL")) {
                    Path room = Files.createDirectory(stack.folder().resolve(signal + "-" + format));
                    try (Running running = stack.start(
                            "export",
                            "--format",
                            format,
                            "-o",
                            room.resolve("copy").toString())) {
                        Until.met(
                                "it writes",
                                () -> running.ended() || !names(room).isEmpty());
                        running.signal(signal);
                        Outcome outcome = running.outcome();
                        assertThat(outcome.exit()).as(outcome.toString()).isNotZero();
                    }
                    assertThat(room.resolve("copy")).doesNotExist();
                    if (signal.equals("TERM")) {
                        assertThat(room).isEmptyDirectory();
                    }
                }
            }
        }
    }

    private static List<Path> names(Path room) {
        try (Stream<Path> all = Files.list(room)) {
            return all.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path fresh(Stack stack) throws Exception {
        return Files.createTempDirectory(stack.folder(), "copy");
    }

    /** Empty ones that are only folders to people are no files. */
    private static List<String> objects(Bucket bucket) throws Exception {
        List<String> digests = new ArrayList<>();
        for (String key : bucket.keys()) {
            byte[] content = bucket.find(key).orElseThrow();
            if (content.length > 0 || !key.endsWith("/")) {
                digests.add(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
            }
        }
        digests.sort(Comparator.naturalOrder());
        return digests;
    }

    private static List<String> lines(Path folder, String script) {
        return sh(folder, script).lines().toList();
    }

    private static String sh(Path folder, String script) {
        return Shell.run("bash", "-c", "set -o pipefail; cd '" + folder + "' && " + script);
    }
}
