package dev.holdfast.control.notify;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Optional;

/**
 * When a summary is sent, and to whom.
 *
 * @param channels names of channels, at least one
 * @param day the day of the week; empty for every day
 * @param at the time of day
 * @param zone whose time that is
 */
public record DigestConfig(List<String> channels, Optional<DayOfWeek> day, LocalTime at, ZoneId zone) {
    public static final LocalTime USUAL_TIME = LocalTime.of(8, 0);

    public DigestConfig {
        channels = List.copyOf(channels);
    }

    /** The last moment, not after a given one, at which a digest was due. */
    Instant lastDue(Instant now) {
        LocalDateTime local = LocalDateTime.ofInstant(now, zone);
        LocalDate date = day.map(weekday -> local.toLocalDate().with(TemporalAdjusters.previousOrSame(weekday)))
                .orElse(local.toLocalDate());
        Instant due = at(date);
        return due.isAfter(now) ? at(date.minus(period())) : due;
    }

    /** From when on a digest tells. */
    Instant begin(Instant due) {
        return at(LocalDate.ofInstant(due, zone).minus(period()));
    }

    private Period period() {
        return Period.ofDays(day.isPresent() ? 7 : 1);
    }

    /** A time that a change of the clocks leaves out is the next one there is. */
    private Instant at(LocalDate date) {
        return ZonedDateTime.of(date, at, zone).toInstant();
    }
}
