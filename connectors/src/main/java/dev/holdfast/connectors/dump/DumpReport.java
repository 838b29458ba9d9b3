package dev.holdfast.connectors.dump;

import dev.holdfast.connectors.postgres.DumpContents;
import dev.holdfast.connectors.postgres.TrialDump;
import java.util.List;
import java.util.Optional;

/**
 * What was found in a backup file that was read to its end, and is whole as far as it can tell.
 *
 * @param layers from the outermost to the innermost
 * @param format what is below them
 * @param packed whether that is a folder of {@code pg_dump -Fd} that was packed, or the tar of {@code pg_dump -Ft}
 * @param folder where in it that folder is, with a slash at the end; empty if it is at the top, or there is none
 * @param contentBytes length of what is below the layers
 * @param members how many files are in it; 0 if it is no archive of files
 * @param database what the dump in it holds; empty if there is none
 * @param proven what was compared, for people: checksums and structure that hold
 * @param unproven what nothing in the file can tell, for people
 */
public record DumpReport(
        List<Layer> layers,
        DumpFormat format,
        Packed packed,
        String folder,
        long contentBytes,
        long members,
        Optional<DumpContents> database,
        List<String> proven,
        List<String> unproven) {
    /** What of pg_dump a tar or zip may be. */
    public enum Packed {
        NONE,
        TAR_DUMP,
        FOLDER_DUMP,
        /** More than one folder of a dump, and so no database that stands for all. */
        SEVERAL
    }

    public DumpReport {
        layers = List.copyOf(layers);
        proven = List.copyOf(proven);
        unproven = List.copyOf(unproven);
    }

    /** What program restores the dump in it, if that is one file. */
    public TrialDump.Kind kind() {
        return switch (format) {
            case CUSTOM -> TrialDump.Kind.CUSTOM;
            case TAR -> TrialDump.Kind.TAR;
            case SQL, CLUSTER_SQL, ZIP, OTHER -> TrialDump.Kind.SCRIPT;
        };
    }
}
