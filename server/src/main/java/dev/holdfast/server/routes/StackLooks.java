package dev.holdfast.server.routes;

import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.control.run.RunFilter;
import dev.holdfast.control.run.RunKind;
import dev.holdfast.control.run.RunRecord;
import dev.holdfast.control.schedule.ScheduleConfig;
import dev.holdfast.control.schedule.Schedules;
import dev.holdfast.control.stack.SnapshotFilter;
import dev.holdfast.control.stack.SnapshotRecord;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.source.Source;
import dev.holdfast.engine.store.ObjectStore;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.DestinationView;
import dev.holdfast.server.view.RunView;
import dev.holdfast.server.view.ScheduleView;
import dev.holdfast.server.view.SnapshotView;
import dev.holdfast.server.view.SourceView;
import dev.holdfast.server.view.StackSummaryView;
import dev.holdfast.server.view.StackView;
import dev.holdfast.server.view.WarningView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** How stacks look from outside: without a secret, and with what is known of how they stand. */
final class StackLooks {
    private static final int SHOWN_MOMENTS = 3;

    private final Services services;

    StackLooks(Services services) {
        this.services = services;
    }

    List<StackSummaryView> summaries(Predicate<String> visible) {
        return services.stacks().list().stream()
                .filter(stack -> visible.test(stack.name()))
                .map(this::summary)
                .toList();
    }

    StackSummaryView summary(StackRecord stack) {
        List<DestinationView> destinations = destinations(stack);
        return new StackSummaryView(
                stack.name(),
                stack.origin().label(),
                stack.revision(),
                services.snapshots().count(SnapshotFilter.ALL.ofStack(stack.name())),
                latest(stack.name()).map(SnapshotView::of),
                lastBackup(stack.name()).map(RunView::brief),
                schedules(stack).next(stack.name(), services.clock().instant()).map(Schedules.Due::at),
                destinations.size(),
                (int) destinations.stream()
                        .filter(destination -> destination.state().equals("behind"))
                        .count(),
                services.recoveryCodes().saved(stack.name()).map(saved -> saved ? "saved" : "unsaved"));
    }

    /** What somebody should do about how it is set up. */
    static List<WarningView> warnings(StackRecord stack) {
        if (!stack.config().isOneCopyShort()) {
            return List.of();
        }
        return List.of(new WarningView(
                stack.name(),
                "one copy short: its backups are in one place, '"
                        + stack.config().repository().destinations().getFirst().name() + "', and lost with that",
                "add a destination elsewhere, such as a bucket."));
    }

    Optional<SnapshotRecord> latest(String stack) {
        return services.snapshots().list(SnapshotFilter.ALL.ofStack(stack), Optional.empty(), 1).snapshots().stream()
                .findFirst();
    }

    Optional<RunRecord> lastBackup(String stack) {
        return services
                .runs()
                .list(RunFilter.ALL.ofStack(stack).ofKind(RunKind.BACKUP), Optional.empty(), 1)
                .runs()
                .stream()
                .findFirst();
    }

    StackView view(StackRecord stack) {
        return new StackView(
                stack.name(),
                stack.origin().label(),
                stack.revision(),
                sources(stack.config()),
                destinations(stack),
                services.snapshots().look(stack.name()).map(Snapshots.Look::at),
                schedule(stack, SHOWN_MOMENTS),
                retention(stack.config().policies().retention().policy()));
    }

    List<SourceView> sources(StackConfig config) {
        return config.sources().stream()
                .map(source -> new SourceView(source.name(), source.kind(), location(source, config)))
                .toList();
    }

    /** Where a source is; what cannot be understood is shown as nothing, the preflight says why. */
    private String location(SourceConfig source, StackConfig config) {
        try (Source made = services.connectors().source(source, config.repository())) {
            return made.location();
        } catch (HoldfastException e) {
            return "";
        }
    }

    List<DestinationView> destinations(StackRecord stack) {
        List<DestinationState> states = services.snapshots()
                .look(stack.name())
                .map(Snapshots.Look::destinations)
                .orElse(List.of());
        return stack.config().repository().destinations().stream()
                .map(config -> destination(stack.name(), config, states))
                .toList();
    }

    private DestinationView destination(String stack, DestinationConfig config, List<DestinationState> states) {
        return states.stream()
                .filter(state -> state.name().equals(config.name()))
                .findFirst()
                .map(state -> DestinationView.of(stack, state))
                .orElseGet(() -> new DestinationView(stack, config.name(), location(config), "unknown", ""));
    }

    private String location(DestinationConfig config) {
        try (ObjectStore store = services.connectors().store(config)) {
            return store.location();
        } catch (HoldfastException e) {
            return "";
        }
    }

    ScheduleView schedule(StackRecord stack, int count) {
        Schedules schedules = schedules(stack);
        List<Instant> moments = new ArrayList<>();
        Instant after = services.clock().instant();
        for (int i = 0; i < count; i++) {
            Optional<Instant> next = schedules.next(stack.name(), after).map(Schedules.Due::at);
            if (next.isEmpty()) {
                break;
            }
            after = next.get();
            moments.add(after);
        }
        return new ScheduleView(text(schedules), zone(schedules), moments);
    }

    static Schedules schedules(StackRecord stack) {
        return stack.config().policies().schedules();
    }

    static String text(Schedules schedules) {
        return schedules.all().isEmpty()
                ? "never"
                : schedules.all().stream()
                        .map(ScheduleConfig::schedule)
                        .map(Object::toString)
                        .collect(Collectors.joining("; "));
    }

    private static String zone(Schedules schedules) {
        return schedules.all().stream()
                .map(config -> config.schedule().zone().getId())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    static String retention(RetentionPolicy policy) {
        if (policy.keepsEverything()) {
            return "everything is kept";
        }
        List<String> rules = new ArrayList<>();
        rule(rules, policy.last(), "the newest %d");
        policy.within().ifPresent(span -> rules.add("those of the last " + span.toHours() + " hours"));
        rule(rules, policy.hourly(), "one of each of %d hours");
        rule(rules, policy.daily(), "one of each of %d days");
        rule(rules, policy.weekly(), "one of each of %d weeks");
        rule(rules, policy.monthly(), "one of each of %d months");
        rule(rules, policy.yearly(), "one of each of %d years");
        rule(rules, policy.days(), "all of %d days");
        policy.labels().stream().sorted().forEach(label -> rules.add("those labelled " + label));
        return "kept: " + String.join(", ", rules) + "; at least " + policy.minimum();
    }

    private static void rule(List<String> rules, int count, String words) {
        if (count > 0) {
            rules.add(words.formatted(count));
        }
    }
}
