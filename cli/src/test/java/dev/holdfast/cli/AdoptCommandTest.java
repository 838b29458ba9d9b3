package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdoptCommandTest {
    @TempDir
    private Path folder;

    private Started program;

    @BeforeEach
    void start() {
        program = new Started(folder, new Canned());
        program.environment.put("HOLDFAST_PASSPHRASE", "four random words");
    }

    @Test
    void backups_of_a_folder_are_listed_without_a_stack_file() throws IOException {
        Path old = Files.createDirectories(folder.resolve("old/last"));
        Files.writeString(old.resolve("app-20250115-020000.sql"), "-- PostgreSQL database dump\n");
        Files.createSymbolicLink(old.resolve("app-latest.sql"), Path.of("app-20250115-020000.sql"));
        Files.writeString(old.resolve("app_test-20260115-020000.sql"), "-- PostgreSQL database dump\n");
        Files.writeString(old.resolve("app-20260116-020000.sql"), "");

        assertThat(program.run("adopt", "old", "--zone", "UTC", "--database", "app"))
                .isEqualTo(3);
        assertThat(program.out())
                .contains("2025-01-15 02:00:00", "last/app-20250115-020000.sql", "unproven")
                .contains("last/app-20260116-020000.sql cannot be used: it has 0 bytes")
                .contains("2 backups in ")
                .doesNotContain("app_test", "app-latest");
        assertThat(program.run("adopt", "old", "--json")).isEqualTo(3);
        assertThat(program.out()).contains("\"database\":\"app_test\"").contains("\"timeFrom\":\"name\"");
    }

    @Test
    void what_makes_no_sense_together_is_refused_before_anything_is_looked_at() {
        assertThat(program.run("adopt", "old", "--import")).isEqualTo(2);
        assertThat(program.err()).contains("--import needs either backups or --all");
        assertThat(program.run("adopt", "old", "--import", "--all", "--verify")).isEqualTo(2);
        assertThat(program.run("adopt", "old", "--dry-run")).isEqualTo(2);
        assertThat(program.run("adopt", "old", "3f2a")).isEqualTo(2);
        assertThat(program.run("restore", "--from", "old")).isEqualTo(2);
        assertThat(program.err()).contains("needs one place to go to");
        assertThat(program.run("restore", "--from", "old", "--table", "t", "--to", "a=b"))
                .isEqualTo(2);
        assertThat(program.err()).contains("is restored whole");
    }

    @Test
    void a_stack_file_is_made_of_variables_and_never_written_over_another() throws IOException {
        Files.writeString(
                folder.resolve("backup.env"),
                "POSTGRES_DATABASE=app\nPOSTGRES_HOST=db\nPOSTGRES_PASSWORD=hunter2\nS3_BUCKET=b\nS3_ACCESS_KEY_ID=k\nS3_SECRET_ACCESS_KEY=s\n");

        assertThat(program.run("import", "postgres-backup-s3", "backup.env")).isEqualTo(3);
        assertThat(program.out())
                .contains("stack: app\n", "password: '${POSTGRES_PASSWORD}'")
                .doesNotContain("hunter2");
        assertThat(program.err()).contains("POSTGRES_PASSWORD");
        assertThat(program.run("import", "postgres-backup-s3", "backup.env", "--output", "new.yaml"))
                .isEqualTo(3);
        String written = Files.readString(folder.resolve("new.yaml"));
        assertThat(program.run("import", "postgres-backup-s3", "backup.env", "--output", "new.yaml"))
                .isEqualTo(63);
        assertThat(folder.resolve("new.yaml")).hasContent(written);
        assertThat(program.run("import", "pgmoneta", "backup.env")).isEqualTo(2);
        assertThat(program.run("import", "borgmatic", "missing.yaml")).isEqualTo(11);
    }
}
