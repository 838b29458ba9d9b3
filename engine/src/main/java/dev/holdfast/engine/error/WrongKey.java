package dev.holdfast.engine.error;

import org.jspecify.annotations.Nullable;

/** The passphrase or recovery code does not open the repository. */
public final class WrongKey extends HoldfastException {
    private static final long serialVersionUID = 1L;

    public WrongKey(ErrorCode code, String message, String hint) {
        this(code, message, hint, null);
    }

    public WrongKey(ErrorCode code, String message, String hint, @Nullable Throwable cause) {
        super(code, message, hint, cause);
    }
}
