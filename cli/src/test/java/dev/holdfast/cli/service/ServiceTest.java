package dev.holdfast.cli.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.DirectoryConfig;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.LocalConfig;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.export.Checksum;
import dev.holdfast.control.export.ExportConfig;
import dev.holdfast.control.export.ExportNames;
import dev.holdfast.control.export.ExportPlace;
import dev.holdfast.control.export.FileFormat;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.export.Protection;
import dev.holdfast.control.operation.Cancellation;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.control.wiring.EngineRepositories;
import dev.holdfast.control.wiring.InstalledConnectors;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceTest {
    private static final InstantSource CLOCK = InstantSource.system();

    private final Cancellation cancellation = new Cancellation();

    @TempDir
    private Path folder;

    private StateFolder state = new StateFolder(Path.of("/nowhere"));

    @BeforeEach
    void begin() throws IOException {
        state = new StateFolder(folder.resolve("state")).create();
        Files.createDirectories(folder.resolve("files"));
        Files.writeString(folder.resolve("files/a"), "hello");
    }

    private Service start(String bind, int port, Map<String, String> variables) {
        return start(bind, port, variables, List.of());
    }

    private Service start(String bind, int port, Map<String, String> variables, List<ExportConfig> exports) {
        Environment environment = new MadeKeys(state, new SecureRandom()).keyed(new Environment(variables));
        InstalledConnectors connectors = new InstalledConnectors(folder, environment, CLOCK);
        EngineRepositories.Machine machine = new EngineRepositories.Machine(folder, "test", "host", 1);
        StackConfig stack = new StackConfig(
                        "files",
                        List.of(new DirectoryConfig("files", folder.resolve("files"), List.of())),
                        RepositoryConfig.of(
                                environment.repositoryKey(),
                                List.of(new LocalConfig("disk", folder.resolve("backups")))))
                .withExports(exports);
        return Service.start(
                new Service.Settings(
                        state,
                        bind,
                        port,
                        Optional.empty(),
                        environment,
                        List.of(),
                        Optional.of(stack),
                        folder,
                        ZoneOffset.UTC,
                        true,
                        Duration.ZERO,
                        "test",
                        "test"),
                new Service.Ground(
                        connectors,
                        new EngineRepositories(connectors, machine, CLOCK, new SecureRandom()),
                        CLOCK,
                        new SecureRandom(),
                        cancellation));
    }

    private static int answer(URI url) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(url.resolve("/health/live")).build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void a_server_is_written_down_while_it_answers_and_its_state_folder_is_its_own() throws Exception {
        try (Service service = start("127.0.0.1", 0, Map.of())) {
            ServerProcess written = ServerProcess.running(state).orElseThrow();
            assertThat(written.ready()).isTrue();
            assertThat(written.url()).isEqualTo(service.url());
            assertThat(answer(service.url())).isEqualTo(200);
            assertThatThrownBy(() -> start("127.0.0.1", 0, Map.of()))
                    .isInstanceOf(Busy.class)
                    .hasMessageContaining(service.url().toString());
            // the one that was refused has not erased what the other wrote
            assertThat(ServerProcess.running(state)).contains(written);
        }
        assertThat(ServerProcess.running(state)).isEmpty();
        StateLock.take(state).close();
    }

    @Test
    void a_backup_is_followed_by_its_exports_wherever_that_is_not_for_somebody_to_ask() throws Exception {
        Path kept = Files.createDirectories(folder.resolve("kept"));
        Path byHand = Files.createDirectories(folder.resolve("by-hand"));
        ExportConfig export = new ExportConfig(
                "open",
                List.of(),
                FileFormat.CUSTOM,
                FileFormat.TAR,
                ExportNames.STANDARD,
                Set.of(Checksum.SHA256),
                Protection.NONE,
                true,
                ExportConfig.PATIENCE,
                List.of(place("disk", kept, false), place("hand", byHand, true)));

        try (Service _ = start("127.0.0.1", 0, Map.of(), List.of(export))) {
            long giveUp = System.nanoTime() + Duration.ofMinutes(1).toNanos();
            while (!Files.exists(kept.resolve("files_latest.tar")) && System.nanoTime() < giveUp) {
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        }

        assertThat(kept.resolve("files_latest.tar")).exists();
        try (Stream<Path> files = Files.list(kept)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .anyMatch(name -> name.endsWith(".tar.sha256"))
                    .anyMatch(name -> name.endsWith("manifest.json"));
        }
        assertThat(byHand).isEmptyDirectory();
    }

    private static ExportPlace place(String name, Path path, boolean byHand) {
        return new ExportPlace(
                name,
                new PlaceConfig.Local(path),
                RetentionPolicy.builder().last(2).minimum(1).build(),
                byHand);
    }

    @Test
    void a_port_that_is_taken_and_an_address_of_no_machine_are_told_as_what_they_are() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start("127.0.0.1", taken.getLocalPort(), Map.of()))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining(
                            "cannot serve at 127.0.0.1:" + taken.getLocalPort() + ": address already in use");
        }
        assertThatThrownBy(() -> start("192.0.2.1", 0, Map.of()))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("cannot serve at 192.0.2.1:0: cannot assign requested address");
        assertThatThrownBy(() -> start("host.invalid", 0, Map.of()))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("cannot serve at host.invalid:0: there is no such address");
        // nothing of it is left, and no backup was begun only to be abandoned
        assertThat(ServerProcess.running(state)).isEmpty();
        assertThat(state.logs().resolve("runs")).doesNotExist();
        assertThat(folder.resolve("backups")).doesNotExist();
        StateLock.take(state).close();
    }

    @Test
    void a_catalog_that_is_no_database_is_told_and_left_alone() throws IOException {
        Files.writeString(state.catalog(), "these are somebody's notes, and not a catalog at all\n".repeat(40));

        assertThatThrownBy(() -> start("127.0.0.1", 0, Map.of()))
                .isInstanceOf(HoldfastException.class)
                .hasMessageContaining(state.catalog().toString())
                .extracting(e -> ((HoldfastException) e).code())
                .isEqualTo(ErrorCode.CATALOG_UNAVAILABLE);
        assertThat(state.catalog()).content().startsWith("these are somebody's notes");
    }

    @Test
    void who_waits_for_the_catalog_ends_when_told_to() throws IOException {
        int nobody;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = closed.getLocalPort();
        }
        cancellation.cancel();
        assertThatThrownBy(() -> start(
                        "127.0.0.1",
                        0,
                        Map.of(
                                "HOLDFAST_CATALOG_URL",
                                "postgresql://holdfast:geheim@127.0.0.1:" + nobody + "/catalog")))
                .isInstanceOf(Cancelled.class)
                .hasMessageNotContaining("geheim");
    }
}
