package dev.holdfast.bench;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What must be ended, the last begun first, and once. A signal interrupts the thread that made this, which then ends
 * everything on its way out; where it does not come, the signal's thread does. Thread-safe.
 */
final class Ending implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 5;

    private final Deque<Runnable> steps = new ArrayDeque<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Thread worker = Thread.currentThread();

    Ending() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::endFromOutside, "end what was begun"));
    }

    synchronized void add(Runnable step) {
        if (begun.getCount() == 0) {
            step.run();
        } else {
            steps.push(step);
        }
    }

    @Override
    public void close() {
        begun.countDown();
        // what is being ended may have to be waited for
        boolean interrupted = Thread.interrupted();
        endAll();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void endAll() {
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (RuntimeException e) {
                System.err.println("bench: while ending: " + e);
            }
        }
    }

    private void endFromOutside() {
        if (begun.getCount() > 0) {
            worker.interrupt();
            try {
                begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        close();
    }

    /** Fails when a signal wants this thread to end; to be asked in long loops. */
    static void requireNone() {
        if (Thread.currentThread().isInterrupted()) {
            throw new BenchFailure("interrupted");
        }
    }
}
