package dev.holdfast.connectors.workers;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs pieces of work in parallel and hands over their results in the order in which the work was given, within bounds: so
 * many pieces at once, so many results waiting for an earlier one. Given to and taken from by one thread; results are handed
 * over on that thread. A piece that fails interrupts all others and makes the call that waits, or the next one, throw.
 *
 * @param <T> what a piece of work gives
 */
public final class OrderedWorkers<T> implements AutoCloseable {
    private final ExecutorService threads;
    private final Semaphore atOnce;
    private final int ahead;
    private final Consumer<T> results;
    private final Deque<Future<T>> waiting = new ArrayDeque<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /**
     * @param threads runs the work; closed with this
     * @param atOnce how many pieces run at once, at least 1
     * @param ahead how many results may be held back by an earlier one, at least {@code atOnce}
     * @param results takes the results in order
     */
    public OrderedWorkers(ExecutorService threads, int atOnce, int ahead, Consumer<T> results) {
        if (atOnce < 1 || ahead < atOnce) {
            throw new IllegalArgumentException(atOnce + " at once, " + ahead + " ahead");
        }
        this.threads = threads;
        this.atOnce = new Semaphore(atOnce);
        this.ahead = ahead;
        this.results = results;
    }

    /** Gives work; waits while too much is running or waiting. */
    public void submit(Callable<T> work) {
        handOver(ahead - 1);
        try {
            atOnce.acquire();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        try {
            waiting.add(threads.submit(() -> run(work)));
        } catch (RejectedExecutionException e) {
            throwFailure();
            throw e;
        }
    }

    private T run(Callable<T> work) throws Exception {
        try {
            return work.call();
        } catch (Throwable e) {
            if (failure.compareAndSet(null, e)) {
                // whoever waits for an earlier piece must not wait for what nobody needs any more
                threads.shutdownNow();
            }
            throw e;
        } finally {
            atOnce.release();
        }
    }

    /** Gives a result that needs no work, in its place in the order. */
    public void done(T result) {
        handOver(ahead - 1);
        if (waiting.isEmpty()) {
            results.accept(result);
        } else {
            waiting.add(CompletableFuture.completedFuture(result));
        }
    }

    /** Waits for all work and hands over all results. */
    public void finish() {
        handOver(0);
    }

    /** Hands over what is ready; waits until at most so many are left. */
    private void handOver(int left) {
        throwFailure();
        while (!waiting.isEmpty()
                && (waiting.size() > left || waiting.getFirst().isDone())) {
            T result = first();
            waiting.removeFirst();
            results.accept(result);
            throwFailure();
        }
    }

    private T first() {
        try {
            return waiting.getFirst().get();
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (ExecutionException e) {
            throwFailure();
            throw new IllegalStateException(e);
        }
    }

    private void throwFailure() {
        switch (failure.get()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    private static Cancelled interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Cancelled(ErrorCode.CANCELLED, "stopped", "", e);
    }

    /** Interrupts what still runs and waits for it. */
    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
