package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.format.BlobType;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.index.ChunkIndex;
import dev.holdfast.engine.pack.BlobFormat;
import dev.holdfast.engine.pack.PackInfo;
import dev.holdfast.engine.pack.SegmentCache;
import dev.holdfast.engine.store.StoreKey;
import dev.holdfast.engine.tree.ChunkId;
import dev.holdfast.engine.tree.NodeStore;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Reads chunks by their ids, from whichever destination has a sound copy. Safe for many threads. */
final class ChunkReader implements NodeStore {
    private final Replicas replicas;
    private final RepositoryKeys keys;
    private final Supplier<ChunkIndex> refresh;
    private final SegmentCache cache = new SegmentCache();
    private final Map<StoreKey, byte[]> sealKeys = new ConcurrentHashMap<>();
    private volatile ChunkIndex index;

    /**
     * @param refresh gives the newest index when a chunk is not where it was (a prune moved it), or not known yet
     */
    ChunkReader(Replicas replicas, RepositoryKeys keys, ChunkIndex index, Supplier<ChunkIndex> refresh) {
        this.replicas = replicas;
        this.keys = keys;
        this.index = index;
        this.refresh = refresh;
    }

    /** Whether the index knows a chunk. */
    boolean knows(ChunkId id) {
        return index.find(id).isPresent();
    }

    @Override
    public byte[] get(ChunkId id) {
        return read(BlobType.NODE, id);
    }

    @Override
    public ChunkId put(byte[] node) {
        throw new IllegalStateException("a reader stores nothing");
    }

    /**
     * The plain bytes of a chunk.
     *
     * @throws Damaged if no destination has a sound copy
     */
    byte[] read(BlobType type, ChunkId id) {
        try {
            return readAnywhere(type, id);
        } catch (Missing e) {
            index = refresh.get();
            try {
                return readAnywhere(type, id);
            } catch (Missing still) {
                throw new Damaged(
                        ErrorCode.DAMAGED,
                        "chunk " + id + " cannot be had: " + still.getMessage(),
                        "Run 'holdfast check' to see what is hurt.",
                        still);
            }
        }
    }

    private byte[] readAnywhere(BlobType type, ChunkId id) {
        Optional<ChunkIndex.Location> location = index.find(id);
        if (location.isEmpty()) {
            throw new Missing(ErrorCode.STORE_OBJECT_MISSING, "it is in no index", "");
        }
        HoldfastException failure = null;
        for (Replica replica : replicas.reachable()) {
            try {
                return readAt(replica, location.get(), type, id);
            } catch (HoldfastException e) {
                failure = Replicas.worse(failure, e);
            }
        }
        throw failure != null ? failure : replicas.nobody();
    }

    private byte[] readAt(Replica replica, ChunkIndex.Location at, BlobType type, ChunkId id) {
        PackInfo pack = at.pack();
        byte[] sealed = cache.read(replica.store(), pack.key(), pack.bytes(), at.offset(), at.length());
        byte[] sealKey = sealKeys.computeIfAbsent(pack.key(), key -> pack.sealKey(keys));
        try {
            return BlobFormat.open(sealed, 0, sealed.length, sealKey, type, id, at.offset());
        } catch (Damaged e) {
            throw new Damaged(
                    ErrorCode.DAMAGED,
                    "'" + pack.key() + "' at destination '" + replica.name() + "' is damaged: " + e.getMessage(),
                    "Run 'holdfast check --read-data' to see what is hurt.",
                    e);
        }
    }
}
