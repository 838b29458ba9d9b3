package dev.holdfast.connectors.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.source.ExportFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalExportFolderTest {
    @TempDir
    private Path folder;

    private Path path = Path.of("/");

    @BeforeEach
    void name() {
        path = folder.resolve("copy");
    }

    private List<Path> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    private static void write(LocalExportFolder to, String name) {
        try (ExportFile file = to.create(new FileName(name), FileFacts.of("text/plain"))) {
            file.preflight();
            file.write(new byte[] {'x'}, 0, 1);
            file.commit();
        }
    }

    @Test
    void it_gets_its_name_when_all_is_there_and_is_its_owners() throws IOException {
        try (LocalExportFolder to = new LocalExportFolder(path, false)) {
            to.preflight();
            write(to, "a/b/c.txt");
            write(to, "d.txt");
            assertThat(path).doesNotExist();
            assertThat(names()).singleElement().matches(Unfinished::is);
            to.commit();
        }
        assertThat(names()).containsExactly(path);
        assertThat(path.resolve("a/b/c.txt")).hasContent("x");
        assertThat(path.resolve("d.txt")).hasContent("x");
        assertThat(path).isDirectoryRecursivelyContaining("regex:.*/a/b");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rwx------");
    }

    @Test
    void without_a_commit_nothing_is_left() throws IOException {
        try (LocalExportFolder to = new LocalExportFolder(path, false)) {
            to.preflight();
            write(to, "a/b/c.txt");
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void what_has_contents_is_never_replaced() throws IOException {
        Files.createDirectories(path);
        Files.writeString(path.resolve("mine"), "mine");
        for (boolean overwrite : new boolean[] {false, true}) {
            refused(overwrite, ErrorCode.DIRECTORY_NOT_EMPTY, "is not empty");
        }
        assertThat(path.resolve("mine")).hasContent("mine");
    }

    @Test
    void an_empty_folder_is_replaced_only_if_that_was_asked_for() throws IOException {
        Files.createDirectories(path);
        refused(false, ErrorCode.FILE_UNWRITABLE, "exists already");
        try (LocalExportFolder to = new LocalExportFolder(path, true)) {
            to.preflight();
            write(to, "d.txt");
            to.commit();
        }
        assertThat(path.resolve("d.txt")).hasContent("x");
        assertThat(names()).containsExactly(path);
    }

    @Test
    void files_and_links_are_not_replaced() throws IOException {
        Files.writeString(path, "mine");
        refused(true, ErrorCode.FILE_UNWRITABLE, "is no folder");
        Files.delete(path);
        Files.createSymbolicLink(path, Files.createDirectory(folder.resolve("elsewhere")));
        refused(true, ErrorCode.FILE_UNWRITABLE, "is no folder");
        assertThat(path).isSymbolicLink();
    }

    private void refused(boolean overwrite, ErrorCode code, String message) {
        try (LocalExportFolder to = new LocalExportFolder(path, overwrite)) {
            assertThatThrownBy(to::preflight)
                    .isInstanceOf(AlreadyExists.class)
                    .hasMessageContaining(message)
                    .extracting(e -> ((HoldfastException) e).code())
                    .isEqualTo(code);
        }
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void what_takes_its_name_meanwhile_stays_and_the_rest_goes() throws IOException {
        try (LocalExportFolder to = new LocalExportFolder(path, true)) {
            to.preflight();
            write(to, "d.txt");
            Files.createDirectories(path.resolve("mine"));
            assertThatThrownBy(to::commit).isInstanceOf(AlreadyExists.class);
        }
        assertThat(names()).containsExactly(path);
        assertThat(path.resolve("mine")).isDirectory();
    }

    @Test
    void a_folder_that_it_would_be_in_has_to_be_there() {
        try (LocalExportFolder to = new LocalExportFolder(folder.resolve("no/copy"), false)) {
            assertThatThrownBy(to::preflight)
                    .isInstanceOf(Failed.class)
                    .hasMessageContaining("there is no such file or folder");
        }
    }
}
