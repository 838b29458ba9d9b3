package dev.holdfast.cli.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.Environment;
import dev.holdfast.engine.error.Failed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
    @TempDir
    private Path folder;

    @Test
    void what_is_named_goes_first_and_then_the_variable() {
        Environment environment = new Environment(Map.of("HOLDFAST_STATE", "/from/variable"));

        assertThat(found(Optional.of("named"), environment)).isEqualTo(folder.resolve("named"));
        assertThat(found(Optional.of("/else/where"), environment)).isEqualTo(Path.of("/else/where"));
        assertThat(found(Optional.empty(), environment)).isEqualTo(Path.of("/from/variable"));
    }

    @Test
    void the_systems_folder_is_used_where_it_can_be_made() {
        assertThat(found(Optional.empty(), new Environment(Map.of()))).isEqualTo(folder.resolve("system"));
    }

    @Test
    void otherwise_it_is_the_users_own() {
        Path nowhere = Path.of("/proc/nowhere/holdfast");
        Environment home = new Environment(Map.of("HOME", "/home/user"));
        Environment state = new Environment(Map.of("HOME", "/home/user", "XDG_STATE_HOME", "/home/user/state"));
        Environment relative = new Environment(Map.of("HOME", "/home/user", "XDG_STATE_HOME", "state"));

        assertThat(StateFolder.of(Optional.empty(), home, folder, nowhere).path())
                .isEqualTo(Path.of("/home/user/.local/state/holdfast"));
        assertThat(StateFolder.of(Optional.empty(), state, folder, nowhere).path())
                .isEqualTo(Path.of("/home/user/state/holdfast"));
        assertThat(StateFolder.of(Optional.empty(), relative, folder, nowhere).path())
                .isEqualTo(Path.of("/home/user/.local/state/holdfast"));
    }

    @Test
    void it_is_made_for_its_owner_alone() throws IOException {
        StateFolder state = new StateFolder(folder.resolve("a/b")).create();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.path())))
                .isEqualTo("rwx------");
        assertThat(state.create()).isEqualTo(state);
    }

    @Test
    void one_that_cannot_be_made_is_named() {
        assertThatThrownBy(() -> new StateFolder(Path.of("/proc/nowhere")).create())
                .isInstanceOf(Failed.class)
                .hasMessage("the state folder '/proc/nowhere' cannot be written");
    }

    private Path found(Optional<String> named, Environment environment) {
        return StateFolder.of(named, environment, folder, folder.resolve("system"))
                .path();
    }
}
