package dev.holdfast.engine.repository;

import dev.holdfast.engine.chunk.Chunker;
import dev.holdfast.engine.format.BlobType;
import dev.holdfast.engine.pack.PackWriter;
import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.tree.ChunkId;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.ContentBuilder;
import dev.holdfast.engine.tree.Extent;
import dev.holdfast.engine.tree.NodeStore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Future;

/** Cuts one content and stores its chunks: long ones on the pool, a short content where it is. */
final class StoringContentWriter implements ContentWriter {
    private static final int STORE_HERE_BYTES = 128 << 10;
    private static final int MAX_PENDING = 16;

    private final ChunkCutter cutter;
    private final PackWriter packs;
    private final SealingPool pool;
    private final ContentBuilder content;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final Runnable onClose;
    private boolean open = true;
    private boolean ended;

    private record Pending(Future<ChunkId> id, int length) {}

    StoringContentWriter(
            Chunker chunker,
            long expectedBytes,
            PackWriter packs,
            SealingPool pool,
            NodeStore nodes,
            Runnable onClose) {
        this.cutter = new ChunkCutter(chunker, expectedBytes);
        this.packs = packs;
        this.pool = pool;
        this.content = new ContentBuilder(nodes);
        this.onClose = onClose;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (ended) {
            throw new IllegalStateException("the content has ended");
        }
        cutter.write(bytes, offset, length, this::chunk);
    }

    private void chunk(byte[] bytes, int offset, int length) {
        if (length <= STORE_HERE_BYTES) {
            drain(0);
            content.add(new Extent(packs.store(BlobType.DATA, bytes, offset, length), 0, length));
            return;
        }
        drain(MAX_PENDING - 1);
        pending.addLast(new Pending(pool.store(bytes, offset, length), length));
    }

    private void drain(int leave) {
        while (pending.size() > leave) {
            Pending next = pending.removeFirst();
            content.add(new Extent(SealingPool.await(next.id), 0, next.length));
        }
    }

    @Override
    public Content finish() {
        ended = true;
        cutter.end(this::chunk);
        drain(0);
        return content.finish();
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            ended = true;
            onClose.run();
        }
    }
}
