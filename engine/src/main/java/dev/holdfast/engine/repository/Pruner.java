package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.format.FileKind;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.format.SealedDocument;
import dev.holdfast.engine.index.ChunkIndex;
import dev.holdfast.engine.index.ChunkSet;
import dev.holdfast.engine.pack.PackEntry;
import dev.holdfast.engine.pack.PackInfo;
import dev.holdfast.engine.pack.PackScanner;
import dev.holdfast.engine.pack.PackWriter;
import dev.holdfast.engine.pack.Spool;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.store.StoreKey;
import dev.holdfast.engine.tree.ChunkId;
import dev.holdfast.engine.tree.Extent;
import dev.holdfast.engine.tree.NodeVisitor;
import dev.holdfast.engine.tree.TreeReader;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Frees what no snapshot needs. Under a lease that excludes writers: marks what the wanted snapshots reach, moves the needed part
 * of wasteful packs into new ones, publishes a checkpoint that names the index from now on, and only then deletes. Every step
 * before the checkpoint adds, every step after it removes what the checkpoint does not name, so a prune that is interrupted
 * anywhere leaves nothing worse than files that the next one removes.
 */
final class Pruner {
    /** A pack is rewritten when more than a fifth of it is not needed. */
    private static final double WASTE_LIMIT = 0.2;

    private final Replicas replicas;
    private final RepositoryKeys keys;
    private final RepositoryOptions options;
    private final SecureRandom random;

    Pruner(Replicas replicas, RepositoryKeys keys, RepositoryOptions options, SecureRandom random) {
        this.replicas = replicas;
        this.keys = keys;
        this.options = options;
        this.random = random;
    }

    /** What is to be done. */
    private record Plan(Set<StoreKey> dead, List<PackInfo> wasteful, long deadBytes, long wastedBytes) {}

    /**
     * @param session names what is written; its lease is held unless this is a dry run
     */
    PruneReport prune(RepositoryState state, SnapshotId session, boolean dryRun, Progress progress) {
        requireWhole(state);
        try (ChunkIndex index =
                        new IndexLoader(replicas, keys).load(state, false).index();
                ChunkSet live = new ChunkSet()) {
            ChunkReader reader = new ChunkReader(replicas, keys, index, () -> index);
            mark(state, reader, live, progress);
            requireFound(index, live);
            Plan plan = plan(index, live);
            if (!dryRun) {
                carryOut(state, session, index, live, reader, plan, progress);
            }
            long before = index.packs().stream().mapToLong(PackInfo::bytes).sum();
            return new PruneReport(
                    dryRun,
                    state.snapshots().size(),
                    state.records().keySet().stream()
                            .filter(state.forgotten()::contains)
                            .count(),
                    index.packs().size(),
                    plan.dead.size(),
                    plan.wasteful.size(),
                    before,
                    plan.deadBytes + plan.wastedBytes);
        }
    }

    private void requireWhole(RepositoryState state) {
        if (!state.damaged().isEmpty()) {
            Damaged first = state.damaged().getFirst();
            throw new Damaged(
                    ErrorCode.DAMAGED,
                    first.getMessage() + "; nothing is deleted while it is not known what is needed",
                    "Run 'holdfast check', then 'holdfast sync' if another destination has the file sound.",
                    first);
        }
        requireLevel();
    }

    private void requireLevel() {
        for (Replica replica : replicas.all()) {
            if (!replica.isLevel()) {
                throw new Unavailable(
                        ErrorCode.STORE_UNAVAILABLE,
                        "destination '" + replica.name() + "' is behind: "
                                + replica.lag().map(Replica.Lag::reason).orElse("")
                                + "; nothing is deleted while the copies differ",
                        "Run 'holdfast sync', or take the destination out of the stack file.");
            }
        }
    }

    private static void mark(RepositoryState state, ChunkReader reader, ChunkSet live, Progress progress) {
        List<Snapshot> wanted = state.snapshots();
        progress.expect(wanted.size(), 0);
        for (Snapshot snapshot : wanted) {
            for (Part part : snapshot.parts()) {
                new TreeReader(reader, part.root()).nodes(new NodeVisitor() {
                    @Override
                    public boolean enters(ChunkId node) {
                        return live.add(node);
                    }

                    @Override
                    public void extent(Extent extent) {
                        live.add(extent.chunk());
                    }
                });
            }
            progress.advance(1, 0);
        }
    }

    /** What a snapshot needs and no index knows must be looked at by people before anything is deleted. */
    private static void requireFound(ChunkIndex index, ChunkSet live) {
        long[] found = {0};
        index.forEach((high, low, pack, offset, length) -> {
            if (live.contains(high, low)) {
                found[0]++;
            }
        });
        if (found[0] != live.size()) {
            throw new Damaged(
                    ErrorCode.DAMAGED,
                    (live.size() - found[0]) + " chunks that snapshots need are in no index; nothing is deleted",
                    "Run 'holdfast check' to see what is hurt.");
        }
    }

    private static Plan plan(ChunkIndex index, ChunkSet live) {
        Map<StoreKey, Long> needed = new HashMap<>();
        index.forEach((high, low, pack, offset, length) ->
                needed.merge(pack.key(), live.contains(high, low) ? length : 0L, Long::sum));
        Set<StoreKey> dead = new HashSet<>();
        List<PackInfo> wasteful = new ArrayList<>();
        long deadBytes = 0;
        long wastedBytes = 0;
        for (PackInfo pack : index.packs()) {
            long used = needed.getOrDefault(pack.key(), 0L);
            if (used == 0) {
                dead.add(pack.key());
                deadBytes += pack.bytes();
            } else if (pack.bytes() - used > pack.bytes() * WASTE_LIMIT + 64 * 1024) {
                wasteful.add(pack);
                wastedBytes += pack.bytes() - used;
            }
        }
        return new Plan(dead, wasteful, deadBytes, wastedBytes);
    }

    private void carryOut(
            RepositoryState state,
            SnapshotId session,
            ChunkIndex index,
            ChunkSet live,
            ChunkReader reader,
            Plan plan,
            Progress progress) {
        RunWriter runs = new RunWriter(replicas, keys, random, session);
        Set<StoreKey> kept = new HashSet<>();
        Set<StoreKey> moved = new HashSet<>();
        plan.wasteful.forEach(pack -> moved.add(pack.key()));
        index.forEach((high, low, pack, offset, length) -> {
            if (!plan.dead.contains(pack.key()) && !moved.contains(pack.key())) {
                kept.add(pack.key());
                runs.add(high, low, pack, offset, length);
            }
        });
        rewrite(session, index, live, reader, plan.wasteful, runs, kept, progress);
        List<StoreKey> newRuns = runs.finish();
        Checkpoint next = new Checkpoint(
                state.checkpoint().generation() + 1,
                newRuns,
                Set.copyOf(state.records().keySet()),
                newest(state.forgotten()));
        publish(next);
        sweep(next, kept, state.pins());
    }

    private static Set<SnapshotId> newest(Set<SnapshotId> forgotten) {
        return forgotten.stream()
                .sorted(Comparator.reverseOrder())
                .limit(Checkpoint.MAX_FORGOTTEN)
                .collect(Collectors.toSet());
    }

    private void rewrite(
            SnapshotId session,
            ChunkIndex index,
            ChunkSet live,
            ChunkReader reader,
            List<PackInfo> wasteful,
            RunWriter runs,
            Set<StoreKey> kept,
            Progress progress) {
        if (wasteful.isEmpty()) {
            return;
        }
        try (ChunkIndex fresh = new ChunkIndex();
                Shipping shipping = new Shipping(replicas)) {
            PackWriter packs = new PackWriter(
                    keys,
                    options.compressionLevel(),
                    fresh,
                    new Spool(List.of(new Spool.Folder(options.spool(), Optional.empty())), (folder, reason) -> {}),
                    (pack, entries, file) -> {
                        runs.add(pack, entries);
                        kept.add(pack.key());
                        shipping.ship(pack, file);
                    },
                    session.text(),
                    options.packTargetBytes(),
                    random);
            progress.expect(wasteful.size(), 0);
            for (PackInfo pack : wasteful) {
                for (PackEntry entry : directory(pack)) {
                    if (live.contains(entry.id()) && isIn(index, entry.id(), pack)) {
                        byte[] plain = reader.read(entry.type(), entry.id());
                        packs.store(entry.type(), plain, 0, plain.length);
                    }
                }
                progress.advance(1, 0);
            }
            packs.finish();
            shipping.await();
        }
        requireLevel();
    }

    private static boolean isIn(ChunkIndex index, ChunkId id, PackInfo pack) {
        return index.find(id).filter(at -> at.pack().key().equals(pack.key())).isPresent();
    }

    private List<PackEntry> directory(PackInfo pack) {
        Damaged failure = null;
        for (Replica replica : replicas.level()) {
            try {
                return PackScanner.scan(replica.store(), pack.key(), pack.kind(), keys)
                        .entries();
            } catch (Damaged e) {
                failure = e;
            }
        }
        throw failure != null ? failure : replicas.nobody();
    }

    private void publish(Checkpoint next) {
        StoreKey key = Checkpoint.key(next.generation());
        try {
            replicas.create(key, SealedDocument.seal(FileKind.CHECKPOINT, key, next.encode(), keys, random));
        } catch (AlreadyExists e) {
            throw new Busy(
                    ErrorCode.REPOSITORY_BUSY,
                    "another prune finished first; this one changed nothing",
                    "Run it again.",
                    e);
        }
        requireLevel();
    }

    /** Removes what the checkpoint and the wanted snapshots do not name. */
    private void sweep(Checkpoint next, Set<StoreKey> kept, Pins pins) {
        Set<StoreKey> runs = new HashSet<>(next.runs());
        delete(FileKind.INDEX_RUN, key -> !runs.contains(key));
        delete(FileKind.DATA_PACK, key -> !kept.contains(key));
        delete(FileKind.NODE_PACK, key -> !kept.contains(key));
        delete(FileKind.CHECKPOINT, key -> key.compareTo(Checkpoint.key(next.generation())) < 0);
        Set<StoreKey> forgottenLogs =
                next.forgotten().stream().map(RepositoryState::logKey).collect(Collectors.toSet());
        Set<StoreKey> tombstones =
                next.forgotten().stream().map(RepositoryState::forgetKey).collect(Collectors.toSet());
        delete(FileKind.LOG, forgottenLogs::contains);
        delete(FileKind.FORGET, tombstones::contains);
        // of each snapshot that is left the one that counts, and any that was made since
        delete(
                FileKind.PIN,
                key -> next.forgotten().stream().anyMatch(gone -> Pins.isOf(key, gone)) || pins.isOutdated(key));
    }

    private void delete(FileKind kind, Predicate<StoreKey> unneeded) {
        for (StoreKey key : replicas.list(kind.folder()).keySet()) {
            if (unneeded.test(key)) {
                replicas.delete(key);
                requireLevel();
            }
        }
    }
}
