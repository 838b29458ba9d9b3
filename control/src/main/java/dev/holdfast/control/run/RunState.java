package dev.holdfast.control.run;

import java.util.Locale;

/** How a run stands. */
public enum RunState {
    WAITING,
    RUNNING,
    SUCCEEDED,
    /** It did its work, but somebody should look at what it found. */
    ATTENTION,
    FAILED,
    CANCELLED,
    /** It was due and never began. */
    MISSED,
    /** Its server ended before it did. */
    ABANDONED;

    public boolean hasEnded() {
        return switch (this) {
            case WAITING, RUNNING -> false;
            case SUCCEEDED, ATTENTION, FAILED, CANCELLED, MISSED, ABANDONED -> true;
        };
    }

    /** Whether it ended without having done its work, and nobody wanted that. */
    public boolean isFailure() {
        return switch (this) {
            case FAILED, MISSED, ABANDONED -> true;
            case WAITING, RUNNING, SUCCEEDED, ATTENTION, CANCELLED -> false;
        };
    }

    /** As people see it, for example {@code running}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
