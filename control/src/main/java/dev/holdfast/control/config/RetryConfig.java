package dev.holdfast.control.config;

import java.time.Duration;

/**
 * What happens after a run that failed for a reason that may pass.
 *
 * @param attempts how many more times it is tried, 0 for none
 * @param firstWait before the first of them; each time twice as long
 * @param longestWait the most that is waited
 */
public record RetryConfig(int attempts, Duration firstWait, Duration longestWait) {
    public static final int MAX_ATTEMPTS = 20;

    /** Three times: after one minute, two and four. */
    public static final RetryConfig STANDARD = new RetryConfig(3, Duration.ofMinutes(1), Duration.ofHours(1));

    public RetryConfig {
        if (attempts < 0 || firstWait.isNegative() || longestWait.isNegative()) {
            throw new IllegalArgumentException(attempts + " attempts after " + firstWait + " to " + longestWait);
        }
    }

    /**
     * How long to wait before an attempt.
     *
     * @param attempt from 1 to {@link #attempts}
     */
    public Duration before(int attempt) {
        Duration doubled = firstWait.multipliedBy(1L << Math.min(attempt - 1, MAX_ATTEMPTS));
        return doubled.compareTo(longestWait) > 0 ? longestWait : doubled;
    }
}
