package dev.holdfast.control.config.zero;

import dev.holdfast.control.config.RetryConfig;
import dev.holdfast.control.config.S3Place;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.config.StackPolicies;
import dev.holdfast.control.hook.HookAction;
import dev.holdfast.control.hook.HookConfig;
import dev.holdfast.control.hook.HookConfig.OnFailure;
import dev.holdfast.control.hook.HookConfig.When;
import dev.holdfast.control.hook.HookPoint;
import dev.holdfast.control.retention.RetentionConfig;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.control.schedule.Schedule;
import dev.holdfast.control.schedule.ScheduleConfig;
import dev.holdfast.control.schedule.ScheduleConfig.CatchUp;
import dev.holdfast.control.schedule.Schedules;
import dev.holdfast.control.schedule.TimeSpan;
import dev.holdfast.engine.error.HoldfastException;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** When, how long and with whom beside: what environment variables say about it. For one thread. */
final class Policies {
    private static final int MOST = 100_000;

    private final Variables variables;
    private final ZoneId zone;

    Policies(Variables variables, ZoneId zone) {
        this.variables = variables;
        this.zone = zone;
    }

    StackPolicies read() {
        return new StackPolicies(
                Schedules.of(schedule()),
                RetentionConfig.of(retention(), zone),
                hooks(),
                new Channels(variables).read(),
                RetryConfig.STANDARD,
                StackPolicies.DEFAULT_STALLED_AFTER,
                variables.text(Variable.APP_VERSION));
    }

    private ScheduleConfig schedule() {
        String text = variables.text(Variable.SCHEDULE).orElse(ScheduleConfig.DEFAULT_TEXT);
        Schedule schedule = made(variables.shown(Variable.SCHEDULE), () -> Schedule.parse(text, zone))
                .orElseGet(() -> Schedule.parse(ScheduleConfig.DEFAULT_TEXT, zone));
        return new ScheduleConfig(schedule, span(Variable.JITTER).orElse(Duration.ZERO), CatchUp.RUN);
    }

    private <T> Optional<T> made(String variable, Supplier<T> maker) {
        try {
            return Optional.of(maker.get());
        } catch (HoldfastException e) {
            variables.wrong(variable + ": " + e.getMessage(), e.hint());
            return Optional.empty();
        }
    }

    Optional<Duration> span(Variable variable) {
        Optional<String> text = variables.text(variable);
        Optional<Duration> span = text.flatMap(TimeSpan::parse);
        if (text.isPresent() && span.isEmpty()) {
            variables.wrong(
                    variables.shown(variable) + " is '" + text.get()
                            + "'; expected a whole number with one of the units " + TimeSpan.UNITS,
                    "for example: " + variable.ownName() + "=10m");
        }
        return span;
    }

    private RetentionPolicy retention() {
        Optional<Integer> days = variables.whole(Variable.KEEP_DAYS, 1, MOST);
        Optional<Integer> weeks = variables.whole(Variable.KEEP_WEEKS, 0, MOST);
        Optional<Integer> months = variables.whole(Variable.KEEP_MONTHS, 0, MOST);
        RetentionPolicy.Builder policy = RetentionPolicy.builder()
                .days(days.orElse(RetentionPolicy.DEFAULT_DAYS))
                .weekly(weeks.orElse(0))
                .monthly(months.orElse(0))
                .minimum(variables.whole(Variable.KEEP_MINIMUM, 1, MOST).orElse(RetentionPolicy.DEFAULT_MINIMUM))
                .zone(zone);
        variables
                .whole(Variable.KEEP_MINUTES, 1, 9_999_999)
                .ifPresent(minutes -> policy.within(Duration.ofMinutes(minutes)));
        return policy.build();
    }

    /** With the bodies that these calls always had. A monitor that is away is no reason to make no backup. */
    private List<HookConfig> hooks() {
        List<HookConfig> hooks = new ArrayList<>();
        add(hooks, Variable.WEBHOOK_BEFORE, HookPoint.BEFORE_BACKUP, When.ALWAYS, "pre-backup");
        for (Variable variable : List.of(Variable.WEBHOOK, Variable.WEBHOOK_AFTER)) {
            add(hooks, variable, HookPoint.AFTER_BACKUP, When.SUCCESS, "post-backup");
        }
        for (Variable variable : List.of(Variable.WEBHOOK, Variable.WEBHOOK_ERROR)) {
            add(hooks, variable, HookPoint.AFTER_BACKUP, When.FAILURE, "error");
        }
        return hooks;
    }

    private void add(List<HookConfig> hooks, Variable variable, HookPoint point, When when, String status) {
        Optional<Secret> url = variables.secret(variable);
        Optional<URI> uri = url.flatMap(text -> S3Place.parseEndpoint(text.text()));
        if (url.isPresent() && uri.isEmpty()) {
            variables.wrong(
                    variables.shown(variable) + " is not a URL with http:// or https:// and without user",
                    "set it to one, or leave it out.");
        }
        uri.ifPresent(target -> hooks.add(new HookConfig(
                point,
                when,
                new HookAction.Call("POST", target, Map.of(), "{\"status\":\"" + status + "\"}", Set.of()),
                HookConfig.DEFAULT_TIMEOUT,
                OnFailure.WARN)));
    }
}
