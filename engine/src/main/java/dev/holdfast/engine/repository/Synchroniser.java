package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.format.FileKind;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.index.IndexRun;
import dev.holdfast.engine.pack.PackInfo;
import dev.holdfast.engine.pack.PackVerifier;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.store.Body;
import dev.holdfast.engine.store.StoreKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings destinations level: whatever the repository needs and one of them lacks is copied from another that has it sound, in
 * the order that keeps a destination consistent at every moment: packs, index runs, checkpoint, log, tombstones, pins.
 */
final class Synchroniser {
    private static final int READ_BYTES = 8 << 20;

    private final Replicas replicas;
    private final RepositoryKeys keys;
    private final Path scratch;
    private final Map<SnapshotId, CommitRecord> records;

    Synchroniser(Replicas replicas, RepositoryKeys keys, Path scratch, Map<SnapshotId, CommitRecord> records) {
        this.replicas = replicas;
        this.keys = keys;
        this.scratch = scratch;
        this.records = records;
    }

    private record Copied(long objects, long bytes) {
        Copied plus(long moreBytes) {
            return new Copied(objects + 1, bytes + moreBytes);
        }
    }

    /** Brings level what is behind and can be reached; a destination that fails again stays behind. */
    SyncReport catchUp(Progress progress) {
        return sync(replicas.reachable().stream().filter(r -> !r.isLevel()).toList(), progress);
    }

    /** Compares and brings level everything that can be reached. */
    SyncReport all(Progress progress) {
        return sync(replicas.reachable(), progress);
    }

    private SyncReport sync(List<Replica> targets, Progress progress) {
        Copied copied = new Copied(0, 0);
        if (!targets.isEmpty()) {
            RepositoryState state = RepositoryState.load(replicas, keys, records);
            Map<StoreKey, PackInfo> packs = packs(state);
            Map<String, Map<StoreKey, Map<Replica, Long>>> found = new HashMap<>();
            for (FileKind kind : FileKind.values()) {
                found.put(kind.folder(), replicas.list(kind.folder()));
            }
            for (Replica target : targets) {
                copied = level(target, state, packs, found, copied, progress);
            }
        }
        return new SyncReport(copied.objects, copied.bytes, replicas.states());
    }

    private Copied level(
            Replica target,
            RepositoryState state,
            Map<StoreKey, PackInfo> packs,
            Map<String, Map<StoreKey, Map<Replica, Long>>> found,
            Copied before,
            Progress progress) {
        Copied copied = before;
        try {
            for (PackInfo pack : packs.values()) {
                Map<Replica, Long> where = holders(found, pack.key());
                if (!Long.valueOf(pack.bytes()).equals(where.get(target))) {
                    progress.expect(1, pack.bytes());
                    copyPack(pack, target, where);
                    copied = copied.plus(pack.bytes());
                    progress.advance(1, pack.bytes());
                }
            }
            for (StoreKey key : documents(state)) {
                copied = copyDocument(key, target, state, holders(found, key), copied);
            }
            target.catchUp();
        } catch (HoldfastException e) {
            target.fallBehind(e.getMessage(), true);
        }
        return copied;
    }

    private static Map<Replica, Long> holders(Map<String, Map<StoreKey, Map<Replica, Long>>> found, StoreKey key) {
        String folder = key.name().substring(0, key.name().indexOf('/') + 1);
        return found.getOrDefault(folder, Map.of()).getOrDefault(key, Map.of());
    }

    private Map<StoreKey, PackInfo> packs(RepositoryState state) {
        Map<StoreKey, PackInfo> packs = new LinkedHashMap<>();
        for (StoreKey key : state.runs()) {
            IndexRun run = RepositoryState.readDocument(
                    FileKind.INDEX_RUN, key, replicas, keys, content -> IndexRun.decode(content, key));
            run.packs().forEach(pack -> packs.put(pack.key(), pack));
        }
        return packs;
    }

    private static List<StoreKey> documents(RepositoryState state) {
        List<StoreKey> documents = new ArrayList<>(state.runs());
        if (state.checkpoint().generation() > 0) {
            documents.add(Checkpoint.key(state.checkpoint().generation()));
        }
        state.records().keySet().stream()
                .filter(id -> !state.checkpoint().forgotten().contains(id))
                .forEach(id -> documents.add(RepositoryState.logKey(id)));
        state.forgotten().stream()
                .filter(id -> !state.checkpoint().forgotten().contains(id))
                .forEach(id -> documents.add(RepositoryState.forgetKey(id)));
        documents.addAll(state.pins().keys());
        return documents;
    }

    private Copied copyDocument(
            StoreKey key, Replica target, RepositoryState state, Map<Replica, Long> where, Copied copied) {
        boolean isCommit = key.name().startsWith(RepositoryState.LOG)
                && Optional.ofNullable(
                                state.records().get(new SnapshotId(key.name().substring(RepositoryState.LOG.length()))))
                        .flatMap(CommitRecord::snapshot)
                        .isPresent();
        boolean differs = isCommit
                && where.containsKey(target)
                && where.values().stream().distinct().count() > 1;
        if (where.containsKey(target) && !differs) {
            return copied;
        }
        byte[] file = soundDocument(key, where, isCommit);
        if (differs) {
            // an abort record stands where another destination has the commit
            target.store().delete(key);
        }
        create(target, key, Body.of(file));
        return copied.plus(file.length);
    }

    private byte[] soundDocument(StoreKey key, Map<Replica, Long> where, boolean isCommit) {
        HoldfastException failure = null;
        FileKind kind = kind(key);
        for (Replica source : where.keySet()) {
            try {
                byte[] file = source.store().read(key);
                boolean usable = RepositoryState.decode(
                        kind,
                        key,
                        file,
                        keys,
                        content -> !isCommit
                                || CommitRecord.decode(content).snapshot().isPresent());
                if (usable) {
                    return file;
                }
            } catch (HoldfastException e) {
                failure = Replicas.worse(failure, e);
            }
        }
        throw failure != null ? failure : missing(key);
    }

    private static FileKind kind(StoreKey key) {
        for (FileKind kind : FileKind.values()) {
            if (key.name().startsWith(kind.folder())) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no kind of file is called " + key);
    }

    private void copyPack(PackInfo pack, Replica target, Map<Replica, Long> where) {
        HoldfastException failure = null;
        for (Replica source : where.keySet()) {
            if (source == target) {
                continue;
            }
            try {
                requireSound(pack, source);
                transfer(pack, source, target, where.containsKey(target));
                return;
            } catch (Damaged | Missing e) {
                failure = Replicas.worse(failure, e);
            }
        }
        throw failure != null ? failure : missing(pack.key());
    }

    /** Damage is not copied. */
    private void requireSound(PackInfo pack, Replica source) {
        PackVerifier.Verdict verdict = new PackVerifier(source.store(), keys).verify(pack);
        if (!verdict.sound()) {
            throw PackVerifier.damaged(pack, source.name(), verdict);
        }
    }

    private void transfer(PackInfo pack, Replica source, Replica target, boolean replace) {
        Path file = scratch.resolve(pack.key().name().replace('/', '-'));
        try {
            Files.createDirectories(scratch);
            Files.deleteIfExists(file);
            try (SeekableByteChannel out =
                    Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (long at = 0; at < pack.bytes(); ) {
                    int length = (int) Math.min(READ_BYTES, pack.bytes() - at);
                    ByteBuffer bytes = ByteBuffer.wrap(source.store().read(pack.key(), at, length));
                    while (bytes.hasRemaining()) {
                        out.write(bytes);
                    }
                    at += length;
                }
            }
            if (replace) {
                target.store().delete(pack.key());
            }
            create(target, pack.key(), new Body.InFile(file, pack.bytes(), false));
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.STORE_UNAVAILABLE,
                    "cannot copy '" + pack.key() + "' through '" + scratch + "': " + e.getMessage(),
                    "Look at that file system.",
                    e);
        } finally {
            deleteQuietly(file);
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // a leftover in a spool folder does no harm and is swept by a later run
        }
    }

    private static void create(Replica target, StoreKey key, Body body) {
        try {
            target.store().create(key, body);
        } catch (AlreadyExists e) {
            // somebody else brought it since it was listed
        }
    }

    private static Missing missing(StoreKey key) {
        return new Missing(
                ErrorCode.STORE_OBJECT_MISSING,
                "'" + key + "' is at no destination that can be reached",
                "See which destination may still have it.");
    }
}
