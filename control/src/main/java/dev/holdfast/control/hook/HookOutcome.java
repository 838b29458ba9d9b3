package dev.holdfast.control.hook;

import java.time.Duration;

/**
 * How a hook went.
 *
 * @param hook which one
 * @param succeeded whether it did what it should
 * @param message what it did or why it failed; for people, without secrets
 * @param took how long
 */
public record HookOutcome(HookConfig hook, boolean succeeded, String message, Duration took) {
    /** Whether somebody should look at it although the run goes on. */
    public boolean isConcern() {
        return !succeeded && hook.onFailure() == HookConfig.OnFailure.WARN;
    }
}
