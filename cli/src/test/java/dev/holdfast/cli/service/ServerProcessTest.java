package dev.holdfast.cli.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.repository.ProcessBegin;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessTest {
    private static final URI URL = URI.create("http://127.0.0.1:8484");

    @TempDir
    private Path folder;

    private StateFolder state = new StateFolder(Path.of("/nowhere"));

    @BeforeEach
    void begin() {
        state = new StateFolder(folder);
    }

    @Test
    void what_was_written_is_read() {
        ServerProcess self = ServerProcess.current(URL, Optional.of(Path.of("/a\\b c=d.pem")))
                .asReady(URL);
        self.write(state);

        assertThat(ServerProcess.read(state.process())).contains(self);
        assertThat(ServerProcess.running(state)).contains(self);
    }

    @Test
    void a_process_that_is_gone_is_not_running() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        new ServerProcess(
                        gone.pid(), ServerProcess.current(URL, Optional.empty()).began(), URL, Optional.empty(), true)
                .write(state);

        assertThat(ServerProcess.running(state)).isEmpty();
    }

    @Test
    void a_number_that_was_given_to_another_process_is_not_the_server() {
        ServerProcess self = ServerProcess.current(URL, Optional.empty());
        new ServerProcess(self.pid(), self.began() + "1", URL, Optional.empty(), true).write(state);

        assertThat(ServerProcess.running(state)).isEmpty();
    }

    @Test
    void a_process_is_known_by_what_does_not_move_when_the_clock_is_put_right() throws IOException {
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();

        assertThat(ServerProcess.current(URL, Optional.empty()).began()).matches(boot + " \\d+");
    }

    @Test
    void a_number_from_before_the_machine_was_restarted_is_not_the_server() {
        ServerProcess self = ServerProcess.current(URL, Optional.empty());
        String ticks = self.began().substring(self.began().indexOf(' '));
        new ServerProcess(self.pid(), "0b07-of-yesterday" + ticks, URL, Optional.empty(), true).write(state);

        assertThat(ServerProcess.running(state)).isEmpty();
    }

    @Test
    void a_file_of_somebody_else_is_as_if_there_was_none() throws IOException {
        Files.writeString(state.process(), "4711\n");

        assertThat(ServerProcess.running(state)).isEmpty();
        assertThat(new Background(state).stop(Duration.ofSeconds(1))).isEmpty();
    }

    @Test
    void only_who_wrote_it_erases_it() {
        ServerProcess self = ServerProcess.current(URL, Optional.empty());
        self.write(state);
        new ServerProcess(self.pid() + 1, self.began(), URL, Optional.empty(), true).erase(state);
        assertThat(ServerProcess.running(state)).isPresent();

        self.erase(state);
        assertThat(state.process()).doesNotExist();
    }

    @Test
    void a_state_folder_belongs_to_one_server() {
        try (StateLock lock = StateLock.take(state)) {
            ServerProcess.current(URL, Optional.empty()).write(state);
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> StateLock.take(state))
                    .isInstanceOf(Busy.class)
                    .hasMessageContaining("another server uses the state folder '" + folder + "' (process ");
        }
        StateLock.take(state).close();
    }

    @Test
    void a_server_that_ends_at_once_is_told_with_what_it_said() {
        assertThatThrownBy(() ->
                        new Background(state).start(List.of("/bin/sh", "-c", "echo no such luck; exit 9"), folder))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("with exit code 9")
                .hasMessageContaining("no such luck");
    }

    @Test
    void who_starts_a_second_server_gets_the_first_one_even_while_that_is_still_starting() throws Exception {
        ServerProcess first = new ServerProcess(
                ServerProcess.current(URL, Optional.empty()).pid(),
                ServerProcess.current(URL, Optional.empty()).began(),
                URL,
                Optional.empty(),
                false);
        first.write(state);
        Path refused = folder.resolve("refused");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<ServerProcess> found = threads.submit(
                    () -> new Background(state).start(List.of("/bin/sh", "-c", "touch refused; exit 88"), folder));
            while (!Files.exists(refused)) {
                Thread.onSpinWait();
            }
            first.asReady(URL).write(state);

            assertThat(found.get()).isEqualTo(first.asReady(URL));
        }
    }

    @Test
    void who_waits_for_a_server_that_ends_instead_is_told() {
        assertThatThrownBy(() -> new Background(state).awaitReady())
                .isInstanceOf(Failed.class)
                .hasMessageContaining("has ended");
    }

    @Test
    void a_server_begins_in_the_folder_of_whoever_started_it_because_paths_are_relative_to_it(@TempDir Path shop) {
        assertThatThrownBy(() -> new Background(state).start(List.of("/bin/sh", "-c", "pwd; exit 9"), shop))
                .hasMessageContaining(shop.toString());
    }

    @Test
    void a_server_that_is_ready_is_found_and_one_that_hears_is_ended_in_order() {
        ServerProcess started = started("exec sleep 300");

        assertThat(started.alive()).isTrue();
        assertThat(new Background(state).stop(Duration.ofSeconds(20))).contains(true);
        assertThat(started.alive()).isFalse();
    }

    @Test
    void a_server_that_does_not_hear_is_killed() {
        ServerProcess started = started("trap '' TERM; touch deaf; while :; do sleep 0.05; done");

        assertThat(new Background(state).stop(Duration.ofMillis(200))).contains(false);
        assertThat(started.alive()).isFalse();
        assertThat(ServerProcess.running(state)).isEmpty();
    }

    /** A process that is no server, and is written down as one by this test. */
    private ServerProcess started(String script) {
        try {
            Process process = new ProcessBuilder("/bin/sh", "-c", "touch begun; " + script)
                    .directory(folder.toFile())
                    .start();
            while (!Files.exists(folder.resolve(script.contains("deaf") ? "deaf" : "begun"))) {
                Thread.onSpinWait();
            }
            ServerProcess written =
                    new ServerProcess(process.pid(), ProcessBegin.of(process.toHandle()), URL, Optional.empty(), true);
            written.write(state);
            return written;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
