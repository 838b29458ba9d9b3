package dev.holdfast.demo.stand;

import org.jspecify.annotations.Nullable;

/** A stand could not be started, stopped or used; the message says what happened, to what, and what to do. */
public final class StandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StandFailure(String message) {
        super(message);
    }

    public StandFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
