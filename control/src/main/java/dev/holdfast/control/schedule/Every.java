package dev.holdfast.control.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;

/**
 * One moment after the other at the same distance of real time, counted from the zone's midnight of 1 January 1970: so that
 * neither a restart nor a second server moves them.
 *
 * @param distance whole seconds, at least one
 */
record Every(Duration distance) implements Rule {
    private static final LocalDateTime ORIGIN = LocalDateTime.of(1970, 1, 1, 0, 0);

    @Override
    public Optional<Instant> next(Instant after, ZoneId zone) {
        return Optional.of(moment(Math.floorDiv(seconds(after, zone), distance.toSeconds()) + 1, zone));
    }

    @Override
    public Optional<Instant> previous(Instant before, ZoneId zone) {
        long seconds = seconds(before.plusNanos(999_999_999), zone);
        return Optional.of(moment(Math.ceilDiv(seconds, distance.toSeconds()) - 1, zone));
    }

    private static long seconds(Instant moment, ZoneId zone) {
        return moment.getEpochSecond() - origin(zone);
    }

    private Instant moment(long count, ZoneId zone) {
        return Instant.ofEpochSecond(origin(zone) + count * distance.toSeconds());
    }

    private static long origin(ZoneId zone) {
        return ORIGIN.atZone(zone).toEpochSecond();
    }
}
