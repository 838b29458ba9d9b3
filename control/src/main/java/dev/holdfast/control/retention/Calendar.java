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
import java.util.function.UnaryOperator;

/** How time is divided for a rule. */
enum Calendar {
    HOURS(Rule.HOURLY, "uuuu-MM-dd'T'HH", time -> time.truncatedTo(ChronoUnit.HOURS)),
    DAYS(Rule.DAILY, "uuuu-MM-dd", time -> time.truncatedTo(ChronoUnit.DAYS)),
    WEEKS(
            Rule.WEEKLY,
            "YYYY-'W'ww",
            time -> time.truncatedTo(ChronoUnit.DAYS).with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))),
    MONTHS(Rule.MONTHLY, "uuuu-MM", time -> time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1)),
    YEARS(Rule.YEARLY, "uuuu", time -> time.truncatedTo(ChronoUnit.DAYS).withDayOfYear(1));

    private final Rule rule;
    private final DateTimeFormatter format;
    private final UnaryOperator<ZonedDateTime> start;

    Calendar(Rule rule, String pattern, UnaryOperator<ZonedDateTime> start) {
        this.rule = rule;
        // weeks begin on Monday there, and the first is the one with 4 January, as ISO 8601 has it
        this.format = DateTimeFormatter.ofPattern(pattern, Locale.UK);
        this.start = start;
    }

    Rule rule() {
        return rule;
    }

    /** The beginning of the hour, day and so on in which a moment lies. */
    Instant period(Instant moment, ZoneId zone) {
        return start.apply(moment.atZone(zone)).toInstant();
    }

    /** For people: {@code 2026-W47}. */
    String shown(Instant moment, ZoneId zone) {
        return format.format(moment.atZone(zone));
    }
}
