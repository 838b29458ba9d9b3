package dev.holdfast.control.config;

import dev.holdfast.control.config.Problems.Stop;
import dev.holdfast.control.retention.RetentionConfig;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.control.schedule.Schedule;
import dev.holdfast.control.schedule.ScheduleConfig;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;

/** Reads what is kept of a stack. */
final class RetentionReader {
    private static final String KEY = "retention";
    private static final String PRUNE = "prune";
    private static final List<String> RULES = List.of(
            "keep-days",
            "keep-last",
            "keep-within",
            "keep-hourly",
            "keep-daily",
            "keep-weekly",
            "keep-monthly",
            "keep-yearly");
    private static final List<String> KEYS = List.of(
            "keep-days",
            "keep-last",
            "keep-within",
            "keep-hourly",
            "keep-daily",
            "keep-weekly",
            "keep-monthly",
            "keep-yearly",
            "keep-minimum",
            "keep-labels",
            PRUNE);
    private static final int MOST = 100_000;

    private RetentionReader() {}

    static RetentionConfig read(Section file, ZoneId zone) {
        if (!file.has(KEY)) {
            return RetentionConfig.standard(zone);
        }
        Section section = file.section(KEY, Example.RETENTION).only(KEYS, Example.RETENTION);
        String prune = section.text(PRUNE, Example.PRUNE).orElse(RetentionConfig.DEFAULT_PRUNE);
        return new RetentionConfig(
                policy(section, zone), ScheduleConfig.of(section.made(PRUNE, () -> Schedule.parse(prune, zone))));
    }

    private static RetentionPolicy policy(Section section, ZoneId zone) {
        RetentionPolicy.Builder policy = RetentionPolicy.builder()
                .last(count(section, "keep-last"))
                .hourly(count(section, "keep-hourly"))
                .daily(count(section, "keep-daily"))
                .weekly(count(section, "keep-weekly"))
                .monthly(count(section, "keep-monthly"))
                .yearly(count(section, "keep-yearly"))
                .days(count(section, "keep-days"))
                .minimum(section.whole("keep-minimum", 1, MOST, RetentionPolicy.DEFAULT_MINIMUM))
                .labels(Set.copyOf(section.texts("keep-labels", Example.KEEP_LABELS)))
                .zone(zone);
        section.span("keep-within", Duration.ofSeconds(1), Duration.ofDays(36_525), "keep-within: 48h")
                .ifPresent(policy::within);
        RetentionPolicy read = policy.build();
        // most probably meant as "keep nothing else", which an absent key would not say either
        if (read.keepsEverything() && RULES.stream().anyMatch(section::has)) {
            throw new Stop(
                    section.line(),
                    "every rule of 'retention' is 0, by which everything would be kept",
                    "give one rule more than 0, or none at all to keep everything.");
        }
        return read;
    }

    private static int count(Section section, String key) {
        return section.whole(key, 0, MOST, 0);
    }
}
