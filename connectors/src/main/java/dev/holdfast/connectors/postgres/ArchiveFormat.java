package dev.holdfast.connectors.postgres;

/**
 * How numbers of a custom-format archive are written, and what its entries have.
 *
 * @param version major and minor, such as 0x010e for 1.14
 * @param intBytes bytes of a number, without the one for its sign
 * @param offsetBytes bytes of a place in the file, without the one for its state
 */
record ArchiveFormat(int version, int revision, int intBytes, int offsetBytes) {
    static final int VERSION_1_14 = 0x010e;
    static final int VERSION_1_15 = 0x010f;
    static final int VERSION_1_16 = 0x0110;

    /** The byte that says custom, among the kinds of archive. */
    static final int CUSTOM = 1;

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

    boolean namesCompression() {
        return version >= VERSION_1_15;
    }

    /** Since PostgreSQL 17 entries tell the kind of relation, and large objects are defined by the thousand, with the data. */
    boolean isOf17() {
        return version >= VERSION_1_16;
    }
}
