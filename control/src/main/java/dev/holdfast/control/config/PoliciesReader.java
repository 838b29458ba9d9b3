package dev.holdfast.control.config;

import dev.holdfast.control.config.Problems.Stop;
import dev.holdfast.control.hook.HookConfig;
import dev.holdfast.control.notify.Notifications;
import dev.holdfast.control.retention.RetentionConfig;
import dev.holdfast.control.schedule.Schedules;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** Reads what the service does with a stack by itself. */
final class PoliciesReader {
    /** The keys it reads, all of the file itself. */
    static final List<String> KEYS =
            List.of("zone", "schedule", "retention", "hooks", "notify", "retry", "stalled-after", "app-version");

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration DAY = Duration.ofDays(1);

    private PoliciesReader() {}

    static StackPolicies read(Section file) {
        ZoneId zone = file.attempt(() -> ScheduleReader.zone(file))
                .flatMap(read -> read)
                .orElseGet(() -> file.environment().zone());
        Optional<Schedules> schedules = file.attempt(() -> ScheduleReader.read(file, zone));
        Optional<RetentionConfig> retention = file.attempt(() -> RetentionReader.read(file, zone));
        List<HookConfig> hooks = file.attempt(() -> HooksReader.read(file)).orElse(List.of());
        Optional<Notifications> notifications = file.attempt(() -> NotifyReader.read(file, zone));
        Optional<RetryConfig> retry = file.attempt(() -> retry(file));
        Duration stalledAfter = file.attempt(
                        () -> file.span("stalled-after", MINUTE, DAY.multipliedBy(7), Example.STALLED_AFTER))
                .flatMap(read -> read)
                .orElse(StackPolicies.DEFAULT_STALLED_AFTER);
        Optional<String> appVersion = file.attempt(() -> file.text("app-version", Example.APP_VERSION))
                .flatMap(read -> read);
        return new StackPolicies(
                schedules.orElse(Schedules.NONE),
                retention.orElseGet(() -> RetentionConfig.standard(zone)),
                hooks,
                notifications.orElse(Notifications.NONE),
                retry.orElse(RetryConfig.STANDARD),
                stalledAfter,
                appVersion.filter(version -> !version.isBlank()));
    }

    private static RetryConfig retry(Section file) {
        if (!file.has("retry")) {
            return RetryConfig.STANDARD;
        }
        RetryConfig usual = RetryConfig.STANDARD;
        Section section =
                file.section("retry", Example.RETRY).only(List.of("attempts", "wait", "longest-wait"), Example.RETRY);
        Duration wait = section.span("wait", SECOND, DAY, "wait: 1m").orElse(usual.firstWait());
        Optional<Duration> longest = section.span("longest-wait", SECOND, DAY, "longest-wait: 1h");
        if (longest.isPresent() && longest.get().compareTo(wait) < 0) {
            throw new Stop(
                    section.line("longest-wait"), "'retry.longest-wait' is shorter than 'retry.wait'", Example.RETRY);
        }
        return new RetryConfig(
                section.whole("attempts", 0, RetryConfig.MAX_ATTEMPTS, usual.attempts()),
                wait,
                longest.orElse(usual.longestWait().compareTo(wait) < 0 ? wait : usual.longestWait()));
    }
}
