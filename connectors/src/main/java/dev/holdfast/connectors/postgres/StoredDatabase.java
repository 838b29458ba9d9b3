package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Keys.TableName;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A part of this kind, understood: its documents and what its entries say. Rows and large objects are read elsewhere.
 *
 * @param documents how many; they are entries too
 * @param largeObjects how many
 */
record StoredDatabase(
        PartReader part,
        DatabaseProperties properties,
        Roles roles,
        List<StoredTable> tables,
        List<StoredSequence> sequences,
        int documents,
        long largeObjects) {

    StoredDatabase {
        tables = List.copyOf(tables);
        sequences = List.copyOf(sequences);
    }

    /**
     * A table's rows.
     *
     * @param loaded the table that takes them: itself, or the partitioned one that routes them again
     * @param order those of extensions have one, and are filled in it; 0 for all others
     */
    record StoredTable(
            Entry entry, TableName name, TableName loaded, List<String> columns, long rows, String hash, long order) {
        StoredTable {
            columns = List.copyOf(columns);
        }

        private static StoredTable of(Entry entry) {
            TableName own = Keys.tableName(entry);
            return new StoredTable(
                    entry,
                    own,
                    Keys.root(entry).orElse(own),
                    Keys.columns(entry),
                    Long.parseLong(Keys.need(entry, Keys.ROWS)),
                    Keys.need(entry, Keys.HASH),
                    entry.attributes().number(Keys.ORDER).orElse(0));
        }

        long bytes() {
            return entry.content().bytes();
        }
    }

    /** A sequence's state. */
    record StoredSequence(TableName name, long lastValue, boolean called) {
        private static StoredSequence of(Entry entry) {
            return new StoredSequence(
                    Keys.tableName(entry),
                    Long.parseLong(Keys.need(entry, Keys.LAST_VALUE)),
                    Keys.need(entry, Keys.IS_CALLED).equals("true"));
        }
    }

    /**
     * @throws Unsupported if a later version wrote it
     */
    static StoredDatabase of(PartReader part) {
        List<StoredTable> tables = new ArrayList<>();
        List<StoredSequence> sequences = new ArrayList<>();
        int documents = 0;
        EntryCursor cursor = part.entriesFrom(Keys.DOCUMENTS);
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            switch (entry.type()) {
                case TABLE -> tables.add(StoredTable.of(entry));
                case SEQUENCE -> sequences.add(StoredSequence.of(entry));
                case DOCUMENT -> {
                    if (!Keys.KNOWN_DOCUMENTS.contains(entry.key())) {
                        throw unknown(entry);
                    }
                    documents++;
                }
                default -> throw unknown(entry);
            }
        }
        return new StoredDatabase(
                part,
                Keys.read(part, Keys.DATABASE, DatabaseProperties.class),
                Keys.read(part, Keys.ROLES, Roles.class),
                tables,
                sequences,
                documents,
                part.entryCount() - tables.size() - sequences.size() - documents);
    }

    /** The statements that make some of the captured tablespaces again. */
    List<String> tablespaceCommands(Set<String> names) {
        return part.find(Keys.TABLESPACES).isEmpty()
                ? List.of()
                : Keys.read(part, Keys.TABLESPACES, Tablespaces.class).commands(names);
    }

    private static Unsupported unknown(Entry entry) {
        return new Unsupported(
                ErrorCode.DATABASE_RESTORE_FAILED,
                "entry " + entry.key() + " of type " + entry.type() + " is not known to this version",
                "restore with the version of Holdfast that made the snapshot, or a later one.");
    }
}
