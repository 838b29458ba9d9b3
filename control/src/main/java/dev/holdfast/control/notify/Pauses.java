package dev.holdfast.control.notify;

import java.time.Duration;
import java.util.Optional;

/** How long a server asked to be left alone. */
final class Pauses {
    static final Duration LONGEST = Duration.ofDays(1);

    private Pauses() {}

    static Optional<Duration> ofSeconds(double seconds) {
        return seconds > 0
                ? Optional.of(
                        Duration.ofMillis((long) Math.min(Math.ceil(seconds * 1000), (double) LONGEST.toMillis())))
                : Optional.empty();
    }
}
