package dev.holdfast.control.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    /** Ordinary ones, half-hour shifts, shifts at midnight, a skipped day, none at all. */
    private static final List<String> ZONES = List.of(
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "America/Santiago",
            "Asia/Beirut",
            "Asia/Kathmandu",
            "Africa/Casablanca");

    private static Instant at(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    private static List<String> nexts(String text, ZoneId zone, String from, int count) {
        Schedule schedule = Schedule.parse(text, zone);
        List<String> moments = new ArrayList<>();
        Instant moment = at(from);
        for (int i = 0; i < count; i++) {
            moment = schedule.next(moment).orElseThrow();
            moments.add(moment.atZone(schedule.zone()).toOffsetDateTime().toString());
        }
        return moments;
    }

    private static String refused(String text) {
        Invalid refused = catchThrowableOfType(Invalid.class, () -> Schedule.parse(text, ZoneOffset.UTC));
        assertThat(refused.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID);
        assertThat(refused.hint()).isEqualTo(Schedule.EXAMPLES);
        return refused.getMessage();
    }

    @Test
    void a_night_at_two_is_two_by_the_clock_on_the_wall_in_summer_and_in_winter() {
        assertThat(nexts("0 2 * * *", BERLIN, "2026-06-30T23:00:00Z", 1)).containsExactly("2026-07-01T02:00+02:00");
        assertThat(nexts("0 2 * * *", BERLIN, "2026-11-20T01:00:00Z", 2))
                .containsExactly("2026-11-21T02:00+01:00", "2026-11-22T02:00+01:00");
    }

    @Test
    void a_time_that_the_clock_jumps_over_runs_once_at_the_shift() {
        assertThat(nexts("30 2 * * *", BERLIN, "2026-03-28T02:00:00+01:00", 3))
                .containsExactly("2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
        assertThat(nexts("*/20 2 * * *", BERLIN, "2026-03-29T00:00:00+01:00", 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00");
        assertThat(nexts("0 2,3 * * *", BERLIN, "2026-03-29T00:00:00+01:00", 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00");
    }

    @Test
    void a_time_that_comes_twice_runs_the_first_time() {
        assertThat(nexts("30 2 * * *", BERLIN, "2026-10-24T12:00:00+02:00", 2))
                .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
        assertThat(nexts("*/20 2 * * *", BERLIN, "2026-10-25T00:00:00+02:00", 4))
                .containsExactly(
                        "2026-10-25T02:00+02:00",
                        "2026-10-25T02:20+02:00",
                        "2026-10-25T02:40+02:00",
                        "2026-10-26T02:00+01:00");
        assertThat(Schedule.parse("30 2 * * *", BERLIN).previous(at("2026-10-25T02:40:00+01:00")))
                .contains(at("2026-10-25T02:30:00+02:00"));
        assertThat(Schedule.parse("30 2 * * *", BERLIN).previous(at("2026-10-25T02:00:00+01:00")))
                .contains(at("2026-10-25T02:30:00+02:00"));
    }

    @Test
    void a_schedule_for_every_hour_leaves_no_hour_out_and_puts_none_in() {
        assertThat(nexts("0 * * * *", BERLIN, "2026-10-25T00:30:00+02:00", 4))
                .containsExactly(
                        "2026-10-25T01:00+02:00",
                        "2026-10-25T02:00+02:00",
                        "2026-10-25T02:00+01:00",
                        "2026-10-25T03:00+01:00");
        assertThat(nexts("30 * * * *", BERLIN, "2026-03-29T00:00:00+01:00", 3))
                .containsExactly("2026-03-29T00:30+01:00", "2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00");
    }

    @Test
    void a_day_that_a_zone_left_out_runs_once_when_the_next_begins() {
        assertThat(nexts("0 12 * * *", ZoneId.of("Pacific/Apia"), "2011-12-29T00:00:00-10:00", 3))
                .containsExactly("2011-12-29T12:00-10:00", "2011-12-31T00:00+14:00", "2011-12-31T12:00+14:00");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            @hourly            | 2026-11-20T13:00Z
            @daily             | 2026-11-21T00:00Z
            @midnight          | 2026-11-21T00:00Z
            @weekly            | 2026-11-22T00:00Z
            @monthly           | 2026-12-01T00:00Z
            @yearly            | 2027-01-01T00:00Z
            @annually          | 2027-01-01T00:00Z
            @Daily             | 2026-11-21T00:00Z
            0 0 2 * * *        | 2026-11-21T02:00Z
            15 0 2 * * *       | 2026-11-21T02:00:15Z
            */15 * * * *       | 2026-11-20T12:15Z
            5/20 * * * *       | 2026-11-20T12:05Z
            0 8-18/5 * * *     | 2026-11-20T13:00Z
            0 2 * * sun        | 2026-11-22T02:00Z
            0 2 * * 7          | 2026-11-22T02:00Z
            0 2 * * 0          | 2026-11-22T02:00Z
            0 2 * * sat-sun    | 2026-11-21T02:00Z
            0 2 * * Mon-Fri    | 2026-11-23T02:00Z
            0 2 1 JAN *        | 2027-01-01T02:00Z
            0 2 1 jan,jul ?    | 2027-01-01T02:00Z
            0 2 13 * fri       | 2026-11-27T02:00Z
            0 0 29 2 *         | 2028-02-29T00:00Z
            0 0 */10 * mon     | 2026-12-21T00:00Z
            @every 6h          | 2026-11-20T18:00Z
            every 6h           | 2026-11-20T18:00Z
            every 90m          | 2026-11-20T13:30Z
            every 6 hours      | 2026-11-20T18:00Z
            every 1h30m        | 2026-11-20T13:30Z
            every 1d           | 2026-11-21T00:00Z
            CRON_TZ=Asia/Tokyo 0 2 * * * | 2026-11-20T17:00Z
            TZ=UTC @daily      | 2026-11-21T00:00Z
            """)
    void what_people_write_is_understood(String text, String next) {
        assertThat(Schedule.parse(text, ZoneOffset.UTC).next(at("2026-11-20T12:00:00Z")))
                .contains(at(next));
    }

    @Test
    void a_leap_day_on_a_weekday_is_found_over_a_year_without_one() {
        // the one before 2100, which has none
        assertThat(nexts("0 0 29 2 *", ZoneOffset.UTC, "2096-02-29T00:00:00Z", 1))
                .containsExactly("2104-02-29T00:00Z");
        assertThat(Schedule.parse("0 0 29 2 *", ZoneOffset.UTC).previous(at("2104-02-29T00:00:00Z")))
                .contains(at("2096-02-29T00:00:00Z"));
    }

    @Test
    void never_is_never() {
        Schedule never = Schedule.parse("never", BERLIN);

        assertThat(never.isNever()).isTrue();
        assertThat(never.next(Instant.EPOCH)).isEmpty();
        assertThat(never.previous(at("2026-11-20T12:00:00Z"))).isEmpty();
        assertThat(Schedule.parse("@daily", BERLIN).isNever()).isFalse();
    }

    @Test
    void what_is_due_at_the_same_distance_is_counted_from_a_midnight_and_keeps_its_distance_over_a_shift() {
        assertThat(nexts("every 6h", BERLIN, "2026-10-24T23:00:00+02:00", 3))
                .containsExactly("2026-10-25T01:00+02:00", "2026-10-25T06:00+01:00", "2026-10-25T12:00+01:00");
        assertThat(Schedule.parse("every 6h", BERLIN).previous(at("2026-10-25T06:00:00+01:00")))
                .contains(at("2026-10-25T01:00:00+02:00"));
        assertThat(Schedule.parse("every 6h", BERLIN).previous(at("2026-10-25T06:00:00.000000001+01:00")))
                .contains(at("2026-10-25T06:00:00+01:00"));
    }

    @Test
    void what_is_not_understood_is_told_with_what_was_expected() {
        assertThat(refused("61 * * * *"))
                .isEqualTo("the schedule '61 * * * *' is not understood: in '61' for the minute, '61' is none;"
                        + " expected 0 to 59");
        assertThat(refused("0 2 * * funday")).endsWith("'funday' is none; expected 0 to 7, or sun to sat");
        assertThat(refused("0 2 * foo *")).endsWith("'foo' is none; expected 1 to 12, or jan to dec");
        assertThat(refused("0 2"))
                .endsWith("it has 2 fields; expected five (minute, hour, day, month, day of the week), or six with"
                        + " seconds first");
        assertThat(refused("daily")).contains("it has 1 field; expected five");
        assertThat(refused("@dayly"))
                .endsWith("expected @hourly, @daily, @midnight, @weekly, @monthly, @yearly or @every");
        assertThat(refused("0 20-10 * * *"))
                .endsWith("in '20-10' for the hour, '20-10' ends before it begins; expected the smaller one first");
        assertThat(refused("*/0 * * * *")).endsWith("the step is '0'; expected 1 to 60");
        assertThat(refused("0 0 30 2 *")).endsWith("there is no such day in any year");
        assertThat(refused("every never"))
                .endsWith("'never' is no span of time; expected a whole number with one of the units s, m, h, d or w");
        assertThat(refused("every 0s")).contains("'0s' is no span of time");
        assertThat(refused("")).contains("it has 1 field");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 2 * * *,",
                ", * * * *",
                "1- * * * *",
                "-1 * * * *",
                "0 2 L * *",
                "0 2 * * 5#2",
                "1/ * * * *",
                "1/-2 * * * *",
                "99999999999 * * * *",
                "* * * * * * *",
                "*/x * * * *",
                "TZ=Mars/Olympus @daily",
                "0 24 * * *",
                "0 0 0 * *",
                "@every",
                "every -6h",
                "every 6",
                "every 99999999999h"
            })
    void nothing_else_is_taken(String text) {
        assertThat(catchThrowableOfType(Invalid.class, () -> Schedule.parse(text, BERLIN))
                        .code())
                .isEqualTo(ErrorCode.CONFIGURATION_INVALID);
    }

    @Test
    void jitter_is_below_its_bound_and_the_same_each_time() {
        ScheduleConfig schedule = new ScheduleConfig(
                Schedule.parse("0 2 * * *", BERLIN), Duration.ofMinutes(30), ScheduleConfig.CatchUp.RUN);
        TreeSet<Duration> delays = new TreeSet<>();
        for (int i = 0; i < 1000; i++) {
            delays.add(schedule.delay("stack" + i));
        }

        assertThat(delays.first()).isGreaterThanOrEqualTo(Duration.ZERO);
        assertThat(delays.last()).isLessThan(Duration.ofMinutes(30));
        assertThat(delays).hasSizeGreaterThan(500);
        Instant next = schedule.next("shop", at("2026-11-20T12:00:00Z")).orElseThrow();
        assertThat(next).isEqualTo(at("2026-11-21T02:00:00+01:00").plus(schedule.delay("shop")));
        assertThat(schedule.next("shop", next).orElseThrow()).isEqualTo(next.plus(Duration.ofDays(1)));
        assertThat(schedule.previous("shop", next).orElseThrow()).isEqualTo(next.minus(Duration.ofDays(1)));
        assertThat(schedule.next("shop", next.minusNanos(1))).contains(next);
    }

    @Test
    void several_schedules_are_due_whenever_one_is() {
        Schedules schedules = Schedules.of(
                ScheduleConfig.of(Schedule.parse("0 2 * * *", ZoneOffset.UTC)),
                ScheduleConfig.of(Schedule.parse("0 2,14 * * *", ZoneOffset.UTC)));

        Schedules.Due due = schedules.next("shop", at("2026-11-20T13:00:00Z")).orElseThrow();
        assertThat(due.at()).isEqualTo(at("2026-11-20T14:00:00Z"));
        assertThat(due.by()).isEqualTo(schedules.all().getLast());
        assertThat(schedules.next("shop", due.at()).orElseThrow().by())
                .isEqualTo(schedules.all().getFirst());
        assertThat(schedules.previous("shop", due.at()).orElseThrow().by())
                .isEqualTo(schedules.all().getFirst());
        assertThat(Schedules.NONE.next("shop", due.at())).isEmpty();
    }

    /** What the clock on the wall shows, minute by minute, against what the schedule says. */
    @Test
    void next_and_previous_agree_with_somebody_who_watches_the_clock() {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed * 0x9E3779B97F4A7C15L);
            ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
            String text = randomLine(random);
            Schedule schedule = Schedule.parse(text, zone);
            Instant start = nearAShift(zone, random);
            Instant end = start.plus(Duration.ofDays(5));
            List<Instant> expected = watched(text, zone, start, end);

            List<Instant> forwards = new ArrayList<>();
            schedule.next(start).filter(end::isAfter).ifPresent(forwards::add);
            while (!forwards.isEmpty()) {
                Instant next = schedule.next(forwards.getLast()).orElse(Instant.MAX);
                if (!next.isBefore(end)) {
                    break;
                }
                forwards.add(next);
            }
            List<Instant> backwards = new ArrayList<>();
            Instant moment = schedule.previous(end).orElse(Instant.MIN);
            while (moment.isAfter(start)) {
                backwards.addFirst(moment);
                moment = schedule.previous(moment).orElse(Instant.MIN);
            }

            assertThat(forwards)
                    .as("seed %d: %s in %s from %s", seed, text, zone, start)
                    .isEqualTo(expected);
            assertThat(backwards)
                    .as("seed %d: %s in %s to %s", seed, text, zone, end)
                    .isEqualTo(expected);
        }
    }

    private static String randomLine(Random random) {
        String[] minutes = {"*", "0", "30", "*/20", "5,45", "59", "10-12"};
        String[] hours = {"*", "2", "1-3", "*/2", "0", "0,23", "3", "*/7", "0-23"};
        String[] days = {"*", "*", "*", "1-15", "*/3", "28"};
        String[] weekdays = {"*", "*", "sun", "mon-fri", "6,0"};
        return minutes[random.nextInt(minutes.length)] + " " + hours[random.nextInt(hours.length)] + " "
                + days[random.nextInt(days.length)] + " * " + weekdays[random.nextInt(weekdays.length)];
    }

    private static Instant nearAShift(ZoneId zone, Random random) {
        Instant year = LocalDateTime.of(2000 + random.nextInt(40), 1 + random.nextInt(12), 1, 0, 0)
                .toInstant(ZoneOffset.UTC);
        ZoneOffsetTransition shift = zone.getRules().nextTransition(year);
        Instant near = shift == null ? year : shift.getInstant();
        return near.minus(Duration.ofMinutes(random.nextInt(3 * 24 * 60)));
    }

    /** Needs nothing of the code that is tested but reads the line by itself. */
    private static List<Instant> watched(String text, ZoneId zone, Instant start, Instant end) {
        Predicate<LocalDateTime> matches = line(text);
        boolean everyHour = text.split(" ")[1].equals("*") || text.split(" ")[1].equals("0-23");
        List<Instant> due = new ArrayList<>();
        for (Instant moment = start.plusSeconds(60); moment.isBefore(end); moment = moment.plusSeconds(60)) {
            LocalDateTime shown = LocalDateTime.ofInstant(moment, zone);
            boolean first = zone.getRules()
                    .getValidOffsets(shown)
                    .getFirst()
                    .equals(zone.getRules().getOffset(moment));
            ZoneOffsetTransition shift = zone.getRules().previousTransition(moment.plusNanos(1));
            boolean jumped =
                    shift != null && shift.isGap() && shift.getInstant().equals(moment) && anyIn(shift, matches);
            boolean named = matches.test(shown) && (everyHour || first);
            if (named || (!everyHour && jumped)) {
                due.add(moment);
            }
        }
        return due;
    }

    private static boolean anyIn(ZoneOffsetTransition gap, Predicate<LocalDateTime> matches) {
        for (LocalDateTime time = gap.getDateTimeBefore();
                time.isBefore(gap.getDateTimeAfter());
                time = time.plusMinutes(1)) {
            if (matches.test(time)) {
                return true;
            }
        }
        return false;
    }

    private static Predicate<LocalDateTime> line(String text) {
        String[] fields = text.split(" ");
        return time -> {
            boolean day = field(fields[2], time.getDayOfMonth(), 1);
            boolean weekday = weekday(fields[4], time.getDayOfWeek().getValue() % 7);
            boolean either = !fields[2].startsWith("*") && !fields[4].startsWith("*");
            return field(fields[0], time.getMinute(), 0)
                    && field(fields[1], time.getHour(), 0)
                    && (either ? day || weekday : day && weekday);
        };
    }

    private static boolean weekday(String field, int day) {
        return switch (field) {
            case "*" -> true;
            case "sun" -> day == 0;
            case "mon-fri" -> day >= 1 && day <= 5;
            case "6,0" -> day == 6 || day == 0;
            default -> throw new IllegalArgumentException(field);
        };
    }

    private static boolean field(String field, int value, int least) {
        if (field.equals("*")) {
            return true;
        }
        if (field.startsWith("*/")) {
            return (value - least) % Integer.parseInt(field.substring(2)) == 0;
        }
        if (field.contains("-")) {
            String[] ends = field.split("-");
            return value >= Integer.parseInt(ends[0]) && value <= Integer.parseInt(ends[1]);
        }
        return List.of(field.split(",")).contains(String.valueOf(value));
    }
}
