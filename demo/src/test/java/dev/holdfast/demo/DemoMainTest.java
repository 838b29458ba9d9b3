package dev.holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoMainTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path launcher;

    @BeforeEach
    void write_a_launcher_that_stands_in() throws IOException {
        launcher = folder.resolve("holdfast");
        try (InputStream script = DemoMainTest.class.getResourceAsStream("/fake-holdfast.sh")) {
            Files.copy(script, launcher);
        }
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void a_tool_that_really_restores_passes() throws IOException {
        int exitCode = demo();

        assertThat(exitCode).as(said()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(
                        "$ holdfast init",
                        "$ holdfast backup",
                        "$ holdfast restore latest",
                        "$ holdfast compare latest")
                .contains("AAAA-BBBB", "123 MB of memory", "all 9", "Everything matched.");
        try (var left = Files.list(folder.resolve("work"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void a_tool_that_claims_success_and_damages_something_is_caught() throws IOException {
        Files.writeString(folder.resolve("fault"), "damage");

        assertThat(demo()).as(said()).isEqualTo(111);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("3 differences")
                .contains("database: 'table public.event_other' differs")
                .contains("media: 'object awkward/.hidden' differs")
                .contains("uploads: 'file awkward/README' differs");
        try (var left = Files.list(folder.resolve("work"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void a_command_that_fails_ends_the_demo_with_its_step_and_its_words() throws IOException {
        Files.writeString(folder.resolve("fault"), "init");

        assertThat(demo()).as(said()).isEqualTo(104);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("failed at step 'creating the repository'")
                .contains("ended with exit code 30", "the words of init");
    }

    @Test
    void wrong_arguments_and_a_missing_launcher_are_told_at_once() {
        assertThat(DemoMain.run(List.of("--size", "huge"), Map.of(), print(out), print(err)))
                .isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("unknown size 'huge': expected small or normal");
        assertThat(DemoMain.run(List.of(), Map.of("HOLDFAST_LAUNCHER", "/no/such"), print(out), print(err)))
                .isEqualTo(101);
        assertThat(DemoMain.run(List.of("--help"), Map.of(), print(out), print(err)))
                .isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("Usage: holdfast demo");
    }

    private int demo() {
        return DemoMain.run(
                List.of("--size=small", "--folder", folder.resolve("work").toString()),
                Map.of("HOLDFAST_LAUNCHER", launcher.toString()),
                print(out),
                print(err));
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }
}
