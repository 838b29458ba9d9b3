package dev.holdfast.control.run;

import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.hook.HookConfig;
import dev.holdfast.control.hook.HookContext;
import dev.holdfast.control.hook.HookOutcome;
import dev.holdfast.control.hook.HookPoint;
import dev.holdfast.control.hook.Hooks;
import dev.holdfast.control.operation.Cancellation;
import dev.holdfast.control.operation.Run;
import dev.holdfast.control.operation.RunResult;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.repository.SnapshotId;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** One run from its beginning to its end, with the hooks before and after it. For one thread. */
final class Work implements Dispatcher.Task {
    private static final Logger LOG = LoggerFactory.getLogger(Work.class);

    private final RunRecord run;
    private final StackRecord stack;
    private final RunRequest request;
    private final Cancellation cancellation;
    private final RunWatch watch;
    private final Tools tools;
    private boolean concerned;
    private volatile boolean working;

    /**
     * What every run is carried out with.
     *
     * @param preparation makes a repository where the server may
     * @param proofs notes what a run has proven
     */
    record Tools(Execution execution, Hooks hooks, Preparation preparation, Proofs proofs, RunListeners listeners) {}

    /** Notes what a run has proven of snapshots. */
    @FunctionalInterface
    interface Proofs {
        void note(StackRecord stack, RunResult result);
    }

    Work(RunRecord run, StackRecord stack, RunRequest request, Cancellation cancellation, RunWatch watch, Tools tools) {
        this.run = run;
        this.stack = stack;
        this.request = request;
        this.cancellation = cancellation;
        this.watch = watch;
        this.tools = tools;
    }

    @Override
    public RunWatch watch() {
        return watch;
    }

    @Override
    public boolean isInterruptible() {
        return working;
    }

    @Override
    public Ending perform() {
        MDC.put("run", run.id().text());
        MDC.put("stack", run.stack());
        try {
            watch.line("run began kind=" + run.kind().label() + " trigger="
                    + run.trigger().label() + " attempt=" + run.attempt());
            LOG.info("run began kind={} stack={} run={}", run.kind().label(), run.stack(), run.id());
            tools.listeners().began(run);
            working = true;
            Ending done = guarded(this::done);
            working = false;
            Ending ending = afterwards(done);
            return concerned && ending.state() == RunState.SUCCEEDED ? attention(ending) : ending;
        } catch (RuntimeException e) {
            LOG.error("run={} failed unexpectedly", run.id(), e);
            return Ending.unexpected(e);
        } finally {
            MDC.remove("run");
            MDC.remove("stack");
        }
    }

    /** Whatever goes wrong is the end of this run, and of nothing else. */
    private static Ending guarded(Supplier<Ending> work) {
        try {
            return work.get();
        } catch (HoldfastException e) {
            return Ending.failed(e);
        } catch (JdbiException e) {
            return Ending.failed(new Unavailable(
                    ErrorCode.CATALOG_UNAVAILABLE,
                    "the catalog did not answer: " + e.getMessage(),
                    "look whether its database is there.",
                    e));
        } catch (RuntimeException | Error e) {
            LOG.error("a run failed unexpectedly", e);
            return Ending.unexpected(e);
        }
    }

    private Ending done() {
        if (request instanceof RunRequest.Backup) {
            tools.preparation().prepare(stack);
            hooks(HookPoint.BEFORE_BACKUP, true, Optional.empty());
        }
        RunResult result = tools.execution().run(stack, request, new Run(watch, cancellation));
        tools.proofs().note(stack, result);
        return Ending.of(result);
    }

    /** Also after a run that was ended: what a hook stopped before it has to be started again. */
    private Ending afterwards(Ending ending) {
        boolean _ = Thread.interrupted();
        Ending after = after().map(point -> after(point, ending)).orElse(ending);
        if (after.state().isFailure()) {
            Ending _ = after(HookPoint.ON_FAILURE, after);
        }
        return after;
    }

    private Optional<HookPoint> after() {
        return switch (request) {
            case RunRequest.Backup _ -> Optional.of(HookPoint.AFTER_BACKUP);
            case RunRequest.Restore restore ->
                restore.dryRun() ? Optional.empty() : Optional.of(HookPoint.AFTER_RESTORE);
            default -> Optional.empty();
        };
    }

    private Ending after(HookPoint point, Ending ending) {
        return guarded(() -> {
            try {
                hooks(point, !ending.state().isFailure(), Optional.of(ending));
                return ending;
            } catch (HoldfastException e) {
                watch.line("error " + e.code().label() + ": " + e.getMessage());
                return ending.state().isFailure() ? ending : Ending.failed(e).with(ending.result());
            }
        });
    }

    private void hooks(HookPoint point, boolean succeeded, Optional<Ending> ending) {
        StackConfig config = stack.config();
        List<HookConfig> hooks = config.policies().hooks();
        if (hooks.stream().noneMatch(hook -> hook.point() == point)) {
            return;
        }
        HookContext context = new HookContext(
                run.stack(),
                run.id().text(),
                run.kind().label(),
                ending.map(e -> e.state().label()).orElse("running"),
                ending.flatMap(Ending::snapshot).map(SnapshotId::text),
                ending.flatMap(Ending::error).map(RunRecord.Problem::message));
        List<HookOutcome> outcomes = tools.hooks().run(hooks, point, succeeded, context, watch::line);
        concerned |= outcomes.stream().anyMatch(HookOutcome::isConcern);
    }

    private static Ending attention(Ending ending) {
        return new Ending(
                RunState.ATTENTION,
                Optional.of(new RunRecord.Problem(
                        ErrorCode.FINDINGS,
                        "it did its work, but a hook failed",
                        "the run's log has what the hook said.")),
                ending.result(),
                false);
    }
}
