package dev.holdfast.cli.service;

import dev.holdfast.control.run.RunFilter;
import dev.holdfast.control.run.RunId;
import dev.holdfast.control.run.RunKind;
import dev.holdfast.control.run.RunPage;
import dev.holdfast.control.run.RunRecord;
import dev.holdfast.control.run.RunRequest;
import dev.holdfast.control.run.RunState;
import dev.holdfast.control.run.Runs;
import dev.holdfast.control.run.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs that are there already, oldest first. */
final class FixedRuns implements Runs {
    static final Instant NOW = Instant.parse("2026-11-20T05:00:00Z");

    final List<RunRecord> all = new ArrayList<>();

    static RunId id(int number) {
        return new RunId("01jd%022d".formatted(number));
    }

    RunRecord add(RunKind kind, RunState state, Trigger trigger, @Nullable RunId first) {
        int number = all.size();
        Instant at = NOW.plusSeconds(number);
        RunRecord run = new RunRecord(
                id(number),
                "shop",
                kind,
                state,
                trigger,
                "",
                at,
                Optional.of(at),
                at,
                Optional.of(at),
                state == RunState.WAITING ? Optional.empty() : Optional.of(at.plusSeconds(1)),
                "",
                attempt(first),
                Optional.ofNullable(first),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                7,
                8,
                Optional.empty(),
                "here",
                false);
        all.add(run);
        return run;
    }

    private int attempt(@Nullable RunId first) {
        return 1
                + Math.toIntExact(all.stream()
                        .filter(run -> run.id().equals(first)
                                || run.first().filter(one -> one.equals(first)).isPresent())
                        .count());
    }

    @Override
    public RunPage list(RunFilter filter, Optional<RunId> after, int limit) {
        List<RunRecord> some = all.reversed().stream()
                .filter(run -> after.map(id -> run.id().compareTo(id) < 0).orElse(true))
                .filter(run -> filter.stacks().isEmpty() || filter.stacks().contains(run.stack()))
                .filter(run -> filter.kinds().isEmpty() || filter.kinds().contains(run.kind()))
                .filter(run -> filter.states().isEmpty() || filter.states().contains(run.state()))
                .filter(run -> filter.since()
                        .map(from -> !run.requested().isBefore(from))
                        .orElse(true))
                .filter(run -> filter.until().map(run.requested()::isBefore).orElse(true))
                .limit(limit + 1L)
                .toList();
        return some.size() <= limit
                ? new RunPage(some, Optional.empty())
                : new RunPage(
                        some.subList(0, limit), Optional.of(some.get(limit - 1).id()));
    }

    @Override
    public RunRecord submit(RunRequest request, Trigger trigger, String actor, Optional<String> idempotencyKey) {
        throw new UnsupportedOperationException(String.format(Locale.ROOT, "%s", request));
    }

    @Override
    public RunRecord cancel(RunId run, String actor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<RunRecord> find(RunId run) {
        return all.stream().filter(one -> one.id().equals(run)).findFirst();
    }

    @Override
    public RunRecord show(RunId run) {
        return find(run).orElseThrow();
    }

    @Override
    public RunRequest request(RunId run) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<RunRecord> awaitEnd(RunId run, Duration atMost) {
        return find(run);
    }
}
