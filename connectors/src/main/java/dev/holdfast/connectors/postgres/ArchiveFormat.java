package dev.holdfast.connectors.postgres;

/**
 * How numbers of a custom-format archive are written, and what its entries have.
 *
 * @param version major and minor, such as 0x010e for 1.14
 * @param intBytes bytes of a number, without the one for its sign
 * @param offsetBytes bytes of a place in the file, without the one for its state
 */
record ArchiveFormat(int version, int revision, int intBytes, int offsetBytes) {
    static final int VERSION_1_12 = 0x010c;
    static final int VERSION_1_14 = 0x010e;
    static final int VERSION_1_15 = 0x010f;
    static final int VERSION_1_16 = 0x0110;

    /** The byte that says custom, among the kinds of archive. */
    static final int CUSTOM = 1;

    /** The one that says tar, and the one that says a folder of files. */
    static final int TAR = 3;

    static final int FOLDER = 5;

    /** Algorithms of compression, from 1.15 on. */
    static final int NOT_COMPRESSED = 0;

    static final int GZIP = 1;
    static final int LZ4 = 2;
    static final int ZSTD = 3;

    /** How many numbers tell when the archive was made. */
    static final int TIME_FIELDS = 7;

    /** What a block of data begins with. */
    static final int ROWS_BLOCK = 1;

    static final int LARGE_OBJECTS_BLOCK = 3;

    /** States of an entry's data. */
    static final int PLACE_UNKNOWN = 1;

    static final int PLACE_KNOWN = 2;
    static final int NO_DATA = 3;

    static final int SECTION_DATA = 3;
    static final int SECTION_POST_DATA = 4;

    /** Whether any machine writes numbers and places of these lengths. */
    boolean isPlausible() {
        return intBytes >= 1 && intBytes <= Long.BYTES && offsetBytes >= 1 && offsetBytes <= Long.BYTES;
    }

    boolean namesAccessMethods() {
        return version >= VERSION_1_14;
    }

    boolean namesCompression() {
        return version >= VERSION_1_15;
    }

    /** Since PostgreSQL 17 entries tell the kind of relation, and large objects are defined by the thousand, with the data. */
    boolean isOf17() {
        return version >= VERSION_1_16;
    }
}
