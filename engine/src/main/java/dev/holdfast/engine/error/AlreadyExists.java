package dev.holdfast.engine.error;

import org.jspecify.annotations.Nullable;

/** A create-only write found something under its name. */
public final class AlreadyExists extends HoldfastException {
    private static final long serialVersionUID = 1L;

    public AlreadyExists(ErrorCode code, String message, String hint) {
        this(code, message, hint, null);
    }

    public AlreadyExists(ErrorCode code, String message, String hint, @Nullable Throwable cause) {
        super(code, message, hint, cause);
    }
}
