package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScheduleCommandTest {
    @TempDir
    private Path folder;

    private Started program = new Started(Path.of("/nowhere"), new Canned());

    @BeforeEach
    void start() {
        program = new Started(folder, new Canned());
        program.environment.put("HOLDFAST_LAUNCHER", "/opt/holdfast/bin/holdfast");
    }

    @Test
    void units_are_shown_and_not_written() {
        assertThat(program.run("schedule", "install", "--systemd", "--at", "3:30", "--file", "/etc/holdfast.yaml"))
                .isZero();
        assertThat(program.out())
                .contains("# /etc/systemd/system/holdfast-backup.service")
                .contains("ExecStart=/opt/holdfast/bin/holdfast backup --quiet --file /etc/holdfast.yaml\n")
                .contains("OnCalendar=*-*-* 03:30:00")
                .contains("systemctl enable --now holdfast-backup.timer");
    }

    @Test
    void a_line_of_cron_is_written_once_and_what_is_there_is_not_replaced_silently() throws IOException {
        Path line = folder.resolve("holdfast");
        String[] write = {"schedule", "install", "--cron", "--user", "backup", "--write", "--folder", "."};
        assertThat(program.run(write)).isZero();
        assertThat(line)
                .content()
                .contains("\n0 2 * * * backup /opt/holdfast/bin/holdfast backup --quiet --file " + folder
                        + "/holdfast.yaml\n");
        assertThat(program.run(write)).as("the same again").isZero();

        Files.writeString(line, "mine\n");
        assertThat(program.run(write)).isEqualTo(ErrorCode.FILE_UNWRITABLE.number());
        assertThat(line).hasContent("mine");
        assertThat(program.err()).contains("is there already and says something else");

        assertThat(program.run(
                        "schedule", "install", "--cron", "--user", "backup", "--write", "--folder", ".", "--overwrite"))
                .isZero();
        assertThat(line).content().contains("backup --quiet");
    }

    @Test
    void what_cannot_be_written_there_safely_is_refused() {
        assertThat(program.run("schedule", "install", "--cron", "--at", "late")).isEqualTo(ErrorCode.USAGE.number());
        assertThat(program.err()).contains("'late' is not a time of day");
        assertThat(program.run("schedule", "install", "--cron", "--user", "a b"))
                .isEqualTo(ErrorCode.USAGE.number());
        assertThat(program.run("schedule", "install", "--cron", "--file", "a%b.yaml"))
                .isEqualTo(ErrorCode.USAGE.number());
        assertThat(program.err()).contains("read in ways of their own");
        assertThat(program.run("schedule", "install")).isEqualTo(ErrorCode.USAGE.number());
    }
}
