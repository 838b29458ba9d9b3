package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.access.Role;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.operation.OpenRepository;
import dev.holdfast.control.operation.Repositories;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.engine.repository.CheckReport;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.PruneReport;
import dev.holdfast.engine.repository.Repository;
import dev.holdfast.engine.repository.RepositoryKey;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.repository.SnapshotWriter;
import dev.holdfast.engine.repository.SyncReport;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ManySnapshotsTest {
    private static final int COUNT = 10_000;

    /** A repository that has nothing but a list. */
    private record Listed(List<Snapshot> snapshots) implements OpenRepository {
        @Override
        public List<DestinationState> destinations() {
            return List.of();
        }

        @Override
        public List<Finding> findings() {
            return List.of();
        }

        @Override
        public SnapshotWriter begin(String stack, Map<String, String> labels) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SnapshotWriter beginShowing(Instant shown, String stack, Map<String, String> labels) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PartReader read(Snapshot snapshot, Part part) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CheckReport check(boolean readData, Progress progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Set<SnapshotId> pinned() {
            return Set.of();
        }

        @Override
        public void pin(SnapshotId snapshot, boolean pinned) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void forget(Set<SnapshotId> ids) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PruneReport prune(boolean dryRun, Progress progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SyncReport sync(Progress progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<String> unlock() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    /** Opens nothing else. */
    private record OfLists(Listed listed) implements Repositories {
        @Override
        public Repository.Created create(
                RepositoryConfig config, RepositoryKey.Passphrase passphrase, Consumer<String> keeping) {
            throw new UnsupportedOperationException();
        }

        @Override
        public OpenRepository open(RepositoryConfig config) {
            return listed;
        }
    }

    private static List<Snapshot> snapshots() {
        SecureRandom random = new SecureRandom();
        Instant first = Instant.parse("2016-01-01T02:00:00Z");
        List<Snapshot> all = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            Instant began = first.plusSeconds(i * 30_000L);
            Part part = new Part(
                    "database",
                    "postgres",
                    "postgresql://db/shop",
                    Optional.empty(),
                    100,
                    1L << 30,
                    Map.of("server-version", "15.4"),
                    new Part.Statistics(1, 2, 97, 0, 3, 1L << 20, 1L << 19));
            all.add(new Snapshot(
                    SnapshotId.at(began, random),
                    "shop",
                    began,
                    began.plusSeconds(60),
                    "host",
                    "1",
                    List.of(part),
                    Map.of(),
                    List.of(),
                    1L << 19));
        }
        return all;
    }

    /** The server itself looks into the repository once; after that the list stays as it is. */
    private static void awaitFirstLook(TestServer server) {
        long deadline = System.nanoTime() + TestServer.patience().toNanos();
        while (server.services.snapshots().look("shop").isEmpty()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Test
    void ten_thousand_snapshots_are_listed_page_by_page(@TempDir Path folder) throws IOException {
        try (TestServer server = new TestServer(folder)) {
            awaitFirstLook(server);
            Snapshots.in(server.catalog, new OfLists(new Listed(snapshots())), server.clock)
                    .refresh(server.shop());
            ApiClient viewer = server.client.as(server.token("vera", Role.VIEWER));
            Set<String> seen = new HashSet<>();
            List<Long> took = new ArrayList<>();
            String next = "";
            do {
                long began = System.nanoTime();
                ApiClient.Answer answer =
                        viewer.get("/api/v1/snapshots?limit=200" + next).expect(200);
                took.add((System.nanoTime() - began) / 1_000);
                JsonNode page = answer.json();
                page.get("items").forEach(item -> seen.add(item.get("id").asString()));
                next = page.has("next") ? "&after=" + page.get("next").asString() : "";
            } while (!next.isEmpty());
            assertThat(seen).hasSize(COUNT);
            took.sort(null);
            System.out.printf(
                    "%d snapshots: a page of 200 in %d us (median), %d us (slowest), checked by the client too%n",
                    COUNT, took.get(took.size() / 2), took.getLast());
            for (String path : List.of("/api/v1/snapshots", "/api/v1/stacks", "/api/v1/status", "/api/backup/list")) {
                long began = System.nanoTime();
                viewer.get(path).expect(200);
                System.out.printf("%s in %d us%n", path, (System.nanoTime() - began) / 1_000);
            }
        }
    }
}
