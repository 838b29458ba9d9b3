package dev.holdfast.control.config;

import dev.holdfast.control.hook.HookConfig;
import dev.holdfast.control.notify.Notifications;
import dev.holdfast.control.retention.RetentionConfig;
import dev.holdfast.control.schedule.ScheduleConfig;
import dev.holdfast.control.schedule.Schedules;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * What the service does with a stack by itself.
 *
 * @param schedules when it is backed up
 * @param retention what is kept
 * @param hooks what runs before and after
 * @param notifications who is told what
 * @param retry what happens after a failure that may pass
 * @param stalledAfter how long a run may make no progress before it is ended
 * @param appVersion version of the application, noted on every snapshot; may be empty
 */
public record StackPolicies(
        Schedules schedules,
        RetentionConfig retention,
        List<HookConfig> hooks,
        Notifications notifications,
        RetryConfig retry,
        Duration stalledAfter,
        Optional<String> appVersion) {
    public static final Duration DEFAULT_STALLED_AFTER = Duration.ofMinutes(30);

    public StackPolicies {
        hooks = List.copyOf(hooks);
    }

    /** Every night at two, kept for thirty days. */
    public static StackPolicies standard(ZoneId zone) {
        return new StackPolicies(
                Schedules.of(ScheduleConfig.daily(zone)),
                RetentionConfig.standard(zone),
                List.of(),
                Notifications.NONE,
                RetryConfig.STANDARD,
                DEFAULT_STALLED_AFTER,
                Optional.empty());
    }
}
