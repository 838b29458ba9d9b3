package dev.holdfast.connectors.postgres;

import java.io.InputStream;
import java.util.function.Supplier;

/**
 * A dump that is to be restored for a trial.
 *
 * @param kind what program reads it
 * @param contents what it holds, found out by reading it before
 * @param opened opens it again from its first byte, with its layers taken off; may be used once
 * @param where it is, for people
 */
public record TrialDump(Kind kind, DumpContents contents, Supplier<InputStream> opened, String where) {
    /** What can be restored. */
    public enum Kind {
        /** An archive in custom format, for pg_restore. */
        CUSTOM,
        /** The tar of {@code pg_dump -Ft}, for pg_restore. */
        TAR,
        /** SQL, for psql. */
        SCRIPT
    }
}
