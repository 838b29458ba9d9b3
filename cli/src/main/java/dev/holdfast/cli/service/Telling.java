package dev.holdfast.cli.service;

import dev.holdfast.control.notify.DigestSource;
import dev.holdfast.control.notify.NotificationBook;
import dev.holdfast.control.notify.Notifications;
import dev.holdfast.control.notify.StackSummary;
import dev.holdfast.control.run.RunFilter;
import dev.holdfast.control.run.RunId;
import dev.holdfast.control.run.RunKind;
import dev.holdfast.control.run.RunPage;
import dev.holdfast.control.run.RunRecord;
import dev.holdfast.control.run.RunState;
import dev.holdfast.control.run.Runs;
import dev.holdfast.control.stack.Assurance;
import dev.holdfast.control.stack.SnapshotFilter;
import dev.holdfast.control.stack.SnapshotPage;
import dev.holdfast.control.stack.SnapshotRecord;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.control.stack.Stacks;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.SnapshotId;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What those who tell people want to know: who is told what, and how the stacks fare. Safe for many threads. */
final class Telling implements NotificationBook, DigestSource {
    private static final int PAGE = 500;

    private final Stacks stacks;
    private final Snapshots snapshots;
    private final Runs runs;
    private final Supplier<Notifications> server;

    /**
     * @param server what the server says now, for all stacks and for itself
     */
    Telling(Stacks stacks, Snapshots snapshots, Runs runs, Supplier<Notifications> server) {
        this.stacks = stacks;
        this.snapshots = snapshots;
        this.runs = runs;
        this.server = server;
    }

    @Override
    public Set<String> stacks() {
        return stacks.list().stream().map(StackRecord::name).collect(Collectors.toSet());
    }

    @Override
    public Optional<Notifications> ofStack(String stack) {
        return stacks.find(stack).map(known -> known.config().policies().notifications());
    }

    @Override
    public Notifications ofServer() {
        return server.get();
    }

    @Override
    public List<StackSummary> stacks(Instant from, Instant to) {
        return stacks.list().stream()
                .map(stack -> summary(stack.name(), from, to))
                .toList();
    }

    private StackSummary summary(String stack, Instant from, Instant to) {
        RunFilter within =
                new RunFilter(Set.of(stack), Set.of(), Set.of(), Set.of(), Optional.of(from), Optional.of(to));
        Map<RunState, Integer> ended = states(within);
        Optional<Snapshots.Look> look = snapshots.look(stack);
        return new StackSummary(
                stack,
                lastGood(stack),
                count(ended, RunState.SUCCEEDED, RunState.ATTENTION),
                count(ended, RunState.FAILED, RunState.ABANDONED),
                count(ended, RunState.MISSED),
                snapshots.count(SnapshotFilter.ALL.ofStack(stack)),
                stored(stack),
                look.stream()
                        .flatMap(seen -> seen.destinations().stream())
                        .filter(destination -> !destination.level())
                        .map(DestinationState::name)
                        .toList(),
                newest(stack).map(Telling::proof).orElse(""));
    }

    /** How many runs there are in each state; all are looked at, a page at a time. */
    private Map<RunState, Integer> states(RunFilter filter) {
        Map<RunState, Integer> counts = new EnumMap<>(RunState.class);
        Optional<RunId> after = Optional.empty();
        do {
            RunPage page = runs.list(filter, after, PAGE);
            page.runs().forEach(run -> counts.merge(run.state(), 1, Integer::sum));
            after = page.next();
        } while (after.isPresent());
        return counts;
    }

    private static int count(Map<RunState, Integer> ended, RunState... states) {
        return Stream.of(states).mapToInt(state -> ended.getOrDefault(state, 0)).sum();
    }

    private Optional<Instant> lastGood(String stack) {
        RunFilter good = RunFilter.ALL.ofStack(stack).ofKind(RunKind.BACKUP).in(RunState.SUCCEEDED, RunState.ATTENTION);
        return runs.list(good, Optional.empty(), 1).runs().stream().findFirst().flatMap(RunRecord::ended);
    }

    /** What all snapshots added to a destination that has them all. */
    private long stored(String stack) {
        long bytes = 0;
        Optional<SnapshotId> after = Optional.empty();
        do {
            SnapshotPage page = snapshots.list(SnapshotFilter.ALL.ofStack(stack), after, PAGE);
            bytes += page.snapshots().stream()
                    .mapToLong(SnapshotRecord::storedBytes)
                    .sum();
            after = page.next();
        } while (after.isPresent());
        return bytes;
    }

    private Optional<SnapshotRecord> newest(String stack) {
        return snapshots.list(SnapshotFilter.ALL.ofStack(stack), Optional.empty(), 1).snapshots().stream()
                .findFirst();
    }

    private static String proof(SnapshotRecord snapshot) {
        String reached = "captured";
        for (Assurance.Step step : Assurance.Step.values()) {
            reached = snapshot.assurance().reached(step) ? step.label() : reached;
        }
        return reached;
    }
}
