package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import java.util.concurrent.Semaphore;

/** Memory that contents under way may hold together. Safe for many threads. */
final class MemoryBudget {
    private static final int UNIT_BYTES = 4 << 10;

    private final Semaphore units;
    private final int total;

    MemoryBudget(long bytes) {
        this.total = (int) (bytes / UNIT_BYTES);
        this.units = new Semaphore(total, true);
    }

    /**
     * Waits for memory.
     *
     * @return what {@link #giveBack} takes
     */
    int take(long bytes) {
        int wanted = (int) Math.min(total, bytes / UNIT_BYTES + 1);
        try {
            units.acquire(wanted);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        return wanted;
    }

    void giveBack(int taken) {
        units.release(taken);
    }

    static Cancelled interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Cancelled(ErrorCode.CANCELLED, "the run was cancelled", "", e);
    }
}
