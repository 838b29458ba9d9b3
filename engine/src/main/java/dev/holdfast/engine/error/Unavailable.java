package dev.holdfast.engine.error;

import org.jspecify.annotations.Nullable;

/** A system does not answer or answers with a passing fault: the only failure that is retried. */
public final class Unavailable extends HoldfastException {
    private static final long serialVersionUID = 1L;

    public Unavailable(ErrorCode code, String message, String hint) {
        this(code, message, hint, null);
    }

    public Unavailable(ErrorCode code, String message, String hint, @Nullable Throwable cause) {
        super(code, message, hint, cause);
    }
}
