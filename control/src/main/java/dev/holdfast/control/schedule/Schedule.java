package dev.holdfast.control.schedule;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The moments that a text names in a time zone: {@code 0 2 * * *}, {@code 30 0 2 * * mon-fri} (seconds first),
 * {@code @daily}, {@code every 6h} or {@code never}. Immutable; two are equal if their texts and zones are.
 */
public final class Schedule {
    /** What can be written, for messages. */
    public static final String EXAMPLES = "for example: '0 2 * * *' (every night at two), '30 1 * * mon-fri', @daily,"
            + " @hourly, @weekly, @monthly, every 6h, or never";

    private static final Map<String, String> NAMED = Map.of(
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");
    private static final Pattern EVERY = Pattern.compile("@?every\\s+(.*)", Pattern.CASE_INSENSITIVE);
    private static final Pattern ZONED = Pattern.compile("(?:CRON_)?TZ=(\\S+)\\s+(.*)");

    private final String text;
    private final ZoneId zone;
    private final Rule rule;

    private Schedule(String text, ZoneId zone, Rule rule) {
        this.text = text;
        this.zone = zone;
        this.rule = rule;
    }

    /**
     * @param zone where clocks show these times, unless the text itself says {@code TZ=}
     * @throws Invalid (CONFIGURATION_INVALID) if it is not understood, with what was expected
     */
    public static Schedule parse(String text, ZoneId zone) {
        String plain = text.strip().replaceAll("\\s+", " ");
        Matcher zoned = ZONED.matcher(plain);
        return zoned.matches()
                ? new Schedule(plain, zone(zoned.group(1)), rule(zoned.group(2), plain))
                : new Schedule(plain, zone, rule(plain, plain));
    }

    /**
     * A time zone by its name, such as {@code Europe/Berlin}.
     *
     * @throws Invalid (CONFIGURATION_INVALID) if there is none
     */
    public static ZoneId zone(String name) {
        try {
            return ZoneId.of(name.strip());
        } catch (DateTimeException e) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "there is no time zone '" + name + "'; expected a name such as Europe/Berlin, or UTC",
                    "for example: zone: Europe/Berlin",
                    e);
        }
    }

    private static Rule rule(String text, String whole) {
        Matcher every = EVERY.matcher(text);
        if (every.matches()) {
            return every(every.group(1), whole);
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.equals("never")) {
            return new Never();
        }
        try {
            if (text.startsWith("@") && !NAMED.containsKey(lower)) {
                throw new CronReader.Unreadable(
                        "expected @hourly, @daily, @midnight, @weekly, @monthly, @yearly or @every");
            }
            return CronReader.read(NAMED.getOrDefault(lower, text));
        } catch (CronReader.Unreadable e) {
            throw unreadable(whole, e.why());
        }
    }

    private static Rule every(String span, String whole) {
        return TimeSpan.parse(span)
                .filter(distance -> distance.compareTo(Duration.ofSeconds(1)) >= 0)
                .map(Every::new)
                .orElseThrow(() -> unreadable(
                        whole,
                        "'" + span + "' is no span of time; expected a whole number with one of the units "
                                + TimeSpan.UNITS));
    }

    private static Invalid unreadable(String text, String why) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID, "the schedule '" + text + "' is not understood: " + why, EXAMPLES);
    }

    /** The first moment later than another; empty if there is none. */
    public Optional<Instant> next(Instant after) {
        return rule.next(after, zone);
    }

    /** The last moment earlier than another; empty if there is none. */
    public Optional<Instant> previous(Instant before) {
        return rule.previous(before, zone);
    }

    /** Whether it names no moment at all. */
    public boolean isNever() {
        return rule instanceof Never;
    }

    /** As it was written. */
    public String text() {
        return text;
    }

    public ZoneId zone() {
        return zone;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Schedule that && text.equals(that.text) && zone.equals(that.zone);
    }

    @Override
    public int hashCode() {
        return text.hashCode() + 31 * zone.hashCode();
    }

    /** The text and the zone: {@code 0 2 * * * (Europe/Berlin)}. */
    @Override
    public String toString() {
        return text + " (" + zone + ")";
    }
}
