package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolFolderTest {
    @TempDir
    private Path spool;

    @Test
    void a_folder_is_ones_own_and_gone_afterwards() throws IOException {
        try (SpoolFolder one = SpoolFolder.in(spool);
                SpoolFolder other = SpoolFolder.in(spool)) {
            Files.writeString(one.path().resolve("pack"), "on its way");
            assertThat(other.path()).isNotEqualTo(one.path());
            assertThat(one.path().getParent()).isEqualTo(spool);
        }
        assertThat(spool).isEmptyDirectory();
    }

    @Test
    void what_the_dead_left_is_removed_and_what_the_living_have_is_not() throws IOException {
        Path dead = Files.createDirectories(spool.resolve("holdfast-dead/deeper"));
        Files.writeString(dead.resolveSibling(".lock"), "");
        Files.writeString(dead.resolve("schema.dump"), "CREATE TABLE");
        Path foreign = Files.createDirectories(spool.resolve("holdfast-of-somebody"));
        Path file = Files.writeString(spool.resolve("holdfast-file"), "somebody's");
        try (SpoolFolder living = SpoolFolder.in(spool)) {
            Path pack = Files.writeString(living.path().resolve("pack"), "on its way");
            assertThat(dead.getParent()).doesNotExist();

            SpoolFolder.in(spool).close();

            assertThat(pack).exists();
            assertThat(foreign).exists();
            assertThat(file).exists();
        }
    }

    @Test
    void a_folder_stays_locked_for_other_processes_when_this_one_makes_another() throws IOException {
        try (SpoolFolder one = SpoolFolder.in(spool)) {
            assertThat(isLocked(one)).isTrue();
            SpoolFolder.in(spool).close();
            assertThat(isLocked(one)).isTrue();
        }
    }

    /** Source: proc_locks(5). */
    private static boolean isLocked(SpoolFolder folder) throws IOException {
        Object inode = Files.getAttribute(folder.path().resolve(".lock"), "unix:ino");
        return Files.readAllLines(Path.of("/proc/locks")).stream().anyMatch(line -> line.contains(":" + inode + " "));
    }

    @Test
    void a_spool_that_cannot_be_used_is_left_to_those_who_write_there() throws IOException {
        Path file = Files.writeString(spool.resolve("file"), "");
        try (SpoolFolder folder = SpoolFolder.in(file)) {
            assertThat(folder.path()).isEqualTo(file);
        }
        assertThat(file).exists();
    }
}
