package dev.holdfast.control.adopt;

import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.connectors.postgres.DumpContents;
import dev.holdfast.connectors.postgres.TrialDump;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import java.io.InputStream;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A dump that another tool made.
 *
 * @param backup which one
 * @param sha256 as {@link AdoptedContent} says
 * @param proven what holds, for people
 * @param notCompared what lies beside it and says nothing of it, for people
 * @param contents what was found in it
 * @param form how it is opened again
 * @param where it is, for people
 */
public record AdoptedDump(
        AdoptedBackup backup,
        String sha256,
        List<String> proven,
        List<String> notCompared,
        DumpContents contents,
        Form form,
        String where)
        implements AdoptedContent {
    public AdoptedDump {
        proven = List.copyOf(proven);
        notCompared = List.copyOf(notCompared);
    }

    /** How a dump is opened again. */
    public sealed interface Form {
        /**
         * One file.
         *
         * @param opened from its first byte, with its layers taken off
         */
        record OneFile(TrialDump.Kind kind, Supplier<InputStream> opened) implements Form {}

        /**
         * Files of {@code pg_dump -Fd}, which have to lie in a folder.
         *
         * @param inside where in what is unpacked they are
         */
        record Folder(AdoptedTree.Unpacking unpacking, String inside) implements Form {}
    }

    /**
     * @throws Unsupported (USAGE) if it is not of one database
     */
    public void requireOneDatabase() {
        if (contents.ofServer()) {
            throw new Unsupported(
                    ErrorCode.USAGE,
                    "'" + where + "' is of a whole server, and cannot be taken for one database",
                    "restore it with psql into a server without databases, and back that up.");
        }
    }

    /**
     * Hands it out as PostgreSQL's programs restore it.
     *
     * @param folders makes the folder that it is put into, where it needs one
     * @param heartbeat called while it is put there; if it throws, that ends
     * @throws Unsupported (USAGE) if it is not of one database
     */
    public <T> T restored(Supplier<UnpackedFolder> folders, Runnable heartbeat, Function<TrialDump, T> then) {
        requireOneDatabase();
        return switch (form) {
            case Form.OneFile(TrialDump.Kind kind, Supplier<InputStream> opened) ->
                then.apply(new TrialDump(kind, contents, opened, where));
            case Form.Folder(AdoptedTree.Unpacking unpacking, String inside) -> {
                try (UnpackedFolder folder = folders.get()) {
                    unpacking.into(folder, heartbeat);
                    yield then.apply(TrialDump.ofFolder(folder.path(inside), contents, where));
                }
            }
        };
    }
}
