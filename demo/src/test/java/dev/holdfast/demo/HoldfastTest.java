package dev.holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HoldfastTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void a_command_is_shown_as_typed_and_run_in_the_folder_with_the_environment() throws IOException {
        Answer answer = holdfast(
                        "printf '{\"ok\":true,\"arguments\":\"%s\",\"word\":\"%s\",\"here\":\"%s\"}' \"$*\" \"$WORD\" \"$(pwd)\"")
                .run(DemoStep.RESTORE, "restore", "latest");

        assertThat(answer.text("arguments")).isEqualTo("restore latest --json");
        assertThat(answer.text("word")).isEqualTo("said");
        assertThat(answer.text("here")).isEqualTo(folder.toRealPath().toString());
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("$ holdfast restore latest\n");
    }

    @Test
    void an_exit_code_other_than_zero_fails_whatever_the_answer_says() throws IOException {
        Holdfast holdfast = holdfast("echo 'a warning' >&2; echo '{\"ok\":true}'; exit 3");

        assertThatThrownBy(() -> holdfast.run(DemoStep.FIRST_BACKUP, "backup"))
                .isInstanceOfSatisfying(
                        StepFailed.class, e -> assertThat(e.step()).isEqualTo(DemoStep.FIRST_BACKUP))
                .hasMessageContainingAll("'holdfast backup' ended with exit code 3", "a warning", "{\"ok\":true}");
    }

    @Test
    void an_answer_that_is_not_json_or_not_a_success_fails() throws IOException {
        for (String script : new String[] {"echo done", "true", "echo '{\"ok\":false}'", "echo '{}'", "echo '[]'"}) {
            Holdfast holdfast = holdfast(script);
            assertThatThrownBy(() -> holdfast.run(DemoStep.INIT, "init"))
                    .as(script)
                    .isInstanceOf(StepFailed.class);
        }
    }

    @Test
    void much_talk_on_standard_error_neither_blocks_nor_fills_the_memory() throws IOException {
        Holdfast holdfast = holdfast(
                "i=0; while [ $i -lt 20000 ]; do echo \"progress line number $i\"; i=$((i+1)); done >&2; echo last >&2; exit 9");

        assertThatThrownBy(() -> holdfast.run(DemoStep.INIT, "init"))
                .hasMessageContaining("last")
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(61));
    }

    private Holdfast holdfast(String script) throws IOException {
        Path launcher = folder.resolve("holdfast");
        Files.writeString(launcher, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new Holdfast(
                launcher, folder, Map.of("WORD", "said"), new PrintStream(out, true, StandardCharsets.UTF_8));
    }
}
