package dev.holdfast.demo.stand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScratchTest {
    @TempDir
    Path outside;

    @Test
    void closing_removes_everything_below_and_nothing_behind_a_link() throws IOException {
        Path kept = Files.writeString(outside.resolve("kept"), "content");
        Scratch scratch = Scratch.createIn(outside, "scratch-");
        Files.createSymbolicLink(scratch.folder().resolve("link"), outside);
        Path locked = Files.createDirectories(scratch.folder().resolve("a/b"));
        Files.writeString(locked.resolve("file"), "content");
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("---------"));

        scratch.close();

        assertThat(scratch.folder()).doesNotExist();
        assertThat(kept).hasContent("content");
    }

    @Test
    void a_folder_below_a_closed_one_is_not_open_to_all() throws IOException {
        Files.setPosixFilePermissions(outside, PosixFilePermissions.fromString("rwx------"));
        assertThat(Scratch.openToAll(outside.resolve("not/yet/there"))).isFalse();
        assertThat(Scratch.openToAll(Path.of("/"))).isTrue();
    }
}
