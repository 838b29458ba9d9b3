package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Keys.TableName;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryType;
import java.util.ArrayList;
import java.util.List;

/**
 * A table, and how many rows it has in a dump or a database.
 *
 * @param schema as the catalog has it
 * @param name as the catalog has it
 * @param rows zero or more
 */
public record DumpedTable(String schema, String name, long rows) {
    public DumpedTable {
        if (rows < 0) {
            throw new IllegalArgumentException("a table with " + rows + " rows");
        }
    }

    /** Those that were captured in a part, with their rows; none if it is no database. */
    public static List<DumpedTable> of(PartReader part) {
        List<DumpedTable> tables = new ArrayList<>();
        EntryCursor entries = part.entriesFrom(Keys.TABLES);
        for (Entry entry = entries.next(); entry != null && entry.type() == EntryType.TABLE; entry = entries.next()) {
            TableName name = Keys.tableName(entry);
            tables.add(new DumpedTable(name.schema(), name.name(), Long.parseLong(Keys.need(entry, Keys.ROWS))));
        }
        return tables;
    }

    /** For people: the name, quoted where it is odd. */
    public String shown() {
        return (schema.isEmpty() ? "" : Sql.shortName(schema) + ".") + Sql.shortName(name);
    }
}
