package dev.holdfast.engine.error;

import org.jspecify.annotations.Nullable;

/** An operation could not be completed; what it began is undone or invisible. */
public final class Failed extends HoldfastException {
    private static final long serialVersionUID = 1L;

    public Failed(ErrorCode code, String message, String hint) {
        this(code, message, hint, null);
    }

    public Failed(ErrorCode code, String message, String hint, @Nullable Throwable cause) {
        super(code, message, hint, cause);
    }
}
