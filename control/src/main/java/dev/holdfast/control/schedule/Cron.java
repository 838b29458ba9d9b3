package dev.holdfast.control.schedule;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The moments that a crontab line names, one set of bits a field.
 *
 * <p>Where clocks are set, a line that names hours runs exactly once for every time it names: at the shift, if the clock
 * jumps over the time; the first time, if it comes twice. A line for every hour goes by what the clock shows, so that its
 * runs stay an hour (or whatever it says) apart.
 *
 * @param seconds bits 0 to 59
 * @param minutes bits 0 to 59
 * @param hours bits 0 to 23
 * @param days bits 1 to 31
 * @param months bits 1 to 12
 * @param weekdays bits 0 (Sunday) to 6
 * @param eitherDay whether a day need only be in one of {@code days} and {@code weekdays}
 */
record Cron(long seconds, long minutes, long hours, long days, long months, long weekdays, boolean eitherDay)
        implements Rule {
    /** The longest that 29 February on a certain weekday lets one wait, over a year without leap day. */
    private static final int MOST_YEARS = 40;

    private static final long EVERY_HOUR = (1L << 24) - 1;

    /** Whether there is any such day, ever. */
    boolean happens() {
        return dateFrom(LocalDate.of(2000, 1, 1)) != null;
    }

    @Override
    public Optional<Instant> next(Instant after, ZoneId zone) {
        return Optional.ofNullable(
                hours == EVERY_HOUR ? nextShown(after, zone.getRules()) : nextNamed(after, zone.getRules()));
    }

    @Override
    public Optional<Instant> previous(Instant before, ZoneId zone) {
        return Optional.ofNullable(
                hours == EVERY_HOUR ? previousShown(before, zone.getRules()) : previousNamed(before, zone.getRules()));
    }

    private @Nullable Instant nextNamed(Instant after, ZoneRules rules) {
        ZoneOffsetTransition shift = rules.previousTransition(after.plusNanos(1));
        LocalDateTime from = isRepeated(after, shift)
                ? shift.getDateTimeBefore()
                : LocalDateTime.ofInstant(after, rules.getOffset(after)).withNano(0);
        LocalDateTime local = from(from);
        while (local != null && !moment(local, rules).isAfter(after)) {
            local = from(local.plusSeconds(1));
        }
        return local == null ? null : moment(local, rules);
    }

    private @Nullable Instant previousNamed(Instant before, ZoneRules rules) {
        ZoneOffsetTransition shift = rules.previousTransition(before.plusNanos(1));
        LocalDateTime to = isRepeated(before, shift)
                ? shift.getDateTimeBefore()
                : LocalDateTime.ofInstant(before, rules.getOffset(before));
        LocalDateTime local = to(to.withNano(0));
        while (local != null && !moment(local, rules).isBefore(before)) {
            local = to(local.minusSeconds(1));
        }
        return local == null ? null : moment(local, rules);
    }

    /** Whether clocks show a time for the second time since they were set back. */
    private static boolean isRepeated(Instant moment, @Nullable ZoneOffsetTransition shift) {
        return shift != null
                && shift.isOverlap()
                && moment.isBefore(shift.getInstant().minus(shift.getDuration()));
    }

    /** When a clock shows a time, or the moment at which it jumps over it. */
    private static Instant moment(LocalDateTime local, ZoneRules rules) {
        ZoneOffsetTransition shift = rules.getTransition(local);
        return shift == null
                ? local.toInstant(rules.getOffset(local))
                : shift.isGap() ? shift.getInstant() : local.toInstant(shift.getOffsetBefore());
    }

    private @Nullable Instant nextShown(Instant after, ZoneRules rules) {
        Instant start = after.plusSeconds(1).truncatedTo(ChronoUnit.SECONDS);
        for (int shifts = 0; shifts < 3 * MOST_YEARS; shifts++) {
            ZoneOffset offset = rules.getOffset(start);
            LocalDateTime local = from(LocalDateTime.ofInstant(start, offset));
            ZoneOffsetTransition shift = rules.nextTransition(start);
            if (local != null && (shift == null || local.toInstant(offset).isBefore(shift.getInstant()))) {
                return local.toInstant(offset);
            }
            if (shift == null) {
                return null;
            }
            start = shift.getInstant();
        }
        return null;
    }

    private @Nullable Instant previousShown(Instant before, ZoneRules rules) {
        Instant end = before;
        for (int shifts = 0; shifts < 3 * MOST_YEARS; shifts++) {
            Instant last = end.minusNanos(1);
            ZoneOffset offset = rules.getOffset(last);
            LocalDateTime local = to(LocalDateTime.ofInstant(last, offset).withNano(0));
            ZoneOffsetTransition shift = rules.previousTransition(end);
            if (local != null && (shift == null || !local.toInstant(offset).isBefore(shift.getInstant()))) {
                return local.toInstant(offset);
            }
            if (shift == null) {
                return null;
            }
            end = shift.getInstant();
        }
        return null;
    }

    /** The first time that matches, not before another. */
    private @Nullable LocalDateTime from(LocalDateTime start) {
        LocalTime time = isDay(start.toLocalDate()) ? timeFrom(start.toLocalTime()) : null;
        if (time != null) {
            return start.toLocalDate().atTime(time);
        }
        LocalDate date = dateFrom(start.toLocalDate().plusDays(1));
        return date == null ? null : date.atTime(first(hours), first(minutes), first(seconds));
    }

    /** The last time that matches, not after another. */
    private @Nullable LocalDateTime to(LocalDateTime end) {
        LocalTime time = isDay(end.toLocalDate()) ? timeTo(end.toLocalTime()) : null;
        if (time != null) {
            return end.toLocalDate().atTime(time);
        }
        LocalDate date = dateTo(end.toLocalDate().minusDays(1));
        return date == null ? null : date.atTime(last(hours), last(minutes), last(seconds));
    }

    private @Nullable LocalDate dateFrom(LocalDate start) {
        LocalDate limit = start.plusYears(MOST_YEARS);
        LocalDate date = start;
        while (!isDay(date)) {
            date = has(months, date.getMonthValue())
                    ? date.plusDays(1)
                    : date.plusMonths(1).withDayOfMonth(1);
            if (date.isAfter(limit)) {
                return null;
            }
        }
        return date;
    }

    private @Nullable LocalDate dateTo(LocalDate end) {
        LocalDate limit = end.minusYears(MOST_YEARS);
        LocalDate date = end;
        while (!isDay(date)) {
            date = has(months, date.getMonthValue())
                    ? date.minusDays(1)
                    : date.withDayOfMonth(1).minusDays(1);
            if (date.isBefore(limit)) {
                return null;
            }
        }
        return date;
    }

    private boolean isDay(LocalDate date) {
        boolean day = has(days, date.getDayOfMonth());
        boolean weekday = has(weekdays, date.getDayOfWeek().getValue() % 7);
        return has(months, date.getMonthValue()) && (eitherDay ? day || weekday : day && weekday);
    }

    private @Nullable LocalTime timeFrom(LocalTime start) {
        int second = from(seconds, start.getSecond());
        int minute = from(minutes, start.getMinute() + (second < 0 ? 1 : 0));
        int hour = from(hours, start.getHour() + (minute < 0 ? 1 : 0));
        if (hour < 0) {
            return null;
        }
        boolean laterHour = hour > start.getHour();
        int exactMinute = laterHour ? first(minutes) : minute;
        boolean later = laterHour || exactMinute > start.getMinute();
        return LocalTime.of(hour, exactMinute, later ? first(seconds) : second);
    }

    private @Nullable LocalTime timeTo(LocalTime end) {
        int second = to(seconds, end.getSecond());
        int minute = to(minutes, end.getMinute() - (second < 0 ? 1 : 0));
        int hour = to(hours, end.getHour() - (minute < 0 ? 1 : 0));
        if (hour < 0) {
            return null;
        }
        boolean earlierHour = hour < end.getHour();
        int exactMinute = earlierHour ? last(minutes) : minute;
        boolean earlier = earlierHour || exactMinute < end.getMinute();
        return LocalTime.of(hour, exactMinute, earlier ? last(seconds) : second);
    }

    private static boolean has(long bits, int value) {
        return (bits >>> value & 1) == 1;
    }

    private static int first(long bits) {
        return Long.numberOfTrailingZeros(bits);
    }

    private static int last(long bits) {
        return 63 - Long.numberOfLeadingZeros(bits);
    }

    /** The lowest bit from a value on, or -1. */
    private static int from(long bits, int value) {
        long left = bits >>> value << value;
        return left == 0 ? -1 : first(left);
    }

    /** The highest bit up to a value, or -1. */
    private static int to(long bits, int value) {
        long left = value < 0 ? 0 : bits & (-1L >>> (63 - value));
        return left == 0 ? -1 : last(left);
    }
}
