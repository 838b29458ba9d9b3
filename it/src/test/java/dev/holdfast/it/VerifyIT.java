package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Backup files, of exports and of other tools, verified by the real program. */
@ExtendWith(Stands.Provided.class)
class VerifyIT {
    private static final String PASSPHRASE = "over the hills";

    @Test
    void kept_exports_and_files_of_other_tools_are_proven_restored_and_refused_when_damaged(Stands stands)
            throws Exception {
        try (Stack stack = Stack.on(stands, "verified")) {
            Path disk = stack.folder().resolve("kept");
            stack.database().fill(200);
            stack.uploads().fill(3);
            describe(stack, disk);
            stack.init();
            stack.backup();
            stack.json("export", "--to-places").succeeded();

            stack.json("verify", "nightly/disk", "--restore").succeeded();
            Outcome all = stack.json("verify", "exports.nightly.places.disk").succeeded();
            assertThat(all.number("whole")).isEqualTo(all.number("lookedAt")).isGreaterThanOrEqualTo(4);
            stack.json("verify", "nightly/disk", "--latest", "--quick").succeeded();

            Path sealed = database(disk);
            stack.run("verify", sealed.toString()).failed(ErrorCode.SECRET_MISSING);
            Path secret = Files.writeString(stack.home().resolve("secret"), PASSPHRASE + "\n");
            Outcome restored = stack.json(
                            "verify", sealed.toString(), "--restore", "--passphrase-file", secret.toString())
                    .succeeded();
            assertThat(restored.toString()).contains("restored").contains("SHA-256 of the ledger");
            Path wrong = Files.writeString(stack.home().resolve("wrong"), "under the hills");
            stack.run("verify", sealed.toString(), "--passphrase-file", wrong.toString())
                    .failed(ErrorCode.WRONG_KEY);

            foreign(stack);
            harm(sealed);
            stack.run("verify", "nightly/disk").failed(ErrorCode.CHECK_FAILED);
            Files.delete(sealed);
            stack.run("verify", "nightly/disk", "--quick")
                    .failed(ErrorCode.CHECK_FAILED)
                    .saying("is not there");
        }
    }

    private static void foreign(Stack stack) throws IOException {
        Path folder = Files.createDirectories(stack.home().resolve("theirs"));
        stack.run("verify", folder.toString()).failed(ErrorCode.CHECK_FAILED).saying("0 files");
        String dump = "'" + stack.database().server().binFolder() + "/pg_dump' -d '"
                + stack.database().server().url(stack.database().name()) + "'";
        Shell.run(
                "bash",
                "-c",
                "set -o pipefail; cd '" + folder + "'; " + dump + " | gzip > a.sql.gz && " + dump
                        + " -Fc -f b.dump && sha256sum b.dump > b.dump.sha256 && " + dump
                        + " -Fd -f c && tar -czf c.tar.gz c && (cd c && zip -qr ../c.zip .) && rm -r c");
        Outcome whole = stack.json("verify", folder.toString(), "--restore").succeeded();
        assertThat(whole.number("whole")).isEqualTo(4);
        Files.writeString(folder.resolve("b.dump.sha256"), "0".repeat(64) + "  b.dump\n");
        stack.run("verify", folder.resolve("b.dump").toString())
                .failed(ErrorCode.DAMAGED)
                .saying("b.dump.sha256 says");
    }

    private static void harm(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);
    }

    private static void describe(Stack stack, Path disk) throws IOException {
        stack.describe(List.of(stack.databaseSource(), stack.folderSource()), List.of(stack.diskDestination()));
        Files.writeString(
                stack.home().resolve("holdfast.yaml"),
                """
                exports:
                  nightly:
                    format: {databases: sql.zst, files: tar.gz}
                    checksums: [md5, sha256]
                    encrypt: {passphrase: '%s'}
                    places:
                      %s
                """.formatted(PASSPHRASE, Stack.local("disk", disk)),
                StandardOpenOption.APPEND);
    }

    private static Path database(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(".sql.zst.gpg"))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
