package dev.holdfast.engine.error;

import org.jspecify.annotations.Nullable;

/** Something that must be there is not. */
public final class Missing extends HoldfastException {
    private static final long serialVersionUID = 1L;

    public Missing(ErrorCode code, String message, String hint) {
        this(code, message, hint, null);
    }

    public Missing(ErrorCode code, String message, String hint, @Nullable Throwable cause) {
        super(code, message, hint, cause);
    }
}
