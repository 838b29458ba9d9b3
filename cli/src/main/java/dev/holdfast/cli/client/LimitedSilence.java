package dev.holdfast.cli.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stream that ends when nothing comes for too long: a connection may be gone without anybody saying so. For one thread that
 * reads.
 */
final class LimitedSilence extends FilterInputStream {
    private final Duration limit;
    private final Object lock = new Object();
    private long waitingSince;
    private boolean waiting;
    private boolean expired;
    private boolean closed;

    /**
     * @param limit how long nothing may come
     */
    LimitedSilence(InputStream in, Duration limit) {
        super(in);
        this.limit = limit;
        Thread.ofVirtual().name("limit of silence").start(this::watch);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        waiting(true);
        try {
            int count = super.read(bytes, offset, length);
            requireInTime(null);
            return count;
        } catch (IOException e) {
            requireInTime(e);
            throw e;
        } finally {
            waiting(false);
        }
    }

    private void waiting(boolean now) {
        synchronized (lock) {
            waiting = now;
            waitingSince = System.nanoTime();
        }
    }

    private void requireInTime(@Nullable IOException cause) throws IOException {
        synchronized (lock) {
            if (expired) {
                throw new IOException("nothing came for " + limit.toSeconds() + " s", cause);
            }
        }
    }

    private void watch() {
        try {
            synchronized (lock) {
                while (!closed && !expired) {
                    lock.wait(Math.max(1, limit.toMillis() / 4));
                    expired = waiting && System.nanoTime() - waitingSince > limit.toNanos();
                }
                if (closed) {
                    return;
                }
            }
            super.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // whoever reads finds out
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        super.close();
    }
}
