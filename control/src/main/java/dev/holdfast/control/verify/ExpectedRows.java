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
     * What is not as it should be; empty if everything is. Tables whose names a dump writes otherwise are compared by the sum of their
     * rows.
     */
    Optional<String> difference(List<DumpedTable> dumped) {
        Map<String, Long> wanted = byName(tables);
        Map<String, Long> found = byName(dumped);
        for (Map.Entry<String, Long> table : wanted.entrySet()) {
            Long rows = found.get(table.getKey());
            if (rows != null && !rows.equals(table.getValue())) {
                return Optional.of(
                        "has " + rows + " rows of " + table.getKey() + ", and " + source + " says " + table.getValue());
            }
        }
        long more = sum(found, wanted);
        long less = sum(wanted, found);
        return more == less
                ? Optional.empty()
                : Optional.of("has " + more + " rows of tables that " + source + " does not name, and lacks " + less
                        + " of tables that it names");
    }

    private static Map<String, Long> byName(List<DumpedTable> tables) {
        Map<String, Long> rows = new TreeMap<>();
        tables.forEach(table -> rows.merge(table.shown(), table.rows(), Long::sum));
        return rows;
    }

    /** Of those that the other has not. */
    private static long sum(Map<String, Long> tables, Map<String, Long> other) {
        return tables.entrySet().stream()
                .filter(table -> !other.containsKey(table.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
