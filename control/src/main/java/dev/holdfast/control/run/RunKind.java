package dev.holdfast.control.run;

import java.util.Locale;

/** What a run does. */
public enum RunKind {
    BACKUP(Lane.WRITE),
    RESTORE(Lane.RESTORE),
    CHECK(Lane.READ),
    SYNC(Lane.WRITE),
    PRUNE(Lane.WRITE),
    RETENTION(Lane.WRITE),
    FORGET(Lane.WRITE),
    EXPORT(Lane.PLACES),
    COMPARE(Lane.READ);

    /** Who keeps whom from beginning, among the runs of one stack. */
    enum Lane {
        /** Changes the repository: alone among its like, and not while a restore changes what it would read. */
        WRITE,
        /** Changes the live data: alone among its like; it waits for nobody else, because people wait for it. */
        RESTORE,
        /** Changes the places of exports: alone among its like. */
        PLACES,
        /** Changes nothing. */
        READ;

        /** Whether one of this lane has to wait while one of another is under way. */
        boolean waitsFor(Lane other) {
            return switch (this) {
                case WRITE -> other == WRITE || other == RESTORE;
                case RESTORE -> other == RESTORE;
                case PLACES -> other == PLACES;
                case READ -> false;
            };
        }
    }

    private final Lane lane;

    RunKind(Lane lane) {
        this.lane = lane;
    }

    Lane lane() {
        return lane;
    }

    /** Whether it is tried again after a failure that may pass; a person decides about the others. */
    public boolean isRetried() {
        return switch (this) {
            case BACKUP, CHECK, SYNC, PRUNE, RETENTION, EXPORT -> true;
            case RESTORE, FORGET, COMPARE -> false;
        };
    }

    /** As people see it, for example {@code backup}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
