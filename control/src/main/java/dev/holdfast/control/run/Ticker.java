package dev.holdfast.control.run;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Time that passes evenly, whatever the clock says, and waiting for it. Safe for many threads. */
public interface Ticker {
    /** How much time has passed since some moment. */
    Duration elapsed();

    /** Waits until somebody calls {@link #wake}, but not longer. */
    void pause(Duration atMost) throws InterruptedException;

    /** Ends the present pause, or the next one before it begins. */
    void wake();

    /** The machine's own. */
    static Ticker ofMachine() {
        Semaphore nudges = new Semaphore(0);
        return new Ticker() {
            @Override
            public Duration elapsed() {
                return Duration.ofNanos(System.nanoTime());
            }

            @Override
            public void pause(Duration atMost) throws InterruptedException {
                if (nudges.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                    nudges.drainPermits();
                }
            }

            @Override
            public void wake() {
                nudges.release();
            }
        };
    }
}
