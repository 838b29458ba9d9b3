package dev.holdfast.connectors.encode;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.ExportFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One stream into several files at once. Each has a thread of its own and a queue of at most {@value #QUEUE_BYTES} bytes. A file that
 * fails is left out from then on, and one that lets the others wait longer than they have patience is left out as too slow; neither
 * disturbs the others. This fails only when all of them have. The last one left has all the time it wants.
 *
 * <p>A file that never returns from a call does not hold up a close for long: its thread is left behind, and closes the file should the
 * call ever return. For one thread at a time.
 */
public final class FanOutFile implements ExportFile {
    static final int QUEUE_BYTES = 4 << 20;
    private static final int PIECE_BYTES = 64 << 10;
    private static final Duration PARTING = Duration.ofSeconds(10);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<FanOutLane> lanes;
    private final long patienceNanos;
    private final long partingNanos;
    private final byte[] piece = new byte[PIECE_BYTES];
    private int filled;

    /**
     * @param files at least one; they belong to this from now on
     * @param patience how long one of them may let the others wait, in all
     */
    public FanOutFile(List<ExportFile> files, Duration patience) {
        this(files, patience, PARTING);
    }

    /**
     * @param parting how long a close waits for files that do not return
     */
    FanOutFile(List<ExportFile> files, Duration patience, Duration parting) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("no file to write to");
        }
        patienceNanos = patience.toNanos();
        partingNanos = parting.toNanos();
        lanes = files.stream()
                .map(file -> new FanOutLane(file, lock, changed, QUEUE_BYTES, patience))
                .toList();
    }

    @Override
    public String location() {
        return lanes.stream().map(FanOutLane::location).collect(Collectors.joining(", "));
    }

    /** Opens each on its own thread. */
    @Override
    public void preflight() {
        lanes.forEach(FanOutLane::start);
        awaitAll(FanOutLane::isOpening, FanOutLane::isOpen);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        int from = offset;
        while (from < offset + length) {
            int step = Math.min(PIECE_BYTES - filled, offset + length - from);
            System.arraycopy(bytes, from, piece, filled, step);
            filled += step;
            from += step;
            if (filled == PIECE_BYTES) {
                pass();
            }
        }
    }

    /** All get a piece at the same time, so no queue is empty only because another is full. */
    private void pass() {
        awaitAll(FanOutLane::isFull, FanOutLane::isIdle);
        byte[] copy = Arrays.copyOf(piece, filled);
        filled = 0;
        locked(() -> lanes.forEach(lane -> lane.add(copy)));
    }

    /**
     * Waits until none is busy any more, or has let the others wait too long.
     *
     * @param busy whether it has to be waited for
     * @param waiting whether it waits meanwhile
     */
    private void awaitAll(Predicate<FanOutLane> busy, Predicate<FanOutLane> waiting) {
        lock.lock();
        try {
            for (List<FanOutLane> late = late(busy); !late.isEmpty(); late = late(busy)) {
                boolean heldUp = lanes.stream().anyMatch(waiting);
                long begin = System.nanoTime();
                changed.awaitNanos(heldUp ? Math.max(1, leftOf(busy)) : Long.MAX_VALUE);
                if (heldUp) {
                    long took = System.nanoTime() - begin;
                    // whoever goes on just now, but slowly, has let the others wait all the same
                    late.forEach(lane -> lane.heldUp(took, patienceNanos));
                }
            }
            requireSomebody();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled(ErrorCode.CANCELLED, "the export was stopped", "no file was made.", e);
        } finally {
            lock.unlock();
        }
    }

    private List<FanOutLane> late(Predicate<FanOutLane> busy) {
        return lanes.stream().filter(busy).toList();
    }

    private long leftOf(Predicate<FanOutLane> busy) {
        return lanes.stream()
                .filter(busy)
                .mapToLong(lane -> patienceNanos - lane.heldUpNanos())
                .min()
                .orElse(0);
    }

    private void requireSomebody() {
        List<HoldfastException> failures = new ArrayList<>();
        for (FanOutLane lane : lanes) {
            HoldfastException failure = lane.failure();
            if (failure == null) {
                return;
            }
            failures.add(failure);
        }
        HoldfastException first = failures.removeFirst();
        failures.stream().filter(other -> other != first).forEach(first::addSuppressed);
        throw first;
    }

    /** Commits each. Throws only if none could be; {@link #outcomes} tells of each. */
    @Override
    public void commit() {
        if (filled > 0) {
            pass();
        }
        locked(() -> lanes.forEach(FanOutLane::end));
        awaitAll(FanOutLane::isUnfinished, FanOutLane::isDone);
    }

    /**
     * What became of each, in the order in which the files were given. A file that is not done when the commit has returned has failed.
     */
    public List<Outcome> outcomes() {
        lock.lock();
        try {
            return lanes.stream().map(FanOutLane::outcome).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Why each was left out so far, in the order in which the files were given; empty for those that go on or are done. */
    public List<Optional<HoldfastException>> failures() {
        lock.lock();
        try {
            return lanes.stream()
                    .map(lane -> Optional.ofNullable(lane.failure()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        locked(() -> lanes.forEach(FanOutLane::abort));
        boolean interrupted = Thread.interrupted();
        long deadline = System.nanoTime() + partingNanos;
        for (FanOutLane lane : lanes) {
            interrupted |= awaitEnd(lane, deadline);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** True if somebody wants this thread to stop, which a close does not; it is short anyway. */
    private static boolean awaitEnd(FanOutLane lane, long deadline) {
        boolean interrupted = false;
        while (true) {
            try {
                lane.awaitEnd(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    private void locked(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }
}
