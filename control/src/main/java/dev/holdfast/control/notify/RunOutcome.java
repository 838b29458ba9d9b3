package dev.holdfast.control.notify;

import java.util.Locale;

/** How a run ended. */
public enum RunOutcome {
    SUCCEEDED,
    /** It did its work, but somebody should look at it. */
    ATTENTION,
    FAILED,
    /** Somebody ended it. */
    CANCELLED,
    /** It was due and was not started in time. */
    MISSED,
    /** The server that did it ended before it. */
    ABANDONED;

    /** In messages, for example {@code succeeded}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
