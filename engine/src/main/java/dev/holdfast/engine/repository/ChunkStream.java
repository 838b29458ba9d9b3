package dev.holdfast.engine.repository;

import dev.holdfast.engine.chunk.Chunker;
import dev.holdfast.engine.format.BlobType;
import dev.holdfast.engine.pack.PackWriter;
import dev.holdfast.engine.tree.ChunkId;
import dev.holdfast.engine.tree.Extent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Cuts a stream of bytes and stores its chunks, long ones on the pool and a short stream where it is. For one thread. */
final class ChunkStream {
    private static final int STORE_HERE_BYTES = 128 << 10;
    private static final int MAX_PENDING = 16;

    private final ChunkCutter cutter;
    private final PackWriter packs;
    private final SealingPool pool;
    private final Consumer<Extent> stored;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private boolean ended;

    private record Pending(Future<ChunkId> id, int length) {}

    /**
     * @param stored told of the chunks in the order of the stream
     */
    ChunkStream(Chunker chunker, long expectedBytes, PackWriter packs, SealingPool pool, Consumer<Extent> stored) {
        this.cutter = new ChunkCutter(chunker, expectedBytes);
        this.packs = packs;
        this.pool = pool;
        this.stored = stored;
    }

    void write(byte[] bytes, int offset, int length) {
        if (ended) {
            throw new IllegalStateException("the content has ended");
        }
        cutter.write(bytes, offset, length, this::chunk);
    }

    private void chunk(byte[] bytes, int offset, int length) {
        if (length <= STORE_HERE_BYTES) {
            drain(0);
            stored.accept(new Extent(packs.store(BlobType.DATA, bytes, offset, length), 0, length));
            return;
        }
        drain(MAX_PENDING - 1);
        pending.addLast(new Pending(pool.store(bytes, offset, length), length));
    }

    private void drain(int leave) {
        while (pending.size() > leave) {
            Pending next = pending.removeFirst();
            stored.accept(new Extent(SealingPool.await(next.id), 0, next.length));
        }
    }

    /** Stores what is left. */
    void end() {
        ended = true;
        cutter.end(this::chunk);
        drain(0);
    }

    /** Nothing may be written any more. */
    void giveUp() {
        ended = true;
    }
}
