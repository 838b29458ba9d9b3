package dev.holdfast.connectors.postgres;

import java.util.List;
import java.util.Set;

/**
 * What a dump of pg_dump or pg_dumpall holds, as far as it says so itself.
 *
 * @param database its name; empty where the dump does not say it
 * @param server version of the server; empty likewise
 * @param tool version of pg_dump; empty likewise
 * @param tables those with rows as {@code COPY} text, with their rows counted; others are not in it
 * @param dataBlocks how many tables and groups of large objects have data in it
 * @param bytes length of the data once they are unpacked
 * @param roles what owns something, or has a right to it
 * @param extensions what it makes
 * @param ofServer whether it makes databases and goes from one to another
 */
public record DumpContents(
        String database,
        String server,
        String tool,
        List<DumpedTable> tables,
        long dataBlocks,
        long bytes,
        Set<String> roles,
        Set<String> extensions,
        boolean ofServer) {
    public DumpContents {
        tables = List.copyOf(tables);
        roles = Set.copyOf(roles);
        extensions = Set.copyOf(extensions);
    }

    /** Sum of all rows that were counted. */
    public long rows() {
        return tables.stream().mapToLong(DumpedTable::rows).sum();
    }
}
