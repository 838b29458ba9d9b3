package dev.holdfast.engine.error;

import org.jspecify.annotations.Nullable;

/** A format, server or store is newer or weaker than this version can use safely. */
public final class Unsupported extends HoldfastException {
    private static final long serialVersionUID = 1L;

    public Unsupported(ErrorCode code, String message, String hint) {
        this(code, message, hint, null);
    }

    public Unsupported(ErrorCode code, String message, String hint, @Nullable Throwable cause) {
        super(code, message, hint, cause);
    }
}
