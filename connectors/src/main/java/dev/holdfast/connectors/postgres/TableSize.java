package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryType;
import java.util.Optional;

/**
 * How much of a table is in a part. Partitions count for the table that they belong to: they come and go.
 *
 * @param table schema and name, as {@code public.orders}
 * @param rows how many rows
 * @param bytes length of its rows as text
 */
public record TableSize(String table, long rows, long bytes) {
    /** What an entry says; empty if it is not that of a table. */
    public static Optional<TableSize> of(Entry entry) {
        if (entry.type() != EntryType.TABLE) {
            return Optional.empty();
        }
        String own = entry.attributes().text(Keys.ATTRIBUTE_SCHEMA).orElse("") + "."
                + entry.attributes().text(Keys.ATTRIBUTE_NAME).orElse("");
        String table = entry.attributes().bytes(Keys.ROOT).map(TableSize::root).orElse(own);
        long rows = entry.attributes().number(Keys.ROWS).orElse(0);
        return Optional.of(new TableSize(table, rows, entry.content().bytes()));
    }

    private static String root(byte[] names) {
        return String.join(".", Keys.JSON.readValue(names, String[].class));
    }

    /** Both together. */
    public TableSize and(TableSize other) {
        return new TableSize(table, rows + other.rows, bytes + other.bytes);
    }
}
