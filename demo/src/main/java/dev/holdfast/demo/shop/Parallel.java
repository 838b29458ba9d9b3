package dev.holdfast.demo.shop;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs several things at once and fails with the first failure. */
public final class Parallel {
    private Parallel() {}

    /** Runs all jobs, at most {@code width} at a time, and returns when all have ended. */
    public static void run(int width, Collection<Runnable> jobs) {
        try (ExecutorService workers = Executors.newFixedThreadPool(width)) {
            List<Future<?>> running = new ArrayList<>();
            jobs.forEach(job -> running.add(workers.submit(job)));
            for (Future<?> one : running) {
                await(one, workers);
            }
        }
    }

    private static void await(Future<?> one, ExecutorService workers) {
        try {
            one.get();
        } catch (ExecutionException e) {
            workers.shutdownNow();
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
