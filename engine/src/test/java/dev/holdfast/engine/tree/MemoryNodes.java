package dev.holdfast.engine.tree;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Nodes held in memory, named by their SHA-256; counts what is read. Safe for many threads. */
public final class MemoryNodes implements NodeStore {
    private final Map<ChunkId, byte[]> nodes = new ConcurrentHashMap<>();
    private final AtomicLong reads = new AtomicLong();

    @Override
    public ChunkId put(byte[] node) {
        ChunkId id = ChunkId.ofOwned(sha256(node));
        nodes.putIfAbsent(id, node.clone());
        return id;
    }

    @Override
    public byte[] get(ChunkId id) {
        reads.incrementAndGet();
        byte[] node = nodes.get(id);
        if (node == null) {
            throw new Damaged(ErrorCode.DAMAGED, "tree node " + id + " is missing", "");
        }
        return node.clone();
    }

    /** All that were stored and not lost. */
    public Set<ChunkId> ids() {
        return nodes.keySet();
    }

    /** How often a node was asked for. */
    public long reads() {
        return reads.get();
    }

    /** Forgets a node. */
    public void lose(ChunkId id) {
        nodes.remove(id);
    }

    /** Keeps other bytes under the same id. */
    public void spoil(ChunkId id, byte[] other) {
        nodes.put(id, other);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
