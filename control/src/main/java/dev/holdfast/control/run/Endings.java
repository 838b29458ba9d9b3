package dev.holdfast.control.run;

import dev.holdfast.control.config.RetryConfig;
import dev.holdfast.control.operation.BackupResult;
import dev.holdfast.control.operation.RunResult;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.control.stack.Stacks;
import dev.holdfast.engine.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends runs in the catalog and queues what follows from that, both in one transaction; then tells everybody. Safe for many
 * threads.
 */
final class Endings {
    private static final Logger LOG = LoggerFactory.getLogger(Endings.class);
    /** A repository passes a silent writer over after 15 minutes; the attempts should not all be before that. */
    private static final Duration BUSY_WAIT = Duration.ofMinutes(8);
    /** A destination that is behind now may be back then. */
    private static final Duration SYNC_WAIT = Duration.ofMinutes(15);

    private final Jdbi jdbi;
    private final RunTable table;
    private final Stacks stacks;
    private final EventStream events;
    private final LogFiles logs;
    private final RunListeners listeners;
    private final Set<RunId> telling = ConcurrentHashMap.newKeySet();

    Endings(Jdbi jdbi, RunTable table, Stacks stacks, EventStream events, LogFiles logs, RunListeners listeners) {
        this.jdbi = jdbi;
        this.table = table;
        this.stacks = stacks;
        this.events = events;
        this.logs = logs;
        this.listeners = listeners;
    }

    /**
     * Ends a run that is under way.
     *
     * @return false if the claim does not hold any more; then nothing was changed
     */
    boolean end(Claim claim, Ending ending) {
        List<RunRecord> changed = new ArrayList<>();
        jdbi.useTransaction(handle -> {
            changed.clear();
            if (table.end(handle, claim, ending)) {
                RunRecord ended = table.find(handle, claim.run()).orElseThrow();
                changed.add(ended);
                changed.addAll(followers(handle, ended, ending));
            }
        });
        tell(changed, ending.result());
        return !changed.isEmpty();
    }

    /**
     * Ends a run that waits.
     *
     * @return the run; empty if it does not wait any more
     */
    Optional<RunRecord> endWaiting(RunId run, Ending ending) {
        Optional<RunRecord> ended = jdbi.inTransaction(handle ->
                table.endWaiting(handle, run, ending) ? table.find(handle, run) : Optional.<RunRecord>empty());
        tell(ended.stream().toList(), Optional.empty());
        return ended;
    }

    /** Tells of runs that were changed or are new, once that is in the catalog. */
    void tell(List<RunRecord> changed, Optional<RunResult> result) {
        for (RunRecord run : changed) {
            events.noteState(run);
            if (run.state().hasEnded()) {
                log(run);
                announce(run, result);
            }
        }
    }

    /** Tells again of a run that ended, without what it did. */
    void tellAgain(RunRecord run) {
        announce(run, Optional.empty());
    }

    /** Whether this server is about to tell of a run. */
    boolean isTelling(RunId run) {
        return telling.contains(run);
    }

    private void announce(RunRecord run, Optional<RunResult> result) {
        telling.add(run.id());
        try {
            if (listeners.ended(run, result)) {
                jdbi.useHandle(handle -> table.told(handle, run.id()));
            }
        } catch (JdbiException e) {
            LOG.warn(
                    "the catalog cannot be told that everybody has heard of run={}; it will be told again",
                    run.id(),
                    e);
        } finally {
            telling.remove(run.id());
        }
    }

    /**
     * The end of a run that this server does not hold any more. If the run was given up, but its snapshot is there nevertheless, that is
     * noted with the run.
     */
    void late(Claim claim, Ending reached) {
        Optional<RunRecord> before = jdbi.withHandle(handle -> table.find(handle, claim.run()));
        if (before.isEmpty()) {
            LOG.warn("run={} ended as {}, but the catalog does not know it any more", claim.run(), reached.state());
        } else if (before.get().state() == reached.state()) {
            LOG.info("the end of run={} is in the catalog, although that had not confirmed it", claim.run());
        } else {
            noteLate(before.get(), reached);
        }
    }

    private void noteLate(RunRecord run, Ending reached) {
        String made = reached.snapshot()
                .map(snapshot -> "; its server was only slow, and snapshot " + snapshot + " is there")
                .orElse("");
        LOG.warn("run={} ended as {}, but was {} already{}", run.id(), reached.state(), run.state(), made);
        if (!made.isEmpty() && jdbi.withHandle(handle -> table.addLate(handle, run.id(), reached, made))) {
            String line = "ended as " + reached.state().label() + " after it was given up" + made;
            logs.line(table.now(), run, line);
            events.note(run, new RunEvent.Line(line));
        }
    }

    private void log(RunRecord run) {
        String line = "run finished kind=" + run.kind().label() + " state="
                + run.state().label()
                + run.took().map(took -> " took=" + took).orElse("")
                + (run.bytesStored() > 0 ? " stored=" + run.bytesStored() : "")
                + run.error()
                        .map(error -> " error=" + error.code().label() + " " + error.message())
                        .orElse("");
        logs.line(table.now(), run, line);
        events.note(run, new RunEvent.Line(line));
        if (run.state().isFailure()) {
            LOG.error("{} stack={} run={}", line, run.stack(), run.id());
        } else if (run.state() == RunState.ATTENTION) {
            LOG.warn("{} stack={} run={}", line, run.stack(), run.id());
        } else {
            LOG.info("{} stack={} run={}", line, run.stack(), run.id());
        }
    }

    private List<RunRecord> followers(Handle handle, RunRecord ended, Ending ending) {
        Optional<StackRecord> stack = stacks.find(ended.stack());
        List<NewRun> wanted = new ArrayList<>();
        if (ending.passing()) {
            retry(handle, ended, ending, stack).ifPresent(wanted::add);
        }
        if (ending.result().orElse(null) instanceof BackupResult backup) {
            wanted.addAll(afterBackup(backup, ended, stack));
        }
        return wanted.stream()
                .filter(run -> isNew(handle, run.request()))
                .flatMap(run -> table.insert(handle, run).stream())
                .toList();
    }

    /** What waits already is not needed once more. */
    private boolean isNew(Handle handle, RunRequest request) {
        return table.open(handle, request.stack(), request.kind()).stream()
                .filter(run -> run.state() == RunState.WAITING)
                .noneMatch(run ->
                        table.request(handle, run.id()).filter(request::equals).isPresent());
    }

    private Optional<NewRun> retry(Handle handle, RunRecord ended, Ending ending, Optional<StackRecord> stack) {
        RetryConfig retry = stack.map(s -> s.config().policies().retry()).orElse(RetryConfig.STANDARD);
        if (!ended.kind().isRetried() || ended.attempt() > retry.attempts()) {
            return Optional.empty();
        }
        Duration wait = wait(ended, ending, retry);
        return table.request(handle, ended.id())
                .map(request -> NewRun.retryOf(ended, request, table.now().plus(wait)));
    }

    private static Duration wait(RunRecord ended, Ending ending, RetryConfig retry) {
        if (ending.state() == RunState.ABANDONED) {
            return Duration.ZERO;
        }
        Duration usual = retry.before(ended.attempt());
        boolean busy = ending.error()
                .map(error -> error.code() == ErrorCode.REPOSITORY_BUSY)
                .orElse(false);
        return busy && usual.compareTo(BUSY_WAIT) < 0 ? BUSY_WAIT : usual;
    }

    private List<NewRun> afterBackup(BackupResult backup, RunRecord ended, Optional<StackRecord> stack) {
        List<NewRun> wanted = new ArrayList<>();
        if (backup.destinations().stream().anyMatch(destination -> !destination.level())) {
            wanted.add(NewRun.of(
                    new RunRequest.Sync(ended.stack()),
                    Trigger.RETRY,
                    "",
                    table.now().plus(SYNC_WAIT)));
        }
        if (stack.isPresent()
                && !stack.get().config().policies().retention().policy().keepsEverything()) {
            wanted.add(NewRun.of(new RunRequest.Retention(ended.stack(), false), Trigger.SCHEDULE, "", table.now()));
        }
        if (stack.stream()
                .flatMap(known -> known.config().exports().stream())
                .flatMap(export -> export.places().stream())
                .anyMatch(place -> !place.byHand())) {
            wanted.add(NewRun.of(
                    new RunRequest.Exports(ended.stack(), Optional.empty(), false), Trigger.SCHEDULE, "", table.now()));
        }
        return wanted;
    }
}
