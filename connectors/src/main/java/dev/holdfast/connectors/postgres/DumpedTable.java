package dev.holdfast.connectors.postgres;

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

    /** For people: the name, quoted where it is odd. */
    public String shown() {
        return (schema.isEmpty() ? "" : Sql.shortName(schema) + ".") + Sql.shortName(name);
    }
}
