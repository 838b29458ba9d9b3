package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.format.BlobType;
import dev.holdfast.engine.pack.PackWriter;
import dev.holdfast.engine.tree.ChunkId;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** The fixed threads that name, compress and seal chunks, with a bounded amount waiting. Safe for many threads. */
final class SealingPool implements AutoCloseable {
    private static final int LEAST_BUFFER_BYTES = 1 << 20;

    private final ExecutorService threads;
    private final Queue<byte[]> idle = new ConcurrentLinkedQueue<>();
    private final Semaphore room;
    private final PackWriter packs;

    SealingPool(int threads, PackWriter packs) {
        this.threads = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().name("seal-", 1).daemon().factory());
        this.room = new Semaphore(threads * 2 + 2);
        this.packs = packs;
    }

    /** Stores a chunk of data on a thread of the pool; copies the bytes first. */
    Future<ChunkId> store(byte[] bytes, int offset, int length) {
        try {
            room.acquire();
        } catch (InterruptedException e) {
            throw MemoryBudget.interrupted(e);
        }
        byte[] copy = buffer(length);
        System.arraycopy(bytes, offset, copy, 0, length);
        return threads.submit(() -> {
            try {
                return packs.store(BlobType.DATA, copy, 0, length);
            } finally {
                idle.add(copy);
                room.release();
            }
        });
    }

    /** A buffer that is used again: there are never more of them than chunks may wait. */
    private byte[] buffer(int length) {
        byte[] buffer = idle.poll();
        return buffer != null && buffer.length >= length
                ? buffer
                : new byte[Math.max(LEAST_BUFFER_BYTES, length + length / 4)];
    }

    static ChunkId await(Future<ChunkId> stored) {
        try {
            return stored.get();
        } catch (InterruptedException e) {
            throw MemoryBudget.interrupted(e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case HoldfastException known -> throw known;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException("storing a chunk failed", e.getCause());
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
