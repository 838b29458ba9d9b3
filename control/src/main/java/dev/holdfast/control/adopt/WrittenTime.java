package dev.holdfast.control.adopt;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A time as it stands in a name. What can be read in two ways, such as 03-04-2025, is none.
 *
 * @param begin where it begins in the text
 * @param end where it ends
 * @param from the first moment that it can mean
 * @param until the first moment that it cannot mean any more; {@code from} if it means that moment
 */
record WrittenTime(int begin, int end, Instant from, Instant until) {
    private static final int OLDEST_YEAR = 1996;
    private static final int LAST_YEAR = 2199;
    private static final Pattern LONG = Pattern.compile(
            "(?<!\\d)(\\d{4})-(\\d\\d)-(\\d\\d)[T_ -](\\d\\d)[:._-]?(\\d\\d)(?:[:._-]?(\\d\\d))?(Z|[+-]\\d\\d:?\\d\\d)?(?!\\d)");
    private static final Pattern OFFSET = Pattern.compile("Z|[+-](?:0\\d|1[0-4]):?(?:00|15|30|45)");
    private static final Pattern SHORT =
            Pattern.compile("(?<!\\d)(\\d{4})(\\d\\d)(\\d\\d)[T_-]?(\\d\\d)(\\d\\d)(\\d\\d)?(Z|[+-]\\d{4})?(?!\\d)");
    private static final Pattern DAY = Pattern.compile("(?<!\\d)(\\d{4})([-._])(\\d\\d)\\2(\\d\\d)(?!\\d)");
    private static final Pattern SHORT_DAY = Pattern.compile("(?<!\\d)(\\d{4})(\\d\\d)(\\d\\d)(?!\\d)");
    private static final Pattern SECONDS = Pattern.compile("(?<!\\d)(1\\d{9})(?!\\d)");
    private static final Pattern SIX = Pattern.compile("(?<!\\d)(\\d{4})(\\d\\d)$");

    /** Whether it means one moment, and not a span such as a day. */
    boolean isExact() {
        return from.equals(until);
    }

    /** Whether two can mean one moment. */
    boolean overlaps(WrittenTime other) {
        if (isExact()) {
            return other.isExact() ? from.equals(other.from) : other.covers(from);
        }
        return other.isExact() ? covers(other.from) : from.isBefore(other.until) && other.from.isBefore(until);
    }

    boolean covers(Instant moment) {
        return !moment.isBefore(from) && moment.isBefore(until);
    }

    /** The last one in a text: what is before it is a name. */
    static Optional<WrittenTime> last(String text, ZoneId zone) {
        List<WrittenTime> found = new ArrayList<>();
        find(LONG, text, match -> exact(match, zone), found);
        find(SHORT, text, match -> exact(match, zone), found);
        find(DAY, text, match -> day(match, number(match, 1), number(match, 3), number(match, 4), zone), found);
        find(SHORT_DAY, text, match -> day(match, number(match, 1), number(match, 2), number(match, 3), zone), found);
        find(SECONDS, text, WrittenTime::seconds, found);
        return found.stream()
                .max(Comparator.comparingInt(WrittenTime::end)
                        .thenComparing(WrittenTime::begin, Comparator.reverseOrder()));
    }

    /** A whole text that is a time. */
    static Optional<WrittenTime> whole(String text, ZoneId zone) {
        return last(text, zone).filter(time -> time.begin == 0 && time.end == text.length());
    }

    /** A week at the end of a text, as {@code 202503}. */
    static Optional<WrittenTime> week(String text, ZoneId zone) {
        return six(text, (match, year, week) -> {
            LocalDate monday = LocalDate.of(year, 1, 4)
                    .with(IsoFields.WEEK_OF_WEEK_BASED_YEAR, week)
                    .with(DayOfWeek.MONDAY);
            return span(match, monday, monday.plusWeeks(1), zone);
        });
    }

    /** A month at the end of a text, as {@code 202501}. */
    static Optional<WrittenTime> month(String text, ZoneId zone) {
        return six(text, (match, year, month) -> {
            LocalDate first = LocalDate.of(year, month, 1);
            return span(match, first, first.plusMonths(1), zone);
        });
    }

    private interface OfTwo {
        WrittenTime time(MatchResult match, int year, int number);
    }

    private static Optional<WrittenTime> six(String text, OfTwo maker) {
        List<WrittenTime> found = new ArrayList<>();
        find(SIX, text, match -> maker.time(match, number(match, 1), number(match, 2)), found);
        return found.stream().findFirst();
    }

    private interface Maker {
        WrittenTime time(MatchResult match);
    }

    /** What looks like a time and is none, such as the 30th of February, is passed over. */
    private static void find(Pattern pattern, String text, Maker maker, List<WrittenTime> found) {
        pattern.matcher(text).results().forEach(match -> {
            try {
                WrittenTime time = maker.time(match);
                int year = time.from.atZone(ZoneOffset.UTC).getYear();
                if (year >= OLDEST_YEAR && year <= LAST_YEAR) {
                    found.add(time);
                }
            } catch (DateTimeException e) {
                // digits that mean something else
            }
        });
    }

    private static WrittenTime exact(MatchResult match, ZoneId zone) {
        LocalDateTime local = LocalDateTime.of(
                number(match, 1),
                number(match, 2),
                number(match, 3),
                number(match, 4),
                number(match, 5),
                match.group(6) == null ? 0 : number(match, 6));
        Optional<ZoneOffset> offset = offset(match.group(7));
        Instant moment = offset.map(known -> OffsetDateTime.of(local, known).toInstant())
                .orElseGet(() -> local.atZone(zone).toInstant());
        int end = match.group(7) == null || offset.isPresent() ? match.end() : match.start(7);
        return new WrittenTime(match.start(), end, moment, moment);
    }

    /** Digits that no zone has are a number of the tool, such as in {@code 2025-01-15_02-00-00-4711}. */
    private static Optional<ZoneOffset> offset(@Nullable String text) {
        if (text == null || !OFFSET.matcher(text).matches()) {
            return Optional.empty();
        }
        return Optional.of(ZoneOffset.of(text));
    }

    private static WrittenTime day(MatchResult match, int year, int month, int day, ZoneId zone) {
        LocalDate date = LocalDate.of(year, month, day);
        return span(match, date, date.plusDays(1), zone);
    }

    private static WrittenTime seconds(MatchResult match) {
        Instant moment = Instant.ofEpochSecond(Long.parseLong(match.group(1)));
        return new WrittenTime(match.start(), match.end(), moment, moment);
    }

    private static WrittenTime span(MatchResult match, LocalDate from, LocalDate until, ZoneId zone) {
        return new WrittenTime(
                match.start(),
                match.end(),
                from.atStartOfDay(zone).toInstant(),
                until.atStartOfDay(zone).toInstant());
    }

    private static int number(MatchResult match, int group) {
        return Integer.parseInt(match.group(group));
    }
}
