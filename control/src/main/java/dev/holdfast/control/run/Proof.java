package dev.holdfast.control.run;

import dev.holdfast.control.operation.CheckResult;
import dev.holdfast.control.operation.CompareResult;
import dev.holdfast.control.operation.RestoreResult;
import dev.holdfast.control.operation.RestoreResult.Outcome;
import dev.holdfast.control.operation.RunResult;
import dev.holdfast.control.stack.Assurance;
import dev.holdfast.control.stack.SnapshotFilter;
import dev.holdfast.control.stack.SnapshotPage;
import dev.holdfast.control.stack.SnapshotRecord;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notes which steps of assurance snapshots have reached by a run. */
final class Proof implements Work.Proofs {
    private static final Logger LOG = LoggerFactory.getLogger(Proof.class);
    private static final int PAGE = 1_000;

    private final Snapshots snapshots;
    private final InstantSource clock;

    Proof(Snapshots snapshots, InstantSource clock) {
        this.snapshots = snapshots;
        this.clock = clock;
    }

    @Override
    public void note(StackRecord stack, RunResult result) {
        try {
            switch (result) {
                case CheckResult check when check.sound() && check.report().dataRead() -> allIntact(stack);
                case CompareResult compare
                when compare.equal() && isAll(compare) -> reached(stack, compare.snapshot(), Assurance.Step.MATCHED);
                case RestoreResult restore
                when isAll(restore) -> reached(stack, restore.snapshot(), Assurance.Step.RESTORED);
                default -> {
                    // proves nothing of a whole snapshot
                }
            }
        } catch (JdbiException e) {
            LOG.warn("what a run of stack={} has proven cannot be noted", stack.name(), e);
        }
    }

    private static boolean isAll(CompareResult compare) {
        return compare.parts().size() == compare.snapshot().parts().size();
    }

    private static boolean isAll(RestoreResult restore) {
        return restore.parts().size() == restore.snapshot().parts().size()
                && restore.parts().stream().allMatch(part -> part.outcome() instanceof Outcome.Restored);
    }

    private void reached(StackRecord stack, Snapshot snapshot, Assurance.Step step) {
        snapshots.reached(stack.name(), Set.of(snapshot.id()), step, clock.instant());
    }

    private void allIntact(StackRecord stack) {
        Optional<SnapshotId> after = Optional.empty();
        do {
            SnapshotPage page = snapshots.list(SnapshotFilter.ALL.ofStack(stack.name()), after, PAGE);
            snapshots.reached(
                    stack.name(),
                    page.snapshots().stream().map(SnapshotRecord::id).collect(Collectors.toSet()),
                    Assurance.Step.INTACT,
                    clock.instant());
            after = page.next();
        } while (after.isPresent());
    }
}
