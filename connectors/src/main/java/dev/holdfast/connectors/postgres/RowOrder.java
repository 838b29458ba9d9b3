package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Keys.TableName;
import dev.holdfast.connectors.postgres.StoredDatabase.StoredTable;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The tables for which it matters where their rows lie: those that were clustered, and those with a BRIN index, which knows a
 * range of values for each range of pages.
 */
final class RowOrder {
    private static final List<String> TABLES = List.of("TABLE", "MATERIALIZED VIEW");
    private static final Pattern MATTERS = Pattern.compile("\\bUSING brin\\b|\\bCLUSTER ON\\b");

    private RowOrder() {}

    /** Which tables are to be filled from their first row to their last. */
    static Predicate<StoredTable> whole(PostgresRestore choice, SchemaArchive archive) throws IOException {
        if (choice.keepOrder()) {
            return table -> true;
        }
        Set<TableName> ordered = of(archive);
        return table -> ordered.contains(table.name());
    }

    private static Set<TableName> of(SchemaArchive archive) throws IOException {
        Map<String, TableName> tables = new HashMap<>();
        Set<TableName> found = new HashSet<>();
        // an archive lists what is needed before what needs it
        archive.items(item -> {
            if (TABLES.contains(item.type())) {
                tables.put(Integer.toString(item.id()), new TableName(item.schema(), item.name()));
            } else if (MATTERS.matcher(item.definition()).find()) {
                item.dependencies().stream()
                        .filter(tables::containsKey)
                        .map(tables::get)
                        .forEach(found::add);
            }
        });
        return found;
    }
}
