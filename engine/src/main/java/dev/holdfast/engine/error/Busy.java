package dev.holdfast.engine.error;

import org.jspecify.annotations.Nullable;

/** Somebody else holds what this operation needs; it may be tried again when they are done. */
public final class Busy extends HoldfastException {
    private static final long serialVersionUID = 1L;

    public Busy(ErrorCode code, String message, String hint) {
        this(code, message, hint, null);
    }

    public Busy(ErrorCode code, String message, String hint, @Nullable Throwable cause) {
        super(code, message, hint, cause);
    }
}
