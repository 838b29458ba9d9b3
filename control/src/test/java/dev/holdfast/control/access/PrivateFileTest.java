package dev.holdfast.control.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.AccessDenied;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFileTest {
    @TempDir
    Path folder;

    @Test
    void it_is_readable_by_its_owner_alone_and_leaves_nothing_beside_it() throws Exception {
        PrivateFile file = new PrivateFile(folder.resolve("state/secret"));
        file.write("one");
        file.write("two");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                .isEqualTo("rw-------");
        assertThat(file.read()).contains("two");
        try (var files = Files.list(folder.resolve("state"))) {
            assertThat(files).containsExactly(file.path());
        }
    }

    @Test
    void one_that_others_may_read_is_a_secret_no_more() throws Exception {
        PrivateFile file = new PrivateFile(folder.resolve("secret"));
        file.write("one");
        Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(file::read).isInstanceOf(AccessDenied.class).hasMessageContaining("---r-----");
    }

    @Test
    void one_that_is_not_there_is_empty() {
        assertThat(new PrivateFile(folder.resolve("nothing")).read()).isEmpty();
    }
}
