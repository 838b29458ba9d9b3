package dev.holdfast.control.run;

import java.time.Duration;

/**
 * How often and when a run that failed in a way that may pass is tried again: after {@code first}, then after three times as
 * long each time, but never after more than {@code most}.
 *
 * @param retries how many times after the first attempt; 0 for never
 */
public record RetryPolicy(int retries, Duration first, Duration most) {
    /** After 1, 3, 9, 27 and 30 minutes: long enough for a dead writer to be passed over by the repository. */
    public static final RetryPolicy USUAL = new RetryPolicy(5, Duration.ofMinutes(1), Duration.ofMinutes(30));

    public static final RetryPolicy NEVER = new RetryPolicy(0, Duration.ofMinutes(1), Duration.ofMinutes(1));

    private static final int FACTOR = 3;

    public RetryPolicy {
        if (retries < 0 || first.isNegative() || most.compareTo(first) < 0) {
            throw new IllegalArgumentException("retries " + retries + ", first " + first + ", most " + most);
        }
    }

    /** Whether there is another attempt after this one. */
    boolean allows(int attempt) {
        return attempt <= retries;
    }

    /** How long to wait after an attempt failed. */
    Duration after(int attempt) {
        Duration wait = first;
        for (int i = 1; i < attempt && wait.compareTo(most) < 0; i++) {
            wait = wait.multipliedBy(FACTOR);
        }
        return wait.compareTo(most) < 0 ? wait : most;
    }
}
