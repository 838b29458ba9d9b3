package dev.holdfast.control.run;

import dev.holdfast.control.schedule.Schedules;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.control.stack.Stacks;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * Tells of due runs that are late while something can still be done: not begun an hour after their moment, or not ended when three
 * quarters of the time to the next moment, at most a day, are over. For one thread.
 */
final class Lateness {
    private static final Duration TO_BEGIN = Duration.ofHours(1);
    private static final Duration TO_END = Duration.ofDays(1);

    private final Jdbi jdbi;
    private final RunTable table;
    private final Stacks stacks;
    private final RunLimits limits;
    private final RunListeners listeners;
    private final Set<RunId> told = new HashSet<>();

    Lateness(Jdbi jdbi, RunTable table, Stacks stacks, RunLimits limits, RunListeners listeners) {
        this.jdbi = jdbi;
        this.table = table;
        this.stacks = stacks;
        this.limits = limits;
        this.listeners = listeners;
    }

    void tick() {
        List<RunRecord> open = jdbi.withHandle(table::openOfSchedules);
        told.retainAll(open.stream().map(RunRecord::id).collect(Collectors.toSet()));
        Instant now = table.now();
        for (RunRecord run : open) {
            boolean late = !told.contains(run.id())
                    && lateFrom(run).filter(from -> !now.isBefore(from)).isPresent();
            if (late && listeners.late(run)) {
                told.add(run.id());
            }
        }
    }

    private Optional<Instant> lateFrom(RunRecord run) {
        return stacks.find(run.stack()).flatMap(stack -> run.due().map(due -> lateFrom(run, stack, due)));
    }

    private Instant lateFrom(RunRecord run, StackRecord stack, Instant due) {
        Duration toEnd = schedules(run.kind(), stack)
                .next(stack.name(), due)
                .map(next -> Duration.between(due, next.at()).multipliedBy(3).dividedBy(4))
                .filter(span -> span.compareTo(TO_END) < 0)
                .orElse(TO_END);
        Duration span = run.began().isEmpty() && TO_BEGIN.compareTo(toEnd) < 0 ? TO_BEGIN : toEnd;
        return due.plus(span.compareTo(limits.lateAfter()) < 0 ? limits.lateAfter() : span);
    }

    private static Schedules schedules(RunKind kind, StackRecord stack) {
        return kind == RunKind.BACKUP
                ? stack.config().policies().schedules()
                : Schedules.of(stack.config().policies().retention().prune());
    }
}
