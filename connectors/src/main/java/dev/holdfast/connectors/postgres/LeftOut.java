package dev.holdfast.connectors.postgres;

import java.util.ArrayList;
import java.util.List;

/**
 * What a selection left out of a snapshot, by name; part of the format of {@code document/database}.
 *
 * @param schemas whole schemas
 * @param tables tables and views of the other schemas
 * @param data tables whose definition is there and whose rows are not
 * @param others what cannot be without one of these, each with what it needs
 */
record LeftOut(List<String> schemas, List<String> tables, List<String> data, List<String> others) {
    LeftOut {
        schemas = List.copyOf(schemas);
        tables = List.copyOf(tables);
        data = List.copyOf(data);
        others = List.copyOf(others);
    }

    boolean isNothing() {
        return schemas.isEmpty() && tables.isEmpty() && data.isEmpty() && others.isEmpty();
    }

    /** How much of each, in a few words; empty if nothing. */
    String summary() {
        List<String> counts = new ArrayList<>();
        count(counts, schemas.size(), "schema");
        count(counts, tables.size(), "table or view", "tables and views");
        count(counts, data.size(), "table's rows", "tables' rows");
        count(counts, others.size(), "object that needs them", "objects that need them");
        return String.join(", ", counts);
    }

    private static void count(List<String> counts, int number, String one) {
        count(counts, number, one, one + "s");
    }

    private static void count(List<String> counts, int number, String one, String many) {
        if (number > 0) {
            counts.add(number + " " + (number == 1 ? one : many));
        }
    }
}
