package dev.holdfast.control.hook;

import dev.holdfast.control.hook.HookConfig.OnFailure;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Runs the hooks of a stack, one after the other in the order of the stack file. Safe for many threads. */
public final class Hooks {
    private final InstantSource clock;
    private final CommandHook commands;
    private final CallHook calls;

    /**
     * @param commands runs programs
     * @param calls calls URLs
     */
    public Hooks(CommandHook commands, CallHook calls, InstantSource clock) {
        this.commands = commands;
        this.calls = calls;
        this.clock = clock;
    }

    /**
     * Runs those of one point.
     *
     * <p>Before a backup the first one that fails and says {@code fail} ends it, and none after it runs. At every other point
     * all run, and then the first such failure is thrown: what was made is there, the run has failed nevertheless.
     *
     * @param all hooks of the stack
     * @param succeeded whether the run succeeded so far
     * @return how each one went that ran; look at {@link HookOutcome#isConcern}
     * @throws Failed (HOOK_FAILED) if one failed that says {@code fail}
     * @throws Cancelled if this thread was interrupted; the hook was ended
     */
    public List<HookOutcome> run(
            List<HookConfig> all, HookPoint point, boolean succeeded, HookContext context, HookLog log) {
        List<HookOutcome> outcomes = new ArrayList<>();
        for (HookConfig hook : all) {
            if (hook.point() == point && hook.when().applies(succeeded)) {
                HookOutcome outcome = run(hook, context, log);
                outcomes.add(outcome);
                if (point == HookPoint.BEFORE_BACKUP) {
                    requireNoFailure(List.of(outcome));
                }
            }
        }
        requireNoFailure(outcomes);
        return outcomes;
    }

    private HookOutcome run(HookConfig hook, HookContext context, HookLog log) {
        String name = hook.point().label() + " " + hook.action().shown();
        log.line("hook " + name + " begins");
        Instant began = clock.instant();
        Answer answer = switch (hook.action()) {
            case HookAction.Command command -> commands.run(command, hook.timeout(), context, log);
            case HookAction.Call call -> calls.run(call, hook.timeout(), context, log);
        };
        Duration took = Duration.between(began, clock.instant());
        log.line("hook " + name + " " + (answer.succeeded() ? "succeeded: " : "failed: ") + answer.message());
        return new HookOutcome(hook, answer.succeeded(), answer.message(), took);
    }

    /** What became of an action. */
    record Answer(boolean succeeded, String message) {}

    private static void requireNoFailure(List<HookOutcome> outcomes) {
        for (HookOutcome outcome : outcomes) {
            HookConfig hook = outcome.hook();
            if (!outcome.succeeded() && hook.onFailure() == OnFailure.FAIL) {
                throw new Failed(
                        ErrorCode.HOOK_FAILED,
                        "hook " + hook.point().label() + " " + hook.action().shown() + " failed: " + outcome.message(),
                        "the run's log has what it said; 'on-failure: warn' would let the run go on.");
            }
        }
    }
}
