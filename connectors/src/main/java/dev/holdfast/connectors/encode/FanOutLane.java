package dev.holdfast.connectors.encode;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.source.ExportFile;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One of the files of a {@link FanOutFile}: what waits for it, and the thread that alone touches it. Everything but the calls of the file
 * happens under the lock that all lanes share.
 */
final class FanOutLane {
    private enum State {
        OPENING,
        OPEN,
        ENDING,
        DONE,
        FAILED
    }

    private final ExportFile file;
    private final String location;
    private final ReentrantLock lock;
    private final Condition changed;
    private final int mostBytes;
    private final Duration patience;
    private final Deque<byte[]> queue = new ArrayDeque<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private State state = State.OPENING;
    private boolean started;
    private boolean writing;
    private long queuedBytes;
    private long heldUpNanos;
    private @Nullable HoldfastException failure;

    FanOutLane(ExportFile file, ReentrantLock lock, Condition changed, int mostBytes, Duration patience) {
        this.file = file;
        this.location = file.location();
        this.lock = lock;
        this.changed = changed;
        this.mostBytes = mostBytes;
        this.patience = patience;
        // a call that never returns may keep a thread of its own, but none that others need, nor the process
        this.thread = Thread.ofPlatform().daemon().name("export to " + location).unstarted(this::run);
    }

    String location() {
        return location;
    }

    // -- the one who writes; all but the last under the lock

    void start() {
        started = true;
        thread.start();
    }

    boolean isOpening() {
        return state == State.OPENING;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isFull() {
        return state == State.OPEN && queuedBytes >= mostBytes;
    }

    /** Whether it has nothing to do. */
    boolean isIdle() {
        return state == State.OPEN && queue.isEmpty() && !writing;
    }

    boolean isUnfinished() {
        return state == State.OPEN || state == State.ENDING;
    }

    boolean isDone() {
        return state == State.DONE;
    }

    long heldUpNanos() {
        return heldUpNanos;
    }

    void add(byte[] piece) {
        if (state == State.OPEN) {
            queue.addLast(piece);
            queuedBytes += piece.length;
            changed.signalAll();
        }
    }

    void end() {
        if (state == State.OPEN) {
            state = State.ENDING;
            changed.signalAll();
        }
    }

    /** Counts how long others waited for it; after too long it is left out. */
    void heldUp(long nanos, long mostNanos) {
        heldUpNanos += nanos;
        if (heldUpNanos >= mostNanos && state != State.DONE && state != State.FAILED) {
            fail(new Unavailable(
                    ErrorCode.STORE_UNAVAILABLE,
                    "'" + location + "' is too slow: the others have waited " + patience.toSeconds() + " s for it",
                    "see what slows it down, or give it more time; it is tried again by the next run."));
            thread.interrupt();
        }
    }

    void abort() {
        if (state != State.DONE && state != State.FAILED) {
            fail(new Cancelled(ErrorCode.CANCELLED, "the export to '" + location + "' was stopped", ""));
            thread.interrupt();
        }
        if (!started) {
            started = true;
            thread.start();
        }
    }

    /** What it was left out for; null while it is not. */
    @Nullable
    HoldfastException failure() {
        return failure;
    }

    Outcome outcome() {
        HoldfastException why = failure;
        if (why == null && state != State.DONE) {
            why = new Cancelled(ErrorCode.CANCELLED, "the export to '" + location + "' has not ended", "");
        }
        return why == null ? new Outcome.Done(location) : new Outcome.Failed(location, why);
    }

    void awaitEnd(long time, TimeUnit unit) throws InterruptedException {
        if (!ended.await(time, unit)) {
            thread.interrupt();
        }
    }

    // -- the thread

    private void run() {
        try {
            if (locked() != State.FAILED) {
                file.preflight();
                become(State.OPENING, State.OPEN);
                copy();
            }
        } catch (Throwable e) {
            failed(e);
        } finally {
            close();
            ended.countDown();
        }
    }

    private void copy() {
        for (byte[] piece = next(); piece != null; piece = next()) {
            file.write(piece, 0, piece.length);
        }
        if (locked() == State.ENDING) {
            file.commit();
            become(State.ENDING, State.DONE);
        }
    }

    private State locked() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    /** Unless it was left out meanwhile. */
    private void become(State from, State to) {
        lock.lock();
        try {
            if (state == from) {
                state = to;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private byte @Nullable [] next() {
        lock.lock();
        try {
            writing = false;
            changed.signalAll();
            while (state == State.OPEN && queue.isEmpty()) {
                changed.awaitUninterruptibly();
            }
            if (state == State.FAILED || queue.isEmpty()) {
                return null;
            }
            byte[] piece = queue.removeFirst();
            queuedBytes -= piece.length;
            writing = true;
            return piece;
        } finally {
            lock.unlock();
        }
    }

    private void failed(Throwable e) {
        lock.lock();
        try {
            fail(
                    e instanceof HoldfastException known
                            ? known
                            : new Failed(
                                    ErrorCode.INTERNAL,
                                    "the export to '" + location + "' failed: " + e,
                                    "report this.",
                                    e));
        } finally {
            lock.unlock();
        }
    }

    /** Keeps the first failure. */
    private void fail(HoldfastException e) {
        if (state != State.FAILED) {
            state = State.FAILED;
            failure = e;
            queue.clear();
            queuedBytes = 0;
            changed.signalAll();
        }
    }

    /** What cannot be tidied up does not undo a file that is there. */
    private void close() {
        // whoever asked it to stop wants it tidied up too
        Thread.interrupted();
        try {
            file.close();
        } catch (RuntimeException e) {
            lock.lock();
            try {
                if (failure != null) {
                    failure.addSuppressed(e);
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
