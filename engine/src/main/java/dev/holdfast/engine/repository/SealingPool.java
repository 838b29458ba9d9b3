package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.format.BlobType;
import dev.holdfast.engine.pack.PackWriter;
import dev.holdfast.engine.tree.ChunkId;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** The fixed threads that name, compress and seal chunks, with a bounded amount waiting. Safe for many threads. */
final class SealingPool implements AutoCloseable {
    private final ExecutorService threads;
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
        byte[] copy = Arrays.copyOfRange(bytes, offset, offset + length);
        return threads.submit(() -> {
            try {
                return packs.store(BlobType.DATA, copy, 0, copy.length);
            } finally {
                room.release();
            }
        });
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
