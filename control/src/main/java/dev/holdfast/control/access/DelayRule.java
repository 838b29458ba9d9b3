package dev.holdfast.control.access;

import java.time.Duration;

/**
 * How tries that fail slow down the next one: some are free, then each doubles the wait.
 *
 * @param free tries without a wait
 * @param first the wait after the first one that is not free
 * @param longest no wait is longer
 * @param forget after so long without a try all is as before
 */
record DelayRule(int free, Duration first, Duration longest, Duration forget) {
    /** For one user: so slow that guessing is hopeless, so short that nobody is locked out for long by a stranger. */
    static final DelayRule USER = new DelayRule(5, Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofHours(1));

    /** For one address, which many may share. */
    static final DelayRule ADDRESS =
            new DelayRule(20, Duration.ofSeconds(1), Duration.ofMinutes(15), Duration.ofHours(1));

    private static final int MOST_DOUBLINGS = 30;

    /** The wait after so many tries that failed. */
    Duration after(long failures) {
        if (failures < free) {
            return Duration.ZERO;
        }
        Duration wait = first.multipliedBy(1L << Math.min(failures - free, MOST_DOUBLINGS));
        return wait.compareTo(longest) < 0 ? wait : longest;
    }
}
