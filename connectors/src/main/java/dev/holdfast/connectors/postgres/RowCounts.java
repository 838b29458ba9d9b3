package dev.holdfast.connectors.postgres;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares the rows that tables should have with those that they have. A table has to have its own; only rows of a partitioned table
 * find their place anew when they are restored, so what counts there is the sum over its partitions. For one thread.
 */
final class RowCounts {
    private final Map<String, Long> found = new HashMap<>();
    /** The partitioned table that a partition belongs to in the end. */
    private final Map<String, String> tops;

    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final List<String> missing = new ArrayList<>();
    private int equal;

    /** A partitioned table with all its partitions, or any other table alone. */
    private static final class Group {
        private long wanted;
        private final List<String> otherwise = new ArrayList<>();
    }

    /**
     * @param tables that have rows of their own
     * @param tops partition to the partitioned table above all others, as they are {@linkplain DumpedTable#shown() shown}
     */
    RowCounts(List<DumpedTable> tables, Map<String, String> tops) {
        this.tops = Map.copyOf(tops);
        tables.forEach(table -> found.put(table.shown(), table.rows()));
    }

    /** Whether it is one of the tables, or has partitions among them. */
    boolean knows(DumpedTable table) {
        return found.containsKey(table.shown()) || tops.containsValue(table.shown());
    }

    /** Says how many rows a table should have; a partitioned one, that so many came by way of it. */
    void expect(DumpedTable table) {
        if (!knows(table)) {
            missing.add(table.shown() + " has not come back, the dump has " + table.rows());
            return;
        }
        String name = table.shown();
        Group group = groups.computeIfAbsent(tops.getOrDefault(name, name), _ -> new Group());
        group.wanted += table.rows();
        @Nullable Long rows = found.get(name);
        if (rows != null && rows == table.rows()) {
            equal++;
        } else {
            group.otherwise.add(name + " has " + (rows == null ? "none of its own" : rows + " rows") + ", the dump has "
                    + table.rows());
        }
    }

    /** How many tables have as many rows as they should. */
    int equal() {
        return equal;
    }

    /** What is not as it should be. */
    List<String> different() {
        List<String> different = new ArrayList<>(missing);
        groups.forEach((top, group) -> {
            if (!group.otherwise.isEmpty() && group.wanted != rows(top)) {
                different.addAll(group.otherwise);
            }
        });
        return different;
    }

    /** Partitions with other rows than they had, though together they have as many. */
    List<String> moved() {
        List<String> moved = new ArrayList<>();
        groups.forEach((top, group) -> {
            if (group.wanted == rows(top)) {
                moved.addAll(group.otherwise);
            }
        });
        return moved;
    }

    /** Of a table alone, its own; of a partitioned one, those of all its partitions. */
    private long rows(String top) {
        return found.getOrDefault(top, 0L)
                + tops.entrySet().stream()
                        .filter(partition -> partition.getValue().equals(top))
                        .mapToLong(partition -> found.getOrDefault(partition.getKey(), 0L))
                        .sum();
    }
}
