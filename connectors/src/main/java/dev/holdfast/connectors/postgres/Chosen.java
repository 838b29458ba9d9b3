package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Keys.TableName;
import dev.holdfast.connectors.postgres.PostgresRestore.Contents;
import dev.holdfast.connectors.postgres.StoredDatabase.StoredSequence;
import dev.holdfast.connectors.postgres.StoredDatabase.StoredTable;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.RestorePlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What of a part is restored.
 *
 * @param definitions which entries of the schema's archive
 * @param shared which of them a database that is in use has already; they are not restored into it
 * @param relations tables, views and sequences among them; empty if all are
 * @param tables whose rows
 * @param sequences whose states
 * @param largeObjects how many; all or none
 * @param documents how many entries of the part stand for definitions and properties
 * @param extensions that are needed, with the versions they had
 * @param leftOut what belongs to what was asked for and does not come, or comes without having been asked for
 * @param clashes what a database that is in use has already in another form
 */
record Chosen(
        Predicate<ArchiveToc.Item> definitions,
        Predicate<ArchiveToc.Item> shared,
        List<TableName> relations,
        List<StoredTable> tables,
        List<StoredSequence> sequences,
        long largeObjects,
        int documents,
        Map<String, String> extensions,
        List<Finding> leftOut,
        List<String> clashes) {

    static Chosen all(StoredDatabase stored, Contents contents) {
        boolean rows = contents != Contents.SCHEMA;
        return new Chosen(
                item -> true,
                item -> false,
                List.of(),
                rows ? stored.tables() : List.of(),
                rows ? stored.sequences() : List.of(),
                rows ? stored.largeObjects() : 0,
                stored.documents(),
                stored.properties().extensions(),
                List.of(),
                List.of());
    }

    /** All rows, for tables that are there. */
    static Chosen rows(StoredDatabase stored) {
        List<Finding> leftOut = new ArrayList<>();
        List<StoredTable> extensions =
                stored.tables().stream().filter(table -> table.order() > 0).toList();
        if (!extensions.isEmpty()) {
            leftOut.add(new Finding(
                    "tables of extensions",
                    "are left out: "
                            + PostgresSource.some(extensions.stream()
                                    .map(table -> table.name().shown())
                                    .toList())));
        }
        if (stored.largeObjects() > 0) {
            leftOut.add(new Finding(
                    "large objects", "are not restored with rows alone; the snapshot has " + stored.largeObjects()));
        }
        return rows(stored.tables().stream().filter(table -> table.order() == 0).toList(), stored.sequences(), leftOut);
    }

    static Chosen rows(List<StoredTable> tables, List<StoredSequence> sequences, List<Finding> leftOut) {
        return new Chosen(
                item -> false, item -> false, List.of(), tables, sequences, 0, 0, Map.of(), leftOut, List.of());
    }

    long entries() {
        return tables.size() + sequences.size() + largeObjects + documents;
    }

    /** Bytes of rows, and of large objects where they are part of it. */
    long bytes(StoredDatabase stored) {
        return largeObjects > 0
                ? stored.part().contentBytes()
                : tables.stream().mapToLong(StoredTable::bytes).sum();
    }

    List<RestorePlan.Item> items() {
        return tables.stream()
                .sorted(Comparator.comparingLong(StoredTable::bytes).reversed())
                .map(table -> new RestorePlan.Item(table.name().shown(), table.rows(), table.bytes()))
                .toList();
    }
}
