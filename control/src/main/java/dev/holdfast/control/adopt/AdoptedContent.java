package dev.holdfast.control.adopt;

import java.util.List;

/** A backup of another tool that was read to its end and is whole. */
public sealed interface AdoptedContent permits AdoptedDump, AdoptedTree {
    AdoptedBackup backup();

    /**
     * Of its file as it lies there, in hexadecimal digits; of a folder, of the list of its files: sorted by name, each with its name
     * within the folder, length and SHA-256.
     */
    String sha256();

    /** What holds, for people. */
    List<String> proven();

    /** What lies beside it and says nothing of it, for people. */
    List<String> notCompared();

    /** Where it is, for people. */
    String where();
}
