package dev.holdfast.control.stack;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What is known about a snapshot beyond that it was captured, each with when it was seen last.
 *
 * @param copies how many destinations hold all of it, as far as is known
 * @param destinations how many should
 * @param intact all its data was read again and is sound
 * @param restored it was restored
 * @param matched it was compared with live data or a copy, and equal
 * @param complete everything that its databases refer to is in it
 */
public record Assurance(
        int copies,
        int destinations,
        Optional<Instant> intact,
        Optional<Instant> restored,
        Optional<Instant> matched,
        Optional<Instant> complete) {

    /** The steps of the ladder, lowest first. */
    public enum Step {
        CAPTURED,
        COPIED,
        INTACT,
        RESTORED,
        MATCHED,
        COMPLETE;

        /** As people see it, for example {@code intact}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether it has reached a step, on its own, whatever the steps below. */
    public boolean reached(Step step) {
        return switch (step) {
            case CAPTURED -> true;
            case COPIED -> destinations > 0 && copies >= destinations;
            case INTACT -> intact.isPresent();
            case RESTORED -> restored.isPresent();
            case MATCHED -> matched.isPresent();
            case COMPLETE -> complete.isPresent();
        };
    }
}
