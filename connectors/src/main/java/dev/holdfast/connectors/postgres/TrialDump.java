package dev.holdfast.connectors.postgres;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A dump that is to be restored for a trial.
 *
 * @param kind what program reads it
 * @param contents what it holds, found out by reading it before
 * @param opened opens it again from its first byte, with its layers taken off; may be used once
 * @param folder where its files are, if it is a folder; it is handed to the account of the server that it is restored into
 * @param where it is, for people
 */
public record TrialDump(
        Kind kind, DumpContents contents, Supplier<InputStream> opened, Optional<Path> folder, String where) {
    public TrialDump(Kind kind, DumpContents contents, Supplier<InputStream> opened, String where) {
        this(kind, contents, opened, Optional.empty(), where);
    }

    /** One of {@code pg_dump -Fd}. */
    public static TrialDump ofFolder(Path folder, DumpContents contents, String where) {
        return new TrialDump(Kind.FOLDER, contents, InputStream::nullInputStream, Optional.of(folder), where);
    }

    /** What can be restored. */
    public enum Kind {
        /** An archive in custom format, for pg_restore. */
        CUSTOM,
        /** The tar of {@code pg_dump -Ft}, for pg_restore. */
        TAR,
        /** The folder of {@code pg_dump -Fd}, for pg_restore. */
        FOLDER,
        /** SQL, for psql. */
        SCRIPT
    }
}
