package dev.holdfast.engine.error;

import org.jspecify.annotations.Nullable;

/** A file system, bucket or quota is full. */
public final class NoSpace extends HoldfastException {
    private static final long serialVersionUID = 1L;

    public NoSpace(ErrorCode code, String message, String hint) {
        this(code, message, hint, null);
    }

    public NoSpace(ErrorCode code, String message, String hint, @Nullable Throwable cause) {
        super(code, message, hint, cause);
    }
}
