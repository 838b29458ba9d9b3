package dev.holdfast.control.notify;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long a channel is waited for.
 *
 * @param connect for a connection
 * @param silence for the next byte
 * @param whole for everything, however busily it talks
 */
record Patience(Duration connect, Duration silence, Duration whole) {
    static final Patience USUAL = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(60));

    /**
     * Does something on a thread of its own and gives up when it takes too long.
     *
     * @param abandon breaks it off, besides an interrupt, which closes a socket that is waited for
     */
    <T> T inTime(Callable<T> work, Runnable abandon) throws IOException {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofVirtual().name("notify").start(task);
        try {
            return task.get(whole.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new SocketTimeoutException("it did not come to an end within " + whole.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("this server is stopping");
        } catch (ExecutionException e) {
            throw cause(e);
        } finally {
            if (!task.isDone()) {
                abandon.run();
                task.cancel(true);
            }
        }
    }

    private static IOException cause(ExecutionException e) {
        return switch (e.getCause()) {
            case IOException failure -> failure;
            case RuntimeException failure -> throw failure;
            case Error failure -> throw failure;
            case null, default -> new IOException(e.getCause());
        };
    }
}
