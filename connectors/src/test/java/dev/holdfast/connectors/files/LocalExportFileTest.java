package dev.holdfast.connectors.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.NoSpace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalExportFileTest {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    private List<Path> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    @Test
    void a_file_gets_its_name_by_the_commit_and_is_its_owners() throws IOException {
        Path path = folder.resolve("x.dump");
        try (LocalExportFile file = new LocalExportFile(path, false)) {
            file.preflight();
            file.write(HELLO, 0, 5);
            file.patch(1, new byte[] {'a'});
            byte[] back = new byte[9];
            assertThat(file.read(3, back)).isEqualTo(2);
            assertThat(back).startsWith('l', 'o');
            assertThat(path).doesNotExist();
            file.commit();
        }
        assertThat(names()).containsExactly(path);
        assertThat(path).hasContent("hallo");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @Test
    void without_a_commit_nothing_is_left() throws IOException {
        try (LocalExportFile file = new LocalExportFile(folder.resolve("x.dump"), false)) {
            file.preflight();
            file.write(HELLO, 0, 5);
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void a_file_that_is_there_is_replaced_only_if_that_was_allowed_and_only_by_a_whole_one() throws IOException {
        Path path = Files.writeString(folder.resolve("x.dump"), "precious");
        try (LocalExportFile file = new LocalExportFile(path, false)) {
            assertThatThrownBy(file::preflight)
                    .isInstanceOf(AlreadyExists.class)
                    .hasMessage("'" + path + "' exists already");
        }
        try (LocalExportFile file = new LocalExportFile(path, true)) {
            file.preflight();
            file.write(HELLO, 0, 5);
        }
        assertThat(path).hasContent("precious");
        try (LocalExportFile file = new LocalExportFile(path, true)) {
            file.preflight();
            file.write(HELLO, 0, 5);
            file.commit();
        }
        assertThat(path).hasContent("hello");
        assertThat(names()).containsExactly(path);
    }

    @Test
    void a_file_that_came_meanwhile_stays() throws IOException {
        Path path = folder.resolve("x.dump");
        try (LocalExportFile file = new LocalExportFile(path, false)) {
            file.preflight();
            file.write(HELLO, 0, 5);
            Files.writeString(path, "precious");
            assertThatThrownBy(file::commit).isInstanceOf(AlreadyExists.class);
        }
        assertThat(path).hasContent("precious");
        assertThat(names()).containsExactly(path);
    }

    @Test
    void what_is_no_ordinary_file_is_never_replaced() throws IOException {
        Path target = Files.writeString(folder.resolve("target"), "precious");
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        for (Path path : List.of(link, folder)) {
            try (LocalExportFile file = new LocalExportFile(path, true)) {
                assertThatThrownBy(file::preflight).isInstanceOf(AlreadyExists.class);
            }
        }
        assertThat(names()).containsExactlyInAnyOrder(target, link);
    }

    @Test
    void a_folder_that_is_not_there_is_told() {
        try (LocalExportFile file = new LocalExportFile(folder.resolve("no/x.dump"), false)) {
            assertThatThrownBy(file::preflight)
                    .isInstanceOf(Failed.class)
                    .hasMessageEndingWith("there is no such file or folder");
        }
    }

    @Test
    void a_full_disk_is_told_and_leaves_nothing() throws Exception {
        assumeTrue(Files.getOwner(Path.of("/proc/self")).getName().equals("root"), "mounting needs root");
        try (SmallDisk disk = SmallDisk.mounted(folder.resolve("small"), "1m")) {
            try (LocalExportFile file = new LocalExportFile(disk.path().resolve("x.dump"), false)) {
                file.preflight();
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 100; i++) {
                                file.write(new byte[64 * 1024], 0, 64 * 1024);
                            }
                        })
                        .isInstanceOf(NoSpace.class)
                        .extracting(e -> ((HoldfastException) e).code())
                        .isEqualTo(ErrorCode.STORE_FULL);
            }
            try (Stream<Path> left = Files.list(disk.path())) {
                assertThat(left).isEmpty();
            }
        }
    }
}
