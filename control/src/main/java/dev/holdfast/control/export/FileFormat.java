package dev.holdfast.control.export;

import java.util.Arrays;
import java.util.List;

/** What an exported part can be. */
public enum FileFormat {
    CUSTOM("custom", "dump", true, "application/octet-stream"),
    SQL("sql", "sql", true, "application/sql"),
    SQL_GZ("sql.gz", "sql.gz", true, "application/gzip"),
    SQL_ZST("sql.zst", "sql.zst", true, "application/zstd"),
    TAR("tar", "tar", false, "application/x-tar"),
    TAR_GZ("tar.gz", "tar.gz", false, "application/gzip"),
    TAR_ZST("tar.zst", "tar.zst", false, "application/zstd"),
    ZIP("zip", "zip", false, "application/zip"),
    /** A folder of files. */
    TREE("tree", "", false, "");

    private final String label;
    private final String extension;
    private final boolean ofDatabases;
    private final String contentType;

    FileFormat(String label, String extension, boolean ofDatabases, String contentType) {
        this.label = label;
        this.extension = extension;
        this.ofDatabases = ofDatabases;
        this.contentType = contentType;
    }

    /** Those of one file for databases, or for buckets and directories. */
    public static List<FileFormat> ofOneFile(boolean ofDatabases) {
        return all(ofDatabases).stream().filter(format -> !format.isTree()).toList();
    }

    /** Those for databases, or those for buckets and directories. */
    public static List<FileFormat> all(boolean ofDatabases) {
        return Arrays.stream(values())
                .filter(format -> format.ofDatabases == ofDatabases)
                .toList();
    }

    /** Whether it is one for databases; else it is one for buckets and directories. */
    public boolean isOfDatabases() {
        return ofDatabases;
    }

    /** Whether it is a folder of files; else it is one file. */
    public boolean isTree() {
        return this == TREE;
    }

    /** As it stands in a stack file. */
    public String label() {
        return label;
    }

    /** How names of such files end, without the first dot; empty for folders. */
    public String extension() {
        return extension;
    }

    /** Whether it takes less room than its contents, as a rule. */
    public boolean isCompressed() {
        return switch (this) {
            case CUSTOM, SQL_GZ, SQL_ZST, TAR_GZ, TAR_ZST, ZIP -> true;
            case SQL, TAR, TREE -> false;
        };
    }

    /** The media type of the file; empty for folders, whose files have their own. */
    public String contentType() {
        return contentType;
    }
}
