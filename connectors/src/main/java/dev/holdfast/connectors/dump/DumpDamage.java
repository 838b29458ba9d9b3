package dev.holdfast.connectors.dump;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import org.jspecify.annotations.Nullable;

/** What is said of a file that is not whole. */
final class DumpDamage {
    private static final String HINT = "take another copy of it; what can be read of this one is not all of it.";

    private DumpDamage() {}

    /**
     * @param where the file, for people
     * @param what for example {@code ends in the middle of a member}
     */
    static Damaged of(String where, String what) {
        return of(where, what, null);
    }

    static Damaged of(String where, String what, @Nullable Throwable cause) {
        return new Damaged(ErrorCode.DAMAGED, "'" + where + "' " + what, HINT, cause);
    }

    static Unsupported unreadable(String where, String what, String hint) {
        return new Unsupported(ErrorCode.CHECK_FAILED, "'" + where + "' " + what, hint);
    }
}
