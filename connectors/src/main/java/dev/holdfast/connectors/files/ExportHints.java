package dev.holdfast.connectors.files;

/**
 * What to do where an exported file cannot be written; whoever chose its name knows.
 *
 * @param taken when a file of that name is there
 * @param another when something that is no file has the name
 * @param failures when the file system fails
 */
record ExportHints(String taken, String another, FileFailures failures) {
    /** For a file that a command names. */
    static final ExportHints OF_COMMAND = new ExportHints(
            "name another file with --output, or allow it to be replaced with --overwrite.",
            "name another file with --output.",
            new FileFailures(
                    "free space there, or name a file elsewhere with --output.",
                    "name a file elsewhere with --output."));

    /** For a file of a place. */
    static final ExportHints OF_PLACE = new ExportHints(
            "remove it, or change the pattern that names the files.",
            "move it away, or change the pattern that names the files.",
            new FileFailures(
                    "free space there, or keep fewer exports.", "look at the disk, its mount and the system's log."));
}
