package dev.holdfast.control.export;

import dev.holdfast.connectors.postgres.DumpedTable;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import java.time.Instant;
import java.util.List;

/**
 * What a file that is exported by a command is made from.
 *
 * @param format its label
 * @param tables those with rows in the file, with the rows that were captured; empty if it is no dump
 * @param began when the export was begun
 */
public record Exported(Snapshot snapshot, Part part, String format, List<DumpedTable> tables, Instant began) {
    public Exported {
        tables = List.copyOf(tables);
    }
}
