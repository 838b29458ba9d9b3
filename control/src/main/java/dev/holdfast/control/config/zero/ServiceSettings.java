package dev.holdfast.control.config.zero;

import java.time.Duration;
import java.time.ZoneId;

/**
 * What the environment says about the service itself.
 *
 * @param zone its time zone, of {@code TZ} or of the machine
 * @param backupOnStart whether the first backup is made at once
 * @param waitForDatabase how long to wait for a database that is still starting
 */
public record ServiceSettings(ZoneId zone, boolean backupOnStart, Duration waitForDatabase) {
    public static final Duration DEFAULT_WAIT = Duration.ofMinutes(5);
}
