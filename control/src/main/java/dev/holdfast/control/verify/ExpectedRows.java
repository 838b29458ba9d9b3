package dev.holdfast.control.verify;

import dev.holdfast.connectors.postgres.DumpedTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * How many rows the tables of a dump should have.
 *
 * @param source what says it, for people
 */
record ExpectedRows(String source, List<DumpedTable> tables) {
    ExpectedRows {
        tables = List.copyOf(tables);
    }

    /** Empty if there are none, or these are something else. */
    static Optional<ExpectedRows> of(String source, JsonNode tables) {
        return tables.isArray() && !tables.isEmpty() && tables.valueStream().allMatch(ExpectedRows::isTable)
                ? Optional.of(new ExpectedRows(
                        source,
                        tables.valueStream()
                                .map(table -> new DumpedTable(
                                        table.path("schema").asString(),
                                        table.path("name").asString(),
                                        table.path("rows").asLong()))
                                .toList()))
                : Optional.empty();
    }

    private static boolean isTable(JsonNode table) {
        return table.path("schema").isString()
                && table.path("name").isString()
                && table.path("rows").isIntegralNumber()
                && table.path("rows").asLong() >= 0;
    }

    /**
     * A table that has other rows than it should; empty if there is none. Of a table that the dump does not show under its name nothing
     * is known: not every dump writes each name as it is.
     */
    Optional<String> difference(List<DumpedTable> dumped) {
        Map<String, Long> found = byName(dumped);
        return byName(tables).entrySet().stream()
                .filter(table ->
                        !found.getOrDefault(table.getKey(), table.getValue()).equals(table.getValue()))
                .findFirst()
                .map(table -> "has " + found.get(table.getKey()) + " rows of " + table.getKey() + ", and " + source
                        + " says " + table.getValue());
    }

    /** How many tables were compared, for people; empty if it was none. */
    Optional<String> compared(List<DumpedTable> dumped) {
        Map<String, Long> found = byName(dumped);
        Map<String, Long> wanted = byName(tables);
        long both = wanted.keySet().stream().filter(found::containsKey).count();
        return both == 0
                ? Optional.empty()
                : Optional.of("rows of " + both + " of " + wanted.size() + " tables of " + source);
    }

    private static Map<String, Long> byName(List<DumpedTable> tables) {
        Map<String, Long> rows = new TreeMap<>();
        tables.forEach(table -> rows.merge(table.shown(), table.rows(), Long::sum));
        return rows;
    }
}
