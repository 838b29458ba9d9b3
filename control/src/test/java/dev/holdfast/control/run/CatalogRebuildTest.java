package dev.holdfast.control.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.stack.Assurance;
import dev.holdfast.control.stack.SnapshotFilter;
import dev.holdfast.control.stack.SnapshotRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with real repositories, whose catalog is lost. */
class CatalogRebuildTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path home;

    private Path source;

    @BeforeEach
    void make() throws IOException {
        source = home.resolve("source");
        RealServer.make(home, "shop", source);
        Files.writeString(home.resolve("shop.yaml"), "schedule: '0 2 * * *'\n", StandardOpenOption.APPEND);
        Files.writeString(source.resolve("a"), "first");
    }

    private RealServer server() {
        RealServer server = new RealServer(new CatalogPlace.File(home.resolve("catalog/catalog.db")), home, "one");
        server.service.start();
        return server;
    }

    private static RunRecord ended(RealServer server, RunRequest request) {
        Runs runs = server.service.runs();
        RunRecord run = runs.submit(request, Trigger.API, "ada", Optional.empty());
        return runs.awaitEnd(run.id(), PATIENCE).orElseThrow();
    }

    private static List<SnapshotRecord> listing(RealServer server) {
        return server.snapshots.list(SnapshotFilter.ALL, Optional.empty(), 100).snapshots();
    }

    /** The first backup of a server that begins it by itself. */
    private static RunRecord first(RealServer server) throws InterruptedException {
        List<RunRecord> begun = new ArrayList<>();
        CountDownLatch seen = new CountDownLatch(1);
        try (RunEvents.Subscription _ = server.service.events().subscribe(Optional.empty(), 0, event -> {
            begun.add(server.service.runs().show(event.run()));
            seen.countDown();
        })) {
            assertThat(seen.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        return server.service.runs().awaitEnd(begun.getFirst().id(), PATIENCE).orElseThrow();
    }

    @Test
    void a_lost_catalog_is_made_again_from_stack_files_and_repositories() throws Exception {
        List<SnapshotRecord> before;
        try (RealServer server = server()) {
            assertThat(first(server).trigger()).isEqualTo(Trigger.START);
            Files.writeString(source.resolve("b"), "second");
            assertThat(ended(server, RunRequest.Backup.of("shop")).state()).isEqualTo(RunState.SUCCEEDED);
            RunRecord check = ended(server, new RunRequest.Check("shop", true));
            assertThat(check.state()).isEqualTo(RunState.SUCCEEDED);
            before = listing(server);
            assertThat(before)
                    .hasSize(2)
                    .allMatch(snapshot -> snapshot.assurance().reached(Assurance.Step.INTACT));
        }
        try (Stream<Path> files = Files.list(home.resolve("catalog"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        try (RealServer server = server()) {
            assertThat(server.stacks.list()).extracting("name").containsExactly("shop");
            Path target = home.resolve("restored");
            RunRecord restore = ended(
                    server,
                    new RunRequest.Restore(
                            "shop",
                            "latest",
                            List.of(),
                            Map.of("files", target.toString()),
                            false,
                            false,
                            PostgresRestore.WHOLE,
                            false));
            assertThat(restore.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(target.resolve("b")).hasContent("second");

            List<SnapshotRecord> after = listing(server);
            assertThat(after)
                    .extracting(SnapshotRecord::id)
                    .isEqualTo(before.stream().map(SnapshotRecord::id).toList());
            assertThat(after)
                    .extracting(SnapshotRecord::parts)
                    .isEqualTo(before.stream().map(SnapshotRecord::parts).toList());
            assertThat(after.getFirst().assurance().restored()).isPresent();
            // it has snapshots, so there is no first backup
            assertThat(server.service
                            .runs()
                            .list(RunFilter.ALL, Optional.empty(), 10)
                            .runs())
                    .extracting(RunRecord::kind)
                    .containsExactly(RunKind.RESTORE);
        }
    }

    @Test
    void a_restore_that_would_lose_something_needs_somebody_who_agreed() throws Exception {
        try (RealServer server = server()) {
            first(server);
            Files.writeString(source.resolve("a"), "changed");
            RunRequest.Restore refused = new RunRequest.Restore(
                    "shop", "latest", List.of(), Map.of(), true, false, PostgresRestore.WHOLE, false);
            RunRecord run = ended(server, refused);

            assertThat(run.state()).isEqualTo(RunState.FAILED);
            assertThat(run.error().orElseThrow().code().label()).isEqualTo("not-confirmed");
            assertThat(source.resolve("a")).hasContent("changed");

            RunRequest.Restore agreed = new RunRequest.Restore(
                    "shop", "latest", List.of(), Map.of(), true, true, PostgresRestore.WHOLE, false);
            assertThat(ended(server, agreed).state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(source.resolve("a")).hasContent("first");
        }
    }
}
