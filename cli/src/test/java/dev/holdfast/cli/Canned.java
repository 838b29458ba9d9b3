package dev.holdfast.cli;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.operation.OpenRepository;
import dev.holdfast.control.operation.Repositories;
import dev.holdfast.engine.error.HoldfastException;
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
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A repository with two snapshots whose answers are fixed. */
final class Canned implements Repositories, OpenRepository {
    static final SnapshotId FIRST = new SnapshotId("01jd00000000000000000000aa");
    static final SnapshotId SECOND = new SnapshotId("01jd10000000000000000000bb");
    static final Instant NOW = Instant.parse("2026-11-20T05:00:00Z");

    List<Snapshot> snapshots = List.of(snapshot(FIRST, Map.of()), snapshot(SECOND, Map.of("version", "1.4.2")));
    Set<SnapshotId> pinned = new HashSet<>();
    List<RepositoryKey> keys = new ArrayList<>();

    @Nullable
    HoldfastException failure;

    static Part part(String name, String kind) {
        return new Part(
                name,
                kind,
                "the " + name,
                Optional.empty(),
                3000,
                201_000_000,
                Map.of(),
                new Part.Statistics(30, 20, 2950, 1, 50, 4_000_000, 1_200_000));
    }

    static Snapshot snapshot(SnapshotId id, Map<String, String> labels) {
        return snapshot(id, labels, part("media", "bucket"));
    }

    static Snapshot snapshot(SnapshotId id, Map<String, String> labels, Part... parts) {
        return new Snapshot(
                id, "shop", NOW, NOW.plusSeconds(42), "host", "0.1.0", List.of(parts), labels, List.of(), 1_200_000);
    }

    @Override
    public Repository.Created create(
            RepositoryConfig config, RepositoryKey.Passphrase passphrase, Consumer<String> keeping) {
        keys.add(passphrase);
        keeping.accept("abcd-efgh-jkmn-pqrs");
        return new Repository.Created("0123456789abcdef0123456789abcdef", "abcd-efgh-jkmn-pqrs", List.of("disk"));
    }

    @Override
    public OpenRepository open(RepositoryConfig config) {
        if (failure != null) {
            throw failure;
        }
        keys.add(config.key().orElseThrow());
        return this;
    }

    @Override
    public List<DestinationState> destinations() {
        return List.of(new DestinationState("disk", "/backups", true, ""));
    }

    @Override
    public List<Snapshot> snapshots() {
        return snapshots;
    }

    @Override
    public List<Finding> findings() {
        return List.of();
    }

    @Override
    public SnapshotWriter begin(String stack, Map<String, String> labels) {
        throw new IllegalStateException("the disk is on fire");
    }

    @Override
    public SnapshotWriter beginShowing(Instant shown, String stack, Map<String, String> labels) {
        throw new IllegalStateException("the disk is on fire");
    }

    @Override
    public PartReader read(Snapshot snapshot, Part part) {
        return (PartReader) Proxy.newProxyInstance(
                Canned.class.getClassLoader(), new Class<?>[] {PartReader.class}, (_, method, _) -> {
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    @Override
    public CheckReport check(boolean readData, Progress progress) {
        return new CheckReport(2, 3, 4, 5, readData, List.of());
    }

    @Override
    public Set<SnapshotId> pinned() {
        return Set.copyOf(pinned);
    }

    @Override
    public void pin(SnapshotId snapshot, boolean hold) {
        boolean _ = hold ? pinned.add(snapshot) : pinned.remove(snapshot);
    }

    @Override
    public void forget(Set<SnapshotId> ids) {
        snapshots = snapshots.stream().filter(s -> !ids.contains(s.id())).toList();
    }

    @Override
    public PruneReport prune(boolean dryRun, Progress progress) {
        return new PruneReport(dryRun, 2, 1, 10, 4, 1, 201_000_000, 50_000_000);
    }

    @Override
    public SyncReport sync(Progress progress) {
        return new SyncReport(3, 64_000_000, destinations());
    }

    @Override
    public List<String> unlock() {
        return List.of("a backup of stack 'shop'");
    }

    @Override
    public void close() {}
}
