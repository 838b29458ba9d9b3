package dev.holdfast.control.run;

import java.util.Locale;

/** Why a run was asked for. */
public enum Trigger {
    SCHEDULE,
    API,
    COMMAND,
    /** A stack had no snapshot yet. */
    START,
    /** An earlier run failed in a way that may pass, or was abandoned. */
    RETRY;

    /** As people see it, for example {@code schedule}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
