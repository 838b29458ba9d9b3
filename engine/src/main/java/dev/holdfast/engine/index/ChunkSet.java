package dev.holdfast.engine.index;

import dev.holdfast.engine.tree.ChunkId;

/** A set of chunks, by the first 16 bytes of their ids, outside the heap: about 23 to 46 bytes each. Safe for many threads. */
public final class ChunkSet implements AutoCloseable {
    private final OffHeapTable table = new OffHeapTable(0, 1024);

    /** Whether the chunk was not in the set before. */
    public synchronized boolean add(ChunkId id) {
        return table.insert(id.high(), id.low()) >= 0;
    }

    /** Adds the chunk with these first 16 bytes. */
    public synchronized boolean add(long high, long low) {
        return table.insert(high, low) >= 0;
    }

    public synchronized boolean contains(ChunkId id) {
        return table.find(id.high(), id.low()) >= 0;
    }

    /** Whether a chunk with these first 16 bytes is in the set. */
    public synchronized boolean contains(long high, long low) {
        return table.find(high, low) >= 0;
    }

    public synchronized long size() {
        return table.size();
    }

    @Override
    public synchronized void close() {
        table.close();
    }
}
