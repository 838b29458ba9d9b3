package dev.holdfast.control.hook;

import java.util.Locale;

/** When a hook runs. */
public enum HookPoint {
    /** Before anything is frozen. */
    BEFORE_BACKUP,
    /** After the snapshot is made, or was not. */
    AFTER_BACKUP,
    /** After a restore, to start the application again. */
    AFTER_RESTORE,
    /** After a run of any kind failed. */
    ON_FAILURE;

    /** The key in the stack file: {@code before-backup}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
