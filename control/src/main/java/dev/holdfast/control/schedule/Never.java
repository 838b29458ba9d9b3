package dev.holdfast.control.schedule;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** No moment at all. */
record Never() implements Rule {
    @Override
    public Optional<Instant> next(Instant after, ZoneId zone) {
        return Optional.empty();
    }

    @Override
    public Optional<Instant> previous(Instant before, ZoneId zone) {
        return Optional.empty();
    }
}
