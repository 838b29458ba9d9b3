package dev.holdfast.control.stack;

import java.util.Locale;

/** Where a stack was described. */
public enum StackOrigin {
    FILE,
    ENVIRONMENT,
    DASHBOARD;

    /** As people see it, for example {@code file}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
