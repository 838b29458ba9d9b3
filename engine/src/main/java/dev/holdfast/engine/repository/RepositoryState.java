package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.format.FileKind;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.format.SealedDocument;
import dev.holdfast.engine.store.StoreKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What the destinations together say: which sessions committed, which snapshots are no longer wanted, which index runs count.
 *
 * @param records how sessions ended, by session
 * @param forgotten snapshots with a tombstone, or remembered by the checkpoint
 * @param pins which snapshots somebody holds on to
 * @param contested snapshots with a tombstone that are pinned: one came while the other was made, and the pin counts
 * @param checkpoint the newest
 * @param damaged records and checkpoints that could be read nowhere
 */
record RepositoryState(
        SortedMap<SnapshotId, CommitRecord> records,
        Set<SnapshotId> forgotten,
        Pins pins,
        Set<SnapshotId> contested,
        Checkpoint checkpoint,
        List<Damaged> damaged) {

    static final String LOG = FileKind.LOG.folder();
    static final String FORGET = FileKind.FORGET.folder();
    static final String CHECKPOINT = FileKind.CHECKPOINT.folder();

    static StoreKey logKey(SnapshotId id) {
        return new StoreKey(LOG + id);
    }

    static StoreKey forgetKey(SnapshotId id) {
        return new StoreKey(FORGET + id);
    }

    /**
     * Reads the state. Destinations that lack something which another has fall behind (they stay reachable).
     *
     * @param cache records read before, added to; a record never changes
     */
    static RepositoryState load(Replicas replicas, RepositoryKeys keys, Map<SnapshotId, CommitRecord> cache) {
        Map<StoreKey, Map<Replica, Long>> checkpoints = replicas.list(CHECKPOINT);
        Map<StoreKey, Map<Replica, Long>> logs = replicas.list(LOG);
        Map<StoreKey, Map<Replica, Long>> tombstones = replicas.list(FORGET);
        // after the tombstones: whoever sees one sees every pin that was there when it was made
        Map<StoreKey, Map<Replica, Long>> held = replicas.list(Pins.FOLDER);
        List<Damaged> damaged = new ArrayList<>();
        Checkpoint checkpoint = newest(checkpoints, replicas, keys, damaged);
        SortedMap<SnapshotId, CommitRecord> records = new TreeMap<>();
        logs.forEach((key, where) -> session(key, LOG)
                .ifPresent(id -> record(id, where, replicas, keys, cache, damaged)
                        .ifPresent(record -> records.put(id, record))));
        Pins pins = Pins.of(held.keySet());
        Set<SnapshotId> forgotten = new TreeSet<>(checkpoint.forgotten());
        Set<SnapshotId> contested = new TreeSet<>();
        tombstones.keySet().stream()
                .flatMap(key -> session(key, FORGET).stream())
                .filter(id -> !checkpoint.forgotten().contains(id))
                .forEach(id -> (pins.isPinned(id) ? contested : forgotten).add(id));
        noteLag(
                replicas,
                logs,
                "snapshot",
                key -> session(key, LOG)
                        .filter(id -> counts(id, records, checkpoint))
                        .map(SnapshotId::text));
        noteLag(
                replicas,
                tombstones,
                "tombstone",
                key -> session(key, FORGET)
                        .filter(id -> !checkpoint.forgotten().contains(id) && !contested.contains(id))
                        .map(SnapshotId::text));
        Set<StoreKey> counting = pins.keys();
        noteLag(replicas, held, "pin", key -> Optional.of(key.name()).filter(_ -> counting.contains(key)));
        noteLag(
                replicas,
                checkpoints,
                "checkpoint",
                key -> key.equals(Checkpoint.key(checkpoint.generation()))
                        ? Optional.of(Long.toString(checkpoint.generation()))
                        : Optional.empty());
        return new RepositoryState(records, forgotten, pins, contested, checkpoint, damaged);
    }

    /**
     * Whether a destination needs this record. A forgotten snapshot's record is needed until a prune: it names index runs that
     * later snapshots rely on.
     */
    private static boolean counts(SnapshotId id, Map<SnapshotId, CommitRecord> records, Checkpoint checkpoint) {
        CommitRecord record = records.get(id);
        return !checkpoint.forgotten().contains(id)
                && (record == null || record.snapshot().isPresent());
    }

    private static Optional<SnapshotId> session(StoreKey key, String folder) {
        String name = key.name().substring(folder.length());
        return SnapshotId.isValid(name) ? Optional.of(new SnapshotId(name)) : Optional.empty();
    }

    private static Checkpoint newest(
            Map<StoreKey, Map<Replica, Long>> found, Replicas replicas, RepositoryKeys keys, List<Damaged> damaged) {
        List<StoreKey> newestFirst = found.keySet().stream()
                .filter(key -> key.name().substring(CHECKPOINT.length()).matches("[0-9]{10}"))
                .toList()
                .reversed();
        for (StoreKey key : newestFirst) {
            try {
                return readDocument(FileKind.CHECKPOINT, key, replicas, keys, Checkpoint::decode);
            } catch (Damaged e) {
                // an older checkpoint would name runs that are gone: what it covers is then found by scanning packs
                damaged.add(e);
                return new Checkpoint(generation(key), List.of(), Set.of(), Set.of());
            }
        }
        return Checkpoint.NONE;
    }

    private static long generation(StoreKey key) {
        return Long.parseLong(key.name().substring(CHECKPOINT.length()));
    }

    private static Optional<CommitRecord> record(
            SnapshotId id,
            Map<Replica, Long> where,
            Replicas replicas,
            RepositoryKeys keys,
            Map<SnapshotId, CommitRecord> cache,
            List<Damaged> damaged) {
        boolean alike = new HashSet<>(where.values()).size() == 1;
        CommitRecord known = cache.get(id);
        if (known != null && alike) {
            return Optional.of(known);
        }
        try {
            CommitRecord record = alike
                    ? readDocument(FileKind.LOG, logKey(id), replicas, keys, CommitRecord::decode)
                    : readOutcome(id, where, keys);
            cache.put(id, record);
            return Optional.of(record);
        } catch (Damaged e) {
            damaged.add(e);
        } catch (Missing e) {
            // deleted by a prune since it was listed
        }
        return Optional.empty();
    }

    /** Destinations disagree about a session: a commit at one of them is a commit. */
    private static CommitRecord readOutcome(SnapshotId id, Map<Replica, Long> where, RepositoryKeys keys) {
        HoldfastException failure = null;
        CommitRecord outcome = null;
        for (Replica replica : where.keySet()) {
            try {
                CommitRecord record =
                        decode(FileKind.LOG, logKey(id), replica.store().read(logKey(id)), keys, CommitRecord::decode);
                if (outcome == null || record.snapshot().isPresent()) {
                    outcome = record;
                }
            } catch (HoldfastException e) {
                failure = Replicas.worse(failure, e);
            }
        }
        if (outcome == null) {
            throw failure != null ? failure : new IllegalStateException("nobody holds " + id);
        }
        for (Replica replica : where.keySet()) {
            if (outcome.snapshot().isPresent() && decodesToAbort(replica, id, keys)) {
                replica.fallBehind("it does not have snapshot " + id, true);
            }
        }
        return outcome;
    }

    private static boolean decodesToAbort(Replica replica, SnapshotId id, RepositoryKeys keys) {
        try {
            return decode(FileKind.LOG, logKey(id), replica.store().read(logKey(id)), keys, CommitRecord::decode)
                    .snapshot()
                    .isEmpty();
        } catch (HoldfastException e) {
            return true;
        }
    }

    static <T> T readDocument(
            FileKind kind, StoreKey key, Replicas replicas, RepositoryKeys keys, Function<byte[], T> decode) {
        return replicas.read(key, (replica, file) -> decode(kind, key, file, keys, decode));
    }

    static <T> T decode(FileKind kind, StoreKey key, byte[] file, RepositoryKeys keys, Function<byte[], T> decode) {
        byte[] content = SealedDocument.open(kind, key, file, keys);
        try {
            return decode.apply(content);
        } catch (Damaged e) {
            throw e;
        } catch (RuntimeException e) {
            throw new Damaged(ErrorCode.DAMAGED, "'" + key + "' is damaged: it does not hold what it should", "", e);
        }
    }

    private static void noteLag(
            Replicas replicas,
            Map<StoreKey, Map<Replica, Long>> found,
            String what,
            Function<StoreKey, Optional<String>> wanted) {
        for (Replica replica : replicas.reachable()) {
            List<String> lacking = new ArrayList<>();
            found.forEach((key, where) -> {
                if (!where.containsKey(replica)) {
                    wanted.apply(key).ifPresent(lacking::add);
                }
            });
            if (!lacking.isEmpty()) {
                replica.fallBehind(
                        "it does not have " + what + " " + lacking.getLast()
                                + (lacking.size() > 1 ? " and " + (lacking.size() - 1) + " others" : ""),
                        true);
            }
        }
    }

    /** Committed snapshots that are wanted, in order. */
    List<Snapshot> snapshots() {
        return records.entrySet().stream()
                .filter(e -> !forgotten.contains(e.getKey()))
                .flatMap(e -> e.getValue().snapshot().stream())
                .toList();
    }

    /** The index runs that count. */
    Set<StoreKey> runs() {
        Set<StoreKey> runs = new LinkedHashSet<>(checkpoint.runs());
        records.forEach((id, record) -> {
            if (!checkpoint.covered().contains(id)) {
                runs.addAll(record.runs());
            }
        });
        return runs;
    }

    /** The greatest id of any session known, so that the next one comes after it. */
    Optional<SnapshotId> last() {
        return records.isEmpty() ? Optional.empty() : Optional.of(records.lastKey());
    }
}
