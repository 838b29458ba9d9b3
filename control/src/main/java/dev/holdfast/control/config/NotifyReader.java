package dev.holdfast.control.config;

import dev.holdfast.control.config.Problems.Stop;
import dev.holdfast.control.notify.AlarmLimits;
import dev.holdfast.control.notify.DigestConfig;
import dev.holdfast.control.notify.NoticeKind;
import dev.holdfast.control.notify.Notifications;
import dev.holdfast.control.notify.NotifyConfig;
import dev.holdfast.control.notify.Route;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads who is told what. */
final class NotifyReader {
    private static final String KEY = "notify";
    private static final List<String> KEYS = List.of("channels", "routes", "remind", "digest", "alarms");
    private static final List<String> ALARM_KEYS =
            List.of("storage", "copy-behind", "expiry", "shrunk-percent", "shrunk-rows", "shrunk-bytes");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final List<NoticeKind> EVENTS =
            List.copyOf(EnumSet.complementOf(EnumSet.of(NoticeKind.DIGEST, NoticeKind.TEST)));

    private NotifyReader() {}

    static Notifications read(Section file, ZoneId zone) {
        if (!file.has(KEY)) {
            return Notifications.NONE;
        }
        Section section = file.section(KEY, Example.NOTIFY).only(KEYS, Example.NOTIFY);
        List<NotifyConfig> channels =
                section.has("channels") ? ChannelReader.read(section.section("channels", Example.CHANNEL)) : List.of();
        List<Route> routes = section.sections("routes", "channels", Example.ROUTES).stream()
                .flatMap(route -> route.attempt(() -> route(route)).stream())
                .toList();
        Optional<Duration> reminder = section.span("remind", MINUTE, LONGEST, "for example: remind: 24h");
        Optional<DigestConfig> digest = section.has("digest")
                ? Optional.of(digest(section.section("digest", Example.DIGEST), zone))
                : Optional.empty();
        AlarmLimits alarms =
                section.has("alarms") ? alarms(section.section("alarms", Example.ALARMS)) : AlarmLimits.USUAL;
        return section.made("channels", () -> new Notifications(channels, routes, reminder, digest, alarms));
    }

    private static Route route(Section section) {
        section.only(List.of("channels", "events"), Example.ROUTES);
        return new Route(channels(section, Example.ROUTES), events(section));
    }

    /** One name, or a list of them. */
    private static List<String> channels(Section section, String example) {
        List<String> names = section.isList("channels")
                ? section.texts("channels", example)
                : section.text("channels", example).stream().toList();
        if (names.isEmpty()) {
            throw section.missing("channels", example);
        }
        return names;
    }

    private static Set<NoticeKind> events(Section section) {
        if (!section.has("events")) {
            return NoticeKind.USUAL;
        }
        if (!section.isList("events")) {
            String text = section.requiredText("events", Example.ROUTES);
            return text.equals("all")
                    ? Set.copyOf(EVENTS)
                    : Set.of(section.choiceIn("events", text, EVENTS, NoticeKind::label, Example.ROUTES));
        }
        Set<NoticeKind> events = EnumSet.noneOf(NoticeKind.class);
        for (String text : section.texts("events", Example.ROUTES)) {
            events.add(section.choiceIn("events", text, EVENTS, NoticeKind::label, Example.ROUTES));
        }
        if (events.isEmpty()) {
            throw new Stop(section.line("events"), "'" + section.path() + ".events' is empty", Example.ROUTES);
        }
        return events;
    }

    private static DigestConfig digest(Section section, ZoneId zone) {
        section.only(List.of("channels", "day", "at", "zone"), Example.DIGEST);
        return new DigestConfig(
                channels(section, Example.DIGEST),
                section.text("day", Example.DIGEST).map(text -> day(section, text)),
                section.text("at", Example.DIGEST)
                        .map(text -> time(section, text))
                        .orElse(DigestConfig.USUAL_TIME),
                ScheduleReader.zone(section).orElse(zone));
    }

    private static DayOfWeek day(Section section, String text) {
        return section.choiceIn(
                "day",
                text.toLowerCase(Locale.ROOT),
                List.of(DayOfWeek.values()),
                day -> day.name().toLowerCase(Locale.ROOT),
                Example.DIGEST);
    }

    private static LocalTime time(Section section, String text) {
        try {
            return LocalTime.parse(text);
        } catch (DateTimeException e) {
            throw new Stop(
                    section.line("at"),
                    "'" + section.path() + ".at' is '" + text + "'; expected a time such as 08:00",
                    Example.DIGEST);
        }
    }

    private static AlarmLimits alarms(Section section) {
        section.only(ALARM_KEYS, Example.ALARMS);
        AlarmLimits usual = AlarmLimits.USUAL;
        ByteSize none = new ByteSize(0);
        ByteSize most = new ByteSize(Long.MAX_VALUE);
        return new AlarmLimits(
                section.has("storage")
                        ? Optional.of(section.size("storage", new ByteSize(1), most, ByteSize.mebibytes(500_000)))
                        : usual.storage(),
                section.span("copy-behind", Duration.ZERO, LONGEST, "copy-behind: 6h")
                        .orElse(usual.behind()),
                section.span("expiry", Duration.ZERO, LONGEST, "expiry: 21d").orElse(usual.expiry()),
                section.whole("shrunk-percent", 1, 100, usual.shrunkPercent()),
                section.whole("shrunk-rows", 0, Integer.MAX_VALUE, Math.toIntExact(usual.shrunkRows())),
                section.size("shrunk-bytes", none, most, usual.shrunkBytes()));
    }
}
