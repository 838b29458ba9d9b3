package dev.holdfast.control.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When a message that could not be delivered is tried again. */
final class RetryTimes {
    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration LIFE = Duration.ofDays(1);

    /** That a run began is of no use to a monitor once the run ends. */
    private static final Duration LIFE_OF_START = Duration.ofMinutes(2);

    private RetryTimes() {}

    /** When to try again; empty if it is to be given up. */
    static Optional<Instant> next(DeliveryTable.Claimed one, Optional<Duration> asked, Instant now) {
        Duration wait = asked.filter(pause -> pause.compareTo(backOff(one.attempt())) > 0)
                .orElse(backOff(one.attempt()));
        Instant due = now.plus(wait);
        return due.isAfter(one.created().plus(life(one.content()))) ? Optional.empty() : Optional.of(due);
    }

    /** Ten seconds, and three times as long each time. */
    private static Duration backOff(int attempt) {
        double factor = Math.pow(3, Math.min(attempt, 20) - 1.0);
        double millis = Math.min(FIRST.toMillis() * factor, (double) LONGEST.toMillis());
        return Duration.ofMillis((long) millis);
    }

    private static Duration life(DeliveryTable.Content content) {
        return content instanceof DeliveryTable.Content.OfSignal(Signal signal)
                        && signal.moment() == Signal.Moment.START
                ? LIFE_OF_START
                : LIFE;
    }
}
