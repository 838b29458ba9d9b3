package dev.holdfast.engine.error;

import org.jspecify.annotations.Nullable;

/** What the caller asked for cannot be: a configuration, a name, a combination of options. */
public final class Invalid extends HoldfastException {
    private static final long serialVersionUID = 1L;

    public Invalid(ErrorCode code, String message, String hint) {
        this(code, message, hint, null);
    }

    public Invalid(ErrorCode code, String message, String hint, @Nullable Throwable cause) {
        super(code, message, hint, cause);
    }
}
