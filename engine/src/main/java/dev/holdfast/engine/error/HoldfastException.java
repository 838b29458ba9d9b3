package dev.holdfast.engine.error;

import org.jspecify.annotations.Nullable;

/**
 * The one family of failures. The subclass says how a caller may react (only {@link Unavailable} is retried); the
 * {@link ErrorCode} says what happened; the message names what happened to what; the hint says what to do.
 */
public abstract sealed class HoldfastException extends RuntimeException
        permits AccessDenied,
                AlreadyExists,
                Busy,
                Cancelled,
                Damaged,
                Failed,
                Invalid,
                Missing,
                NoSpace,
                Unavailable,
                Unsupported,
                WrongKey {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String said;
    private final String hint;

    HoldfastException(ErrorCode code, String message, String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.said = message;
        this.hint = hint;
    }

    /** What happened to what. */
    @Override
    public final String getMessage() {
        return said;
    }

    /** The situation. */
    public final ErrorCode code() {
        return code;
    }

    /** What to do about it, one sentence; empty where the message says it all. */
    public final String hint() {
        return hint;
    }
}
