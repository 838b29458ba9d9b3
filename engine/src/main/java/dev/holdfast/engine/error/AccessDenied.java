package dev.holdfast.engine.error;

import org.jspecify.annotations.Nullable;

/** Credentials or permissions do not allow the operation; trying again changes nothing. */
public final class AccessDenied extends HoldfastException {
    private static final long serialVersionUID = 1L;

    public AccessDenied(ErrorCode code, String message, String hint) {
        this(code, message, hint, null);
    }

    public AccessDenied(ErrorCode code, String message, String hint, @Nullable Throwable cause) {
        super(code, message, hint, cause);
    }
}
