package dev.holdfast.control.run;

import dev.holdfast.control.operation.RunResult;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.control.stack.Stacks;
import dev.holdfast.engine.error.HoldfastException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks into the repository when a run has ended and the listing may not be what it left there: because it was given up, and its
 * server ended before it could note what it had done by then, or because the catalog did not take the listing. A kind of run that
 * was given up and is tried again looks by itself.
 */
final class Relook implements RunListeners.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Relook.class);

    private final Stacks stacks;
    private final Snapshots snapshots;
    private final Executor executor;
    private final BooleanSupplier closing;
    private final Set<String> outdated = ConcurrentHashMap.newKeySet();

    /**
     * @param closing whether this server ends, and begins nothing more
     */
    Relook(Stacks stacks, Snapshots snapshots, Executor executor, BooleanSupplier closing) {
        this.stacks = stacks;
        this.snapshots = snapshots;
        this.executor = executor;
        this.closing = closing;
    }

    /** Notes that the listing of a stack is not what a run saw; when its end can be written down, so can the listing. */
    void outdated(String stack) {
        outdated.add(stack);
    }

    @Override
    public void ended(RunRecord run, Optional<RunResult> result) {
        boolean unknown = run.state() == RunState.ABANDONED
                && run.kind().lane() == RunKind.Lane.WRITE
                && !run.kind().isRetried();
        if ((unknown || outdated.contains(run.stack())) && !closing.getAsBoolean()) {
            stacks.find(run.stack()).ifPresent(stack -> executor.execute(() -> look(stack)));
        }
    }

    private void look(StackRecord stack) {
        try {
            outdated.remove(stack.name());
            snapshots.refresh(stack);
        } catch (HoldfastException | JdbiException e) {
            outdated.add(stack.name());
            LOG.warn("the listing of stack={} may not be what its repository holds: {}", stack.name(), e.getMessage());
        }
    }
}
