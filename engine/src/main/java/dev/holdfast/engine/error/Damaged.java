package dev.holdfast.engine.error;

import org.jspecify.annotations.Nullable;

/** Stored bytes are not what was written: a digest, an authentication tag or a structure does not hold. */
public final class Damaged extends HoldfastException {
    private static final long serialVersionUID = 1L;

    public Damaged(ErrorCode code, String message, String hint) {
        this(code, message, hint, null);
    }

    public Damaged(ErrorCode code, String message, String hint, @Nullable Throwable cause) {
        super(code, message, hint, cause);
    }
}
