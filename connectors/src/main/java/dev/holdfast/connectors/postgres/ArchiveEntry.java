package dev.holdfast.connectors.postgres;

import java.util.List;

/**
 * An entry of an archive's table of contents. All texts are empty where the archive has none.
 *
 * @param id what dependencies name it by
 * @param catalog oid of the catalog that the object is in, in digits
 * @param oid oid of the object there, in digits
 * @param type what pg_dump calls it, for example {@code TABLE} or {@code FK CONSTRAINT}
 * @param section 1 for none of its own, 2 before, 3 of, and 4 after the data
 * @param definition the SQL that makes it
 * @param removal the SQL that drops it
 * @param copy the statement that its rows go in through; empty where it has none
 * @param place flag and place of its data
 * @param file where its data are in a tar or a folder; empty for no data, and in custom format
 * @param raw all of its bytes
 * @param definitionAt where the definition lies in them, with its length
 * @param tablespaceAt where the tablespace lies in them
 * @param ownerAt where the owner lies in them
 */
@SuppressWarnings("ArrayRecordComponent") // read once and written as it is
record ArchiveEntry(
        int id,
        String catalog,
        String oid,
        String name,
        String type,
        int section,
        String definition,
        String removal,
        String copy,
        String schema,
        String tablespace,
        String owner,
        List<String> dependencies,
        Place place,
        String file,
        byte[] raw,
        Span definitionAt,
        Span tablespaceAt,
        Span ownerAt) {
    /** Bytes from one place to before another. */
    record Span(int from, int to) {}

    /**
     * @param state one of {@link ArchiveFormat#PLACE_UNKNOWN}, {@link ArchiveFormat#PLACE_KNOWN} and {@link
     *     ArchiveFormat#NO_DATA}
     */
    record Place(int state, long position) {
        /** That of an entry without data. */
        static final Place NONE = new Place(ArchiveFormat.NO_DATA, 0);
    }
}
