package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Catalog.Table;
import dev.holdfast.engine.source.Diagnosis;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Looks for rows that COPY cannot write, because their text would take more than 1 GB. Only tables with much out of line are
 * looked at, the largest first, and of a large one a sample. The text is estimated from lengths that the server knows without
 * reading the values: twice the length of a bytea, the length of a text, and twice the stored (perhaps compressed) size of
 * anything else. For one thread.
 */
final class LongRows {
    /** The longest line of COPY, a limit of the server's memory for one allocation. */
    private static final long LIMIT_BYTES = 0x3fff_ffffL;

    /** A row that long, if it does not shrink more than thirtyfold, has this much out of line. */
    private static final long LEAST_OUT_OF_LINE_BYTES = 16L << 20;

    private static final int MOST_TABLES = 20;
    private static final long SAMPLED_PAGES = 20_000;
    private static final int LIMIT_MILLIS = 10_000;

    private final Session session;
    private final List<Table> tables;
    private final long limitBytes;
    private final long leastOutOfLineBytes;

    LongRows(Session session, List<Table> tables) {
        this(session, tables, LIMIT_BYTES, LEAST_OUT_OF_LINE_BYTES);
    }

    LongRows(Session session, List<Table> tables, long limitBytes, long leastOutOfLineBytes) {
        this.session = session;
        this.tables = tables;
        this.limitBytes = limitBytes;
        this.leastOutOfLineBytes = leastOutOfLineBytes;
    }

    private record Candidate(long oid, long pages, long outOfLine) {}

    void diagnose(List<Diagnosis> found) throws SQLException {
        Map<Long, Table> byOid = new HashMap<>();
        tables.stream().filter(Table::hasRows).forEach(table -> byOid.put(table.oid(), table));
        List<Candidate> candidates = session
                .list("""
                        SELECT c.oid::int8, pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int8,
                          pg_catalog.pg_relation_size(c.reltoastrelid)
                        FROM pg_catalog.pg_class c
                        WHERE c.reltoastrelid <> 0 AND c.oid = ANY (?::int8[]::oid[])""", row -> new Candidate(row.getLong(1), row.getLong(2), row.getLong(3)), (Object)
                        byOid.keySet().toArray(Long[]::new))
                .stream()
                .filter(candidate -> candidate.outOfLine() >= leastOutOfLineBytes)
                .sorted(Comparator.comparingLong(Candidate::outOfLine).reversed())
                .limit(MOST_TABLES)
                .toList();
        boolean any = false;
        for (Candidate candidate : candidates) {
            any |= diagnose(Objects.requireNonNull(byOid.get(candidate.oid())), candidate, found);
        }
        if (!any) {
            found.add(Diagnosis.ok("long rows", "none that comes near 1 GB as text was found"));
        }
    }

    private boolean diagnose(Table table, Candidate candidate, List<Diagnosis> found) throws SQLException {
        boolean sampled = candidate.pages() > SAMPLED_PAGES;
        long longest;
        session.run("SET statement_timeout = " + LIMIT_MILLIS);
        try {
            String text = session.textOrNull("SELECT pg_catalog.max(" + estimate(table) + ") FROM ONLY "
                    + table.quoted()
                    + (sampled ? " TABLESAMPLE SYSTEM (" + 100.0 * SAMPLED_PAGES / candidate.pages() + ")" : ""));
            longest = text == null ? 0 : Long.parseLong(text);
        } catch (SQLException e) {
            if (SqlFailures.isLost(e)) {
                throw e;
            }
            found.add(Diagnosis.note(
                    "long rows",
                    "table " + table.shown() + " could not be looked at: " + SqlFailures.said(e),
                    "a row of more than 1 GB as text would end a backup"));
            return true;
        } finally {
            session.run("SET statement_timeout = 0");
        }
        if (longest < limitBytes / 2) {
            return false;
        }
        found.add(Diagnosis.warning(
                "long rows",
                "a row of table " + table.shown() + " takes about " + (longest >> 20) + " MiB as text"
                        + (sampled ? " (of a sample; estimated from lengths)" : " (estimated from lengths)"),
                longest > limitBytes
                        ? "COPY cannot write it, nor can pg_dump: a backup will fail there"
                        : "COPY cannot write more than 1023 MiB: if it grows, a backup will fail there",
                "keep such values as large objects or files, or leave out the rows with exclude-data."));
        return true;
    }

    private String estimate(Table table) throws SQLException {
        List<String> lengths = session.list("""
                SELECT CASE WHEN t.typname = 'bytea' THEN '2 * pg_catalog.octet_length(' || quoted || ')::int8 + 2'
                    WHEN t.typname IN ('text', 'varchar', 'bpchar') THEN 'pg_catalog.octet_length(' || quoted || ')::int8'
                    ELSE '2 * pg_catalog.pg_column_size(' || quoted || ')::int8' END
                FROM (SELECT atttypid, pg_catalog.quote_ident(attname) AS quoted FROM pg_catalog.pg_attribute
                  WHERE attrelid = ?::int8::oid AND attnum > 0 AND NOT attisdropped AND attlen = -1
                    AND attgenerated = '') a
                JOIN pg_catalog.pg_type t ON t.oid = a.atttypid""", row -> "coalesce(" + row.getString(1) + ", 0)", table.oid());
        return lengths.isEmpty() ? "0" : String.join(" + ", lengths);
    }
}
