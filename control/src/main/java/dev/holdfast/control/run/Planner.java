package dev.holdfast.control.run;

import dev.holdfast.control.schedule.ScheduleConfig.CatchUp;
import dev.holdfast.control.schedule.Schedules;
import dev.holdfast.control.stack.SnapshotFilter;
import dev.holdfast.control.stack.SnapshotRecord;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.control.stack.Stacks;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the schedules of all stacks: for each moment that has come it queues a run, in the same transaction in which it notes how far
 * a schedule was followed. Several servers may do so at once; one of them gets there first. Its {@code tick} is called by one thread.
 */
final class Planner {
    private static final Logger LOG = LoggerFactory.getLogger(Planner.class);
    /** So many moments that have passed are counted one by one. */
    private static final int COUNTED = 100_000;

    private final Jdbi jdbi;
    private final RunTable table;
    private final Stacks stacks;
    private final Snapshots snapshots;
    private final Endings endings;
    private final Heart heart;
    private final RunLimits limits;
    private final Executor executor;
    private final boolean backupOnStart;
    private final Set<String> looking = ConcurrentHashMap.newKeySet();

    /**
     * @param executor looks at repositories of stacks that are new here
     * @param backupOnStart whether a stack without any snapshot is backed up at once
     */
    Planner(
            Jdbi jdbi,
            RunTable table,
            Stacks stacks,
            Snapshots snapshots,
            Endings endings,
            Heart heart,
            RunLimits limits,
            Executor executor,
            boolean backupOnStart) {
        this.jdbi = jdbi;
        this.table = table;
        this.stacks = stacks;
        this.snapshots = snapshots;
        this.endings = endings;
        this.heart = heart;
        this.limits = limits;
        this.executor = executor;
        this.backupOnStart = backupOnStart;
    }

    /** Which schedule of a stack. */
    private record Key(String stack, RunKind kind) {}

    /** How far a schedule was followed. */
    private record Mark(Key key, String schedule, Instant last) {}

    /**
     * Moments that have passed since a schedule was followed last.
     *
     * @param last the last of them
     * @param earlier how many there were before it
     */
    private record Passed(Instant first, Schedules.Due last, int earlier) {}

    void tick() {
        Map<Key, Mark> marks = jdbi.withHandle(Planner::marks);
        for (StackRecord stack : stacks.list()) {
            follow(stack, RunKind.BACKUP, stack.config().policies().schedules(), marks);
            follow(stack, RunKind.PRUNE, prunes(stack), marks);
        }
    }

    private static Schedules prunes(StackRecord stack) {
        return Schedules.of(stack.config().policies().retention().prune());
    }

    private static Map<Key, Mark> marks(Handle handle) {
        return handle
                .createQuery("SELECT stack, kind, schedule, last_at FROM run_due")
                .map((row, _) -> new Mark(
                        new Key(row.getString("stack"), RunKind.valueOf(row.getString("kind"))),
                        row.getString("schedule"),
                        Instant.ofEpochMilli(row.getLong("last_at"))))
                .list()
                .stream()
                .collect(Collectors.toMap(Mark::key, mark -> mark));
    }

    private void follow(StackRecord stack, RunKind kind, Schedules schedules, Map<Key, Mark> marks) {
        Mark mark = marks.get(new Key(stack.name(), kind));
        if (mark == null) {
            begin(stack, kind, schedules);
        } else if (!mark.schedule().equals(text(schedules))) {
            LOG.info("the schedule of stack={} for {} is {} now", stack.name(), kind.label(), text(schedules));
            jdbi.useHandle(handle -> move(handle, mark, text(schedules), table.now()));
        } else if (mark.last().isAfter(table.now().plus(limits.lateAfter()))) {
            goBack(mark);
        } else {
            queue(stack, schedules, mark);
        }
    }

    private static String text(Schedules schedules) {
        return schedules.all().stream()
                .map(one -> one.schedule() + " jitter " + one.jitter() + " " + one.catchUp())
                .collect(Collectors.joining("; "));
    }

    /** A stack that is new in this catalog: it may have snapshots, if the catalog is new and not the stack. */
    private void begin(StackRecord stack, RunKind kind, Schedules schedules) {
        if (kind != RunKind.BACKUP) {
            jdbi.useHandle(handle -> insert(handle, stack, kind, schedules, table.now()));
        } else if (looking.add(stack.name())) {
            executor.execute(() -> {
                try {
                    lookFirst(stack, schedules);
                } finally {
                    looking.remove(stack.name());
                }
            });
        }
    }

    private void lookFirst(StackRecord stack, Schedules schedules) {
        try {
            snapshots.refresh(stack);
        } catch (HoldfastException e) {
            LOG.info("stack={} has no snapshots that can be seen yet: {}", stack.name(), e.getMessage());
        }
        try {
            Optional<Instant> newest = newest(stack.name());
            List<RunRecord> begun = jdbi.inTransaction(handle -> beginBackups(handle, stack, schedules, newest));
            endings.tell(begun, Optional.empty());
        } catch (RuntimeException e) {
            LOG.warn("the schedule of stack={} cannot be followed yet", stack.name(), e);
        }
    }

    private List<RunRecord> beginBackups(
            Handle handle, StackRecord stack, Schedules schedules, Optional<Instant> newest) {
        Instant now = table.now();
        Instant from = newest.filter(moment -> moment.isBefore(now)).orElse(now);
        boolean mine = insert(handle, stack, RunKind.BACKUP, schedules, from);
        boolean scheduled = schedules.next(stack.name(), now).isPresent();
        if (!mine || !backupOnStart || !scheduled || newest.isPresent() || table.any(handle, stack.name())) {
            return List.of();
        }
        NewRun first = NewRun.of(RunRequest.Backup.of(stack.name()), Trigger.START, "", now);
        return table.insert(handle, first).stream().toList();
    }

    private Optional<Instant> newest(String stack) {
        return snapshots.list(SnapshotFilter.ALL.ofStack(stack), Optional.empty(), 1).snapshots().stream()
                .findFirst()
                .map(SnapshotRecord::began);
    }

    private static boolean insert(Handle handle, StackRecord stack, RunKind kind, Schedules schedules, Instant last) {
        return handle.execute(
                        "INSERT INTO run_due (stack, kind, schedule, last_at) VALUES (?, ?, ?, ?)"
                                + " ON CONFLICT (stack, kind) DO NOTHING",
                        stack.name(),
                        kind.name(),
                        text(schedules),
                        last.toEpochMilli())
                > 0;
    }

    /** Only one server moves a mark from one place to the next. */
    private static boolean move(Handle handle, Mark mark, String schedule, Instant to) {
        return handle.execute(
                        "UPDATE run_due SET last_at = ?, schedule = ? WHERE stack = ? AND kind = ? AND last_at = ?"
                                + " AND schedule = ?",
                        to.toEpochMilli(),
                        schedule,
                        mark.key().stack(),
                        mark.key().kind().name(),
                        mark.last().toEpochMilli(),
                        mark.schedule())
                > 0;
    }

    /** The clock was ahead once and is not any more; unless it is only this server's that is behind. */
    private void goBack(Mark mark) {
        Instant now = table.now();
        boolean alone = heart.latestOtherClock()
                .map(other -> other.isBefore(mark.last().minus(limits.lateAfter())))
                .orElse(true);
        if (alone && jdbi.withHandle(handle -> move(handle, mark, mark.schedule(), now))) {
            LOG.warn(
                    "the clock went back from {} or later to {}; the schedule of stack={} is followed from now on",
                    mark.last(),
                    now,
                    mark.key().stack());
        }
    }

    private void queue(StackRecord stack, Schedules schedules, Mark mark) {
        Instant now = table.now();
        Optional<Schedules.Due> next = schedules.next(stack.name(), mark.last());
        if (next.isEmpty() || next.get().at().isAfter(now)) {
            return;
        }
        Passed passed = passed(stack.name(), schedules, next.get(), now);
        if (mark.key().kind() == RunKind.PRUNE && newest(stack.name()).isEmpty()) {
            boolean _ = jdbi.withHandle(
                    handle -> move(handle, mark, mark.schedule(), passed.last().at()));
            return; // there may not even be a repository yet
        }
        List<RunRecord> queued = jdbi.inTransaction(
                handle -> move(handle, mark, mark.schedule(), passed.last().at())
                        ? queue(handle, mark.key(), passed, now)
                        : List.<RunRecord>of());
        endings.tell(queued, Optional.empty());
    }

    private static Passed passed(String stack, Schedules schedules, Schedules.Due first, Instant now) {
        Schedules.Due last = first;
        int earlier = 0;
        while (earlier < COUNTED) {
            Optional<Schedules.Due> next = schedules.next(stack, last.at());
            if (next.isEmpty() || next.get().at().isAfter(now)) {
                return new Passed(first.at(), last, earlier);
            }
            last = next.get();
            earlier++;
        }
        return new Passed(
                first.at(), schedules.previous(stack, now.plusMillis(1)).orElse(last), earlier);
    }

    private List<RunRecord> queue(Handle handle, Key key, Passed passed, Instant now) {
        boolean late = Duration.between(passed.last().at(), now).compareTo(limits.lateAfter()) > 0;
        boolean caughtUp = passed.last().by().catchUp() == CatchUp.RUN;
        List<RunRecord> changed = new ArrayList<>();
        if (late && !caughtUp) {
            changed.add(missed(
                    handle,
                    key,
                    passed.last().at(),
                    gap(passed.first(), passed.last().at(), passed.earlier() + 1)));
            return changed;
        }
        if (passed.earlier() > 0) {
            changed.add(missed(
                    handle,
                    key,
                    passed.first(),
                    gap(passed.first(), passed.last().at(), passed.earlier())));
        }
        changed.addAll(queue(handle, key, passed.last().at(), now));
        return changed;
    }

    private static String gap(Instant first, Instant last, int count) {
        return count == 1
                ? "the run due at " + first + " did not begin: no server was there to begin it"
                : count + " runs due from " + first + " and before " + last
                        + " did not begin: no server was there to begin them";
    }

    /** Only one run of a schedule at a time: the one before it must have ended, or at least begun. */
    private List<RunRecord> queue(Handle handle, Key key, Instant due, Instant now) {
        List<RunRecord> changed = new ArrayList<>();
        for (RunRecord open : table.open(handle, key.stack(), key.kind())) {
            if (open.state() == RunState.RUNNING && open.due().isPresent()) {
                changed.add(missed(
                        handle,
                        key,
                        due,
                        "the run due at " + due + " did not begin: run " + open.id() + " due at "
                                + open.due().get() + " was still under way"));
                return changed;
            }
            if (open.state() == RunState.WAITING && open.due().isPresent()) {
                changed.addAll(supersede(handle, open, due));
            }
        }
        changed.addAll(table.insert(handle, NewRun.due(request(key), due, now)).stream()
                .toList());
        return changed;
    }

    private List<RunRecord> supersede(Handle handle, RunRecord open, Instant due) {
        Ending ending = open.trigger() == Trigger.RETRY
                ? notTriedAgain(handle, open, due)
                : Ending.missed(
                        "the run due at " + open.due().map(Instant::toString).orElse("")
                                + " waited until the next was due at " + due + " for " + open.waitingFor());
        return table.endWaiting(handle, open.id(), ending)
                ? table.find(handle, open.id()).stream().toList()
                : List.of();
    }

    /** That makes the failure final: otherwise a schedule that is quicker than the retries would fail for ever and nobody hear of it. */
    private Ending notTriedAgain(Handle handle, RunRecord retry, Instant due) {
        String next = "; the next run was due at " + due + " before it was tried again";
        return Ending.failed(
                RunState.FAILED,
                retry.first()
                        .flatMap(first -> table.find(handle, first))
                        .flatMap(RunRecord::error)
                        .map(error -> new RunRecord.Problem(error.code(), error.message() + next, error.hint()))
                        .orElse(new RunRecord.Problem(ErrorCode.RUN_MISSED, "it failed" + next, "")));
    }

    private RunRecord missed(Handle handle, Key key, Instant due, String why) {
        return table.insertMissed(handle, NewRun.due(request(key), due, table.now()), why);
    }

    private static RunRequest request(Key key) {
        return switch (key.kind()) {
            case BACKUP -> RunRequest.Backup.of(key.stack());
            case PRUNE -> new RunRequest.Prune(key.stack(), false);
            default -> throw new IllegalStateException("no schedule begins a " + key.kind());
        };
    }
}
