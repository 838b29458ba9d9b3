package dev.holdfast.control.operation;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.engine.repository.CheckReport;
import dev.holdfast.engine.repository.Commit;
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
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Progress;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A repository of one process that writes down what is done with it. */
public final class FakeRepository implements Repositories, OpenRepository {
    public static final Instant NOW = Instant.parse("2026-11-20T05:00:00Z");

    public final List<String> log;
    public final List<Snapshot> snapshots = new ArrayList<>();
    public final Set<SnapshotId> pinned = new HashSet<>();
    public List<DestinationState> destinations = List.of(new DestinationState("disk", "/backups", true, ""));
    public List<Finding> findings = List.of();
    /** When snapshots are made. */
    public InstantSource clock = InstantSource.fixed(NOW);

    public CheckReport checkReport = new CheckReport(1, 2, 3, 4, false, List.of());

    private final Map<String, MemoryPart> contents = new HashMap<>();
    private final SecureRandom random = new SecureRandom();

    public FakeRepository(List<String> log) {
        this.log = log;
    }

    /** Adds a snapshot with empty parts. */
    public Snapshot add(String stack, Instant began, Part... parts) {
        Snapshot snapshot = new Snapshot(
                SnapshotId.at(began, random),
                stack,
                began,
                began.plusSeconds(42),
                "host",
                "0.1.0",
                List.of(parts),
                Map.of(),
                List.of(),
                1_200_000);
        snapshots.add(snapshot);
        return snapshot;
    }

    public static Part part(String name, String kind, long entries, long bytes) {
        return new Part(
                name,
                kind,
                "the " + name,
                Optional.empty(),
                entries,
                bytes,
                Map.of(),
                new Part.Statistics(entries, 0, 0, 0, entries, bytes, bytes / 2));
    }

    /** What {@link #read} gives for a part. */
    public void holds(String part, MemoryPart content) {
        contents.put(part, content);
    }

    @Override
    public Repository.Created create(
            RepositoryConfig config, RepositoryKey.Passphrase passphrase, Consumer<String> keeping) {
        log.add("create");
        keeping.accept("abcd-efgh-jkmn");
        return new Repository.Created(
                "0123456789abcdef0123456789abcdef",
                "abcd-efgh-jkmn",
                config.destinations().stream().map(d -> d.name()).toList());
    }

    @Override
    public OpenRepository open(RepositoryConfig config) {
        log.add("open");
        return this;
    }

    @Override
    public List<DestinationState> destinations() {
        return destinations;
    }

    @Override
    public List<Snapshot> snapshots() {
        return List.copyOf(snapshots);
    }

    @Override
    public List<Finding> findings() {
        return findings;
    }

    @Override
    public SnapshotWriter begin(String stack, Map<String, String> labels) {
        log.add("begin " + stack);
        return new Writer(stack, labels);
    }

    @Override
    public SnapshotWriter beginShowing(Instant shown, String stack, Map<String, String> labels) {
        log.add("begin " + stack + " showing " + shown);
        return new Writer(stack, labels);
    }

    @Override
    public PartReader read(Snapshot snapshot, Part part) {
        return contents.getOrDefault(part.name(), new MemoryPart(part.kind()));
    }

    @Override
    public CheckReport check(boolean readData, Progress progress) {
        log.add("check " + readData);
        return checkReport;
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
        log.add("forget " + ids.size());
        snapshots.removeIf(snapshot -> ids.contains(snapshot.id()));
    }

    @Override
    public PruneReport prune(boolean dryRun, Progress progress) {
        log.add("prune " + dryRun);
        return new PruneReport(dryRun, 1, 2, 3, 4, 5, 6, 7);
    }

    @Override
    public SyncReport sync(Progress progress) {
        log.add("sync");
        return new SyncReport(1, 2, destinations);
    }

    @Override
    public List<String> unlock() {
        return List.of("a backup of stack 'shop'");
    }

    @Override
    public void close() {
        log.add("close repository");
    }

    private final class Writer implements SnapshotWriter {
        private final Instant began = clock.instant();
        private final SnapshotId id = SnapshotId.at(began, random);
        private final String stack;
        private final Map<String, String> labels;
        private final List<Part> parts = new ArrayList<>();
        private final List<Finding> findings = new ArrayList<>();
        private MemoryPart writing = new MemoryPart("none");
        private Part begun = part("none", "none", 0, 0);

        private Writer(String stack, Map<String, String> labels) {
            this.stack = stack;
            this.labels = labels;
        }

        @Override
        public SnapshotId id() {
            return id;
        }

        @Override
        public PartWriter beginPart(String name, String kind, String location, Progress progress) {
            log.add("begin part " + name);
            writing = new MemoryPart(kind);
            begun = part(name, kind, 0, 0);
            return writing;
        }

        @Override
        public Part endPart(Map<String, String> details) {
            findings.addAll(writing.findings());
            holds(begun.name(), writing.with(details));
            Part ended = part(begun.name(), begun.kind(), writing.entryCount(), writing.contentBytes());
            parts.add(ended);
            return ended;
        }

        @Override
        public Commit commit() {
            log.add("commit");
            Snapshot snapshot =
                    new Snapshot(id, stack, began, began.plusSeconds(1), "host", "0.1.0", parts, labels, findings, 10);
            snapshots.add(snapshot);
            return new Commit(snapshot, destinations);
        }

        @Override
        public void close() {
            log.add("close writer");
        }
    }
}
