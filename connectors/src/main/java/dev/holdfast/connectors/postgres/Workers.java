package dev.holdfast.connectors.postgres;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that succeed or fail together: the first failure ends all others, and nobody leaves before the last has ended. Tasks
 * run on threads of their own, which read from sockets faster than virtual ones; one that waits in a socket is ended by what it {@link #whenFailed registered}.
 */
final class Workers implements AutoCloseable {
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final List<Thread> threads = new ArrayList<>();
    private final List<Runnable> cancellations = new ArrayList<>();
    private @Nullable Throwable failure;
    private boolean failed;
    private int running;

    /** Work that may fail in any way. */
    interface Task {
        void run() throws Exception;
    }

    /** Starts a task; one thread starts them all. */
    void start(String name, Task task) {
        Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> {
            try {
                task.run();
            } catch (Throwable e) { // also an Error: a table that does not fit in memory must not end a backup as done
                fail(e);
            } finally {
                end();
            }
        });
        synchronized (this) {
            threads.add(thread);
            running++;
            if (failed) {
                thread.interrupt();
            }
        }
        thread.start();
    }

    /** What ends a task that does not hear interrupts; run at once if a task failed already. */
    void whenFailed(Runnable cancellation) {
        synchronized (this) {
            if (!failed) {
                cancellations.add(cancellation);
                return;
            }
        }
        cancellation.run();
    }

    /** Fails all, as if a task had. */
    void fail(Throwable cause) {
        List<Runnable> now;
        List<Thread> ended;
        synchronized (this) {
            if (failed) {
                return;
            }
            failed = true;
            failure = cause;
            now = List.copyOf(cancellations);
            ended = List.copyOf(threads);
        }
        now.forEach(Runnable::run);
        ended.forEach(Thread::interrupt);
    }

    private synchronized void end() {
        running--;
        notifyAll();
    }

    synchronized boolean failed() {
        return failed;
    }

    /** Waits until all tasks ended, at most so long. */
    synchronized boolean ended(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (running > 0) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /**
     * Waits for all tasks; throws what the first failed one threw.
     *
     * @param heartbeat called every few seconds meanwhile; if it throws, all fail
     */
    void join(Runnable heartbeat) throws Exception {
        try {
            while (!ended(HEARTBEAT)) {
                heartbeat.run();
            }
        } catch (RuntimeException e) {
            fail(e);
        } catch (InterruptedException e) {
            fail(e);
            throw e;
        } finally {
            close();
        }
        rethrow();
    }

    private synchronized void rethrow() throws Exception {
        switch (failure) {
            case null -> {}
            case Exception exception -> throw exception;
            case Error error -> throw error;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    /** Ends what still runs and waits for it. */
    @Override
    public void close() {
        boolean interrupted = false;
        while (true) {
            try {
                if (ended(Duration.ZERO)) {
                    break;
                }
                fail(new InterruptedException("given up"));
                ended(Duration.ofSeconds(1));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
