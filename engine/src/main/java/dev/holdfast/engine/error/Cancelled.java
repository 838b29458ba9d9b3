package dev.holdfast.engine.error;

import org.jspecify.annotations.Nullable;

/** The operation was asked to stop, or was not confirmed. */
public final class Cancelled extends HoldfastException {
    private static final long serialVersionUID = 1L;

    public Cancelled(ErrorCode code, String message, String hint) {
        this(code, message, hint, null);
    }

    public Cancelled(ErrorCode code, String message, String hint, @Nullable Throwable cause) {
        super(code, message, hint, cause);
    }
}
