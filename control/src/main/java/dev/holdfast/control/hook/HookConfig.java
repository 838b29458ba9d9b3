package dev.holdfast.control.hook;

import java.time.Duration;
import java.util.Locale;

/**
 * One hook of a stack.
 *
 * @param point when it runs
 * @param when whether it runs after a run that succeeded, after one that failed, or after both
 * @param action what it does
 * @param timeout after which it has failed and is ended
 * @param onFailure what its failure means
 */
public record HookConfig(HookPoint point, When when, HookAction action, Duration timeout, OnFailure onFailure) {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);

    /** How the run must have ended. */
    public enum When {
        ALWAYS,
        SUCCESS,
        FAILURE;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean applies(boolean succeeded) {
            return switch (this) {
                case ALWAYS -> true;
                case SUCCESS -> succeeded;
                case FAILURE -> !succeeded;
            };
        }
    }

    /** What the failure of a hook means. */
    public enum OnFailure {
        /** The run has failed; before a backup nothing is frozen any more. */
        FAIL,
        /** The run needs attention. */
        WARN,
        /** Nothing; the log has it. */
        IGNORE;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public HookConfig {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout " + timeout);
        }
    }
}
