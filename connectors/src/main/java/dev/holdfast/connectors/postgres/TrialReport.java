package dev.holdfast.connectors.postgres;

import java.util.List;

/**
 * What came back in a trial.
 *
 * @param server where it was restored, for people
 * @param tables every table, with its rows counted there; those of several databases have theirs in front of the schema
 * @param compared how many of them have as many rows as the dump has; the dump does not say it of others
 * @param notes what somebody should know
 */
public record TrialReport(String server, List<DumpedTable> tables, long compared, List<String> notes) {
    public TrialReport {
        tables = List.copyOf(tables);
        notes = List.copyOf(notes);
    }

    public long rows() {
        return tables.stream().mapToLong(DumpedTable::rows).sum();
    }
}
