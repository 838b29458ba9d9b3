package dev.holdfast.control.adopt;

import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.engine.source.Finding;
import java.util.List;

/**
 * Files that another tool keeps in a tar, a zip or a folder.
 *
 * @param backup which one
 * @param title what they are called, as a part may be
 * @param sha256 as {@link AdoptedContent} says
 * @param proven what holds, for people
 * @param notCompared what lies beside it and says nothing of it, for people
 * @param unpacking puts them into a folder
 * @param where they are, for people
 */
public record AdoptedTree(
        AdoptedBackup backup,
        String title,
        String sha256,
        List<String> proven,
        List<String> notCompared,
        Unpacking unpacking,
        String where)
        implements AdoptedContent {
    public AdoptedTree {
        proven = List.copyOf(proven);
        notCompared = List.copyOf(notCompared);
    }

    /** Puts files into a folder. */
    public interface Unpacking {
        /**
         * @param folder empty; complete afterwards
         * @param heartbeat called for every piece that is read; if it throws, that ends
         * @return what is to be said of what was not taken as it is
         * @throws dev.holdfast.engine.error.HoldfastException if it is not what it was when it was proven, or does not fit
         */
        List<Finding> into(UnpackedFolder folder, Runnable heartbeat);
    }
}
