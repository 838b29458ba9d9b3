package dev.holdfast.it;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition, and for nothing else. */
final class Until {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = 2_000_000;

    private Until() {}

    static void met(String what, BooleanSupplier condition) {
        long giveUp = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > giveUp) {
                throw new AssertionError("waited " + LIMIT.toSeconds() + " s, and still not: " + what);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
