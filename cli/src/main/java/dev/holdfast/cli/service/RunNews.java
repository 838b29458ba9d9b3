package dev.holdfast.cli.service;

import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.notify.Fact;
import dev.holdfast.control.notify.Notifier;
import dev.holdfast.control.notify.RunOutcome;
import dev.holdfast.control.operation.BackupResult;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.operation.ExportsResult;
import dev.holdfast.control.operation.RunResult;
import dev.holdfast.control.operation.SyncResult;
import dev.holdfast.control.run.RunFilter;
import dev.holdfast.control.run.RunListeners;
import dev.holdfast.control.run.RunLogs;
import dev.holdfast.control.run.RunRecord;
import dev.holdfast.control.run.RunState;
import dev.holdfast.control.run.Runs;
import dev.holdfast.control.run.Trigger;
import dev.holdfast.control.stack.SnapshotFilter;
import dev.holdfast.control.stack.SnapshotRecord;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.control.stack.Stacks;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.store.ObjectStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells those who tell people what runs did, and what could be seen on the way. Safe for many threads. */
final class RunNews implements RunListeners.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(RunNews.class);
    private static final int TAIL_CHARACTERS = 4_000;
    private static final int EARLIER_SNAPSHOTS = 7;
    private static final int LATER_RUNS = 50;

    private final Notifier notifier;
    private final Runs runs;
    private final RunLogs logs;
    private final Stacks stacks;
    private final Snapshots snapshots;
    private final Connectors connectors;
    private final InstantSource clock;

    RunNews(
            Notifier notifier,
            Runs runs,
            RunLogs logs,
            Stacks stacks,
            Snapshots snapshots,
            Connectors connectors,
            InstantSource clock) {
        this.notifier = notifier;
        this.runs = runs;
        this.logs = logs;
        this.stacks = stacks;
        this.snapshots = snapshots;
        this.connectors = connectors;
        this.clock = clock;
    }

    @Override
    public void began(RunRecord run) {
        Instant began = run.began().orElseGet(clock::instant);
        notifier.hear(new Fact.RunBegan(run.stack(), run.id().text(), run.kind().label(), began));
    }

    @Override
    public void ended(RunRecord run, Optional<RunResult> result) {
        outcome(run.state())
                .ifPresent(outcome ->
                        notifier.hear(outcome == RunOutcome.MISSED ? overdue(run, true) : end(run, outcome, result)));
        result.ifPresent(done -> seen(run, done));
    }

    @Override
    public void late(RunRecord run) {
        notifier.hear(overdue(run, false));
    }

    private static Optional<RunOutcome> outcome(RunState state) {
        return switch (state) {
            case WAITING, RUNNING -> Optional.empty();
            case SUCCEEDED -> Optional.of(RunOutcome.SUCCEEDED);
            case ATTENTION -> Optional.of(RunOutcome.ATTENTION);
            case FAILED -> Optional.of(RunOutcome.FAILED);
            case CANCELLED -> Optional.of(RunOutcome.CANCELLED);
            case MISSED -> Optional.of(RunOutcome.MISSED);
            case ABANDONED -> Optional.of(RunOutcome.ABANDONED);
        };
    }

    private Fact.RunOverdue overdue(RunRecord run, boolean missed) {
        RunFilter good =
                RunFilter.ALL.ofStack(run.stack()).ofKind(run.kind()).in(RunState.SUCCEEDED, RunState.ATTENTION);
        Optional<Instant> lastGood =
                runs.list(good, Optional.empty(), 1).runs().stream().findFirst().flatMap(RunRecord::ended);
        return new Fact.RunOverdue(
                run.stack(),
                run.kind().label(),
                run.due().orElse(run.requested()),
                missed,
                lastGood,
                run.ended().orElseGet(clock::instant));
    }

    private Fact.RunEnded end(RunRecord run, RunOutcome outcome, Optional<RunResult> result) {
        return new Fact.RunEnded(
                run.stack(),
                run.id().text(),
                run.kind().label(),
                outcome,
                isRetried(run),
                run.began().orElse(run.requested()),
                run.ended().orElseGet(clock::instant),
                run.error().map(error -> new Fact.Problem(error.code(), error.message(), error.hint())),
                findings(run, result),
                run.snapshot().map(SnapshotId::text),
                run.bytesRead(),
                run.bytesStored(),
                tail(run));
    }

    /**
     * The retry was queued together with the end, so it is there by now. If this is told late, it may have ended long ago, or a later
     * run may have done the work: then there is nothing to worry about any more.
     */
    private boolean isRetried(RunRecord run) {
        RunFilter alike = RunFilter.ALL.ofStack(run.stack()).ofKind(run.kind());
        return run.state().isFailure()
                && runs.list(alike, Optional.empty(), LATER_RUNS).runs().stream()
                        .filter(next -> next.id().text().compareTo(run.id().text()) > 0)
                        .anyMatch(next -> isRetryOf(next, run) || isGood(next));
    }

    private static boolean isRetryOf(RunRecord next, RunRecord run) {
        return next.trigger() == Trigger.RETRY
                && next.attempt() > run.attempt()
                && next.first().equals(run.first().or(() -> Optional.of(run.id())));
    }

    private static boolean isGood(RunRecord run) {
        return run.state() == RunState.SUCCEEDED || run.state() == RunState.ATTENTION;
    }

    /** What a run found; where only its record is left, that it found something. */
    private static List<String> findings(RunRecord run, Optional<RunResult> result) {
        if (result.isEmpty() && run.state() == RunState.ATTENTION) {
            return run.error().map(RunRecord.Problem::message).stream().toList();
        }
        List<Finding> findings = switch (result.orElse(null)) {
            case BackupResult backup -> backup.findings();
            case ExportsResult exports -> exports.troubles();
            case null, default -> List.of();
        };
        return findings.stream().map(RunNews::sentence).toList();
    }

    private static String sentence(Finding finding) {
        return finding.subject() + ": " + finding.message();
    }

    private String tail(RunRecord run) {
        try {
            String text = logs.text(run.id());
            int from = Math.max(0, text.length() - TAIL_CHARACTERS);
            int line = text.indexOf('\n', from) + 1;
            // a line that is longer than all that is told is told from its middle on
            return from == 0 ? text : text.substring(line == 0 || line == text.length() ? from : line);
        } catch (HoldfastException e) {
            return "";
        }
    }

    // ------------------------------------------------------------- what was seen on the way

    private void seen(RunRecord run, RunResult result) {
        if (result instanceof BackupResult backup) {
            destinations(run, backup.destinations());
            sizes(run, backup);
            storage(run);
        } else if (result instanceof SyncResult sync) {
            destinations(run, sync.report().destinations());
        }
    }

    private void destinations(RunRecord run, List<DestinationState> destinations) {
        destinations.forEach(destination -> notifier.hear(new Fact.DestinationSeen(
                run.stack(), destination.name(), destination.level(), destination.reason(), clock.instant())));
    }

    private void sizes(RunRecord run, BackupResult backup) {
        Snapshot snapshot = backup.snapshot();
        List<List<Fact.PartSize>> before = snapshots
                .list(SnapshotFilter.ALL.ofStack(run.stack()), Optional.empty(), EARLIER_SNAPSHOTS + 1)
                .snapshots()
                .stream()
                .filter(earlier -> earlier.id().compareTo(snapshot.id()) < 0)
                .limit(EARLIER_SNAPSHOTS)
                .map(RunNews::sizes)
                .toList();
        notifier.hear(new Fact.SizesSeen(
                run.stack(),
                snapshot.id().text(),
                Stream.concat(snapshot.parts().stream().map(RunNews::size), tables(backup))
                        .toList(),
                before,
                clock.instant()));
    }

    private static Fact.PartSize size(Part part) {
        return new Fact.PartSize(part.name(), "", OptionalLong.of(part.entries()), part.bytes());
    }

    private static Stream<Fact.PartSize> tables(BackupResult backup) {
        return backup.tables().entrySet().stream()
                .flatMap(part -> part.getValue().stream()
                        .map(table -> new Fact.PartSize(
                                part.getKey(), table.table(), OptionalLong.of(table.rows()), table.bytes())));
    }

    private static List<Fact.PartSize> sizes(SnapshotRecord snapshot) {
        return snapshot.parts().stream()
                .map(part -> new Fact.PartSize(part.name(), "", OptionalLong.of(part.entries()), part.bytes()))
                .toList();
    }

    /** Only where somebody set a limit: it means to list everything. */
    private void storage(RunRecord run) {
        stacks.find(run.stack())
                .filter(stack -> stack.config()
                        .policies()
                        .notifications()
                        .alarms()
                        .storage()
                        .isPresent())
                .ifPresent(stack -> stack.config().repository().destinations().forEach(place -> storage(stack, place)));
    }

    private void storage(StackRecord stack, DestinationConfig place) {
        AtomicLong bytes = new AtomicLong();
        try (ObjectStore store = connectors.store(place)) {
            store.list("", object -> bytes.addAndGet(object.bytes()));
            notifier.hear(new Fact.StorageSeen(stack.name(), place.name(), bytes.get(), clock.instant()));
        } catch (HoldfastException e) {
            LOG.warn("nobody knows how much destination={} of stack={} holds", place.name(), stack.name(), e);
        }
    }
}
