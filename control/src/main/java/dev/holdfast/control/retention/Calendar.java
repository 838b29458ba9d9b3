package dev.holdfast.control.retention;

import dev.holdfast.control.retention.RetentionPlan.Rule;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;

/** How time is divided for a rule. */
enum Calendar {
    HOURS(Rule.HOURLY, "uuuu-MM-dd'T'HH"),
    DAYS(Rule.DAILY, "uuuu-MM-dd"),
    WEEKS(Rule.WEEKLY, "YYYY-'W'ww"),
    MONTHS(Rule.MONTHLY, "uuuu-MM"),
    YEARS(Rule.YEARLY, "uuuu");

    private final Rule rule;
    private final String pattern;

    Calendar(Rule rule, String pattern) {
        this.rule = rule;
        this.pattern = pattern;
    }

    Rule rule() {
        return rule;
    }

    /** The beginning of the hour, day and so on in which a moment lies. */
    Instant period(Instant moment, ZoneId zone) {
        ZonedDateTime time = moment.atZone(zone);
        ZonedDateTime day = time.truncatedTo(ChronoUnit.DAYS);
        return switch (this) {
            case HOURS -> time.truncatedTo(ChronoUnit.HOURS).toInstant();
            case DAYS -> day.toInstant();
            case WEEKS ->
                day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)).toInstant();
            case MONTHS -> day.withDayOfMonth(1).toInstant();
            case YEARS -> day.withDayOfYear(1).toInstant();
        };
    }

    /** For people: {@code 2026-W47}. */
    String shown(Instant moment, ZoneId zone) {
        // in that country weeks are as ISO 8601 has them: from Monday on, the first one with 4 January
        return DateTimeFormatter.ofPattern(pattern, Locale.UK).format(moment.atZone(zone));
    }
}
