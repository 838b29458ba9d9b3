package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.config.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands with real connectors and a real repository, as far as a machine without servers has them. */
class RoundTripTest {
    @TempDir
    private Path folder;

    @Test
    void a_directory_is_captured_lost_restored_and_equal_with_nothing_but_repository_and_recovery_code()
            throws IOException {
        Files.createDirectories(folder.resolve("files/sub"));
        Files.writeString(folder.resolve("files/a.txt"), "hello");
        Files.createSymbolicLink(folder.resolve("files/sub/link"), Path.of("../a.txt"));
        Files.writeString(folder.resolve("holdfast.yaml"), """
                stack: files
                sources:
                  uploads:
                    directory:
                      path: files
                repository:
                  destinations:
                    disk:
                      local:
                        path: files/backup
                    second:
                      local:
                        path: second
                """);
        InstantSource clock = InstantSource.system();
        Started program = new Started(
                folder, new Composition(new Environment(Map.of("HOLDFAST_SPOOL", folder.toString())), clock), clock);
        program.environment.put("HOLDFAST_PASSPHRASE", "four random words");

        assertThat(program.run("init", "--recovery-code-file", "code"))
                .as(program.err())
                .isZero();
        untilTrusted(folder.resolve("files"));
        assertThat(program.run("backup")).as(program.err()).isZero();
        assertThat(program.run("backup", "--json")).as(program.err()).isZero();
        assertThat(program.out()).contains("\"unchangedEntries\":4", "\"readBytes\":0");
        // the repository lies in the directory: replacing one would delete the other
        assertThat(program.run("restore")).isEqualTo(10);
        assertThat(program.run("check", "--read-data")).as(program.err()).isZero();

        Files.move(folder.resolve("second"), folder.resolve("all-that-is-left"));
        Files.delete(folder.resolve("holdfast.yaml"));
        program.environment.clear();
        program.environment.put(
                "HOLDFAST_RECOVERY_CODE",
                Files.readString(folder.resolve("code")).strip());
        String[] restore = {
            "restore",
            "--repository",
            folder.resolve("all-that-is-left").toString(),
            "--to",
            "uploads=" + folder.resolve("back")
        };
        assertThat(program.run(restore)).as(program.err()).isZero();
        assertThat(folder.resolve("back/sub/link")).isSymbolicLink().hasContent("hello");
        String[] compare = {"compare", "--repository", restore[2], "--with", "uploads=" + folder.resolve("back")};
        assertThat(program.run(compare)).as(program.err()).isZero();
        Files.writeString(folder.resolve("back/a.txt"), "HELLO");
        assertThat(program.run(compare)).isEqualTo(70);
    }

    /** A file that was written within two seconds before it was read is read again by the next run. */
    private static void untilTrusted(Path folder) throws IOException {
        Instant trusted = Instant.now().plusMillis(2100);
        while (Instant.now().isBefore(trusted)) {
            LockSupport.parkNanos(10_000_000);
        }
        assertThat(Files.getLastModifiedTime(folder).toInstant()).isBefore(trusted);
    }
}
