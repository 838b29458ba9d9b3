package dev.holdfast.control.config;

import dev.holdfast.control.schedule.Schedule;
import dev.holdfast.control.schedule.ScheduleConfig;
import dev.holdfast.control.schedule.ScheduleConfig.CatchUp;
import dev.holdfast.control.schedule.Schedules;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** Reads when a stack is due. */
final class ScheduleReader {
    private static final String KEY = "schedule";
    private static final String AT = "at";
    private static final String ZONE = "zone";
    private static final List<String> KEYS = List.of(AT, ZONE, "jitter", "catch-up");
    private static final Duration MOST_JITTER = Duration.ofDays(1);

    private ScheduleReader() {}

    /** A time zone that a map names. */
    static Optional<ZoneId> zone(Section section) {
        return section.text(ZONE, Example.ZONE).map(name -> section.made(ZONE, () -> Schedule.zone(name)));
    }

    static Schedules read(Section file, ZoneId zone) {
        return file.has(KEY)
                ? new Schedules(file.sections(KEY, AT, Example.SCHEDULE).stream()
                        .flatMap(section -> section.attempt(() -> config(section, zone)).stream())
                        .toList())
                : Schedules.of(ScheduleConfig.daily(zone));
    }

    private static ScheduleConfig config(Section section, ZoneId zone) {
        section.only(KEYS, Example.SCHEDULE);
        String text = section.requiredText(AT, Example.SCHEDULE);
        ZoneId own = zone(section).orElse(zone);
        return new ScheduleConfig(
                section.made(AT, () -> Schedule.parse(text, own)),
                section.span("jitter", Duration.ZERO, MOST_JITTER, "jitter: 15m")
                        .orElse(Duration.ZERO),
                section.flag("catch-up", true) ? CatchUp.RUN : CatchUp.REPORT);
    }
}
