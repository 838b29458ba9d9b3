package dev.holdfast.control.access;

import java.time.Duration;

/**
 * How long a session lasts.
 *
 * @param idle without any request
 * @param absolute in any case
 */
public record SessionLimits(Duration idle, Duration absolute) {
    public static final SessionLimits DEFAULT = new SessionLimits(Duration.ofHours(12), Duration.ofDays(7));
}
