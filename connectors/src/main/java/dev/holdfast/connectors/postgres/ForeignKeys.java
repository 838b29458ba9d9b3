package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Keys.TableName;
import dev.holdfast.connectors.postgres.StoredDatabase.StoredTable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The foreign keys among tables that are filled in one transaction: an order in which those that are referred to come first,
 * and the keys that no order serves, which are checked at the end.
 *
 * @param position of a table
 * @param deferred keys that go in circles
 */
record ForeignKeys(Map<TableName, Integer> position, List<Key> deferred) {

    /** A key of a table, which may be the top of partitions. */
    record Key(TableName table, String name, boolean deferrable) {
        String shown() {
            return table.shown() + " " + Sql.shortName(name);
        }
    }

    /** Between the tops of partitions, because rows are in any of them. */
    private record Edge(Key key, TableName from, TableName to) {}

    static ForeignKeys among(Session live, Set<TableName> tables) throws SQLException {
        Map<TableName, TableName> tops = tops(live, tables);
        List<Edge> edges = edges(live).stream()
                .filter(edge -> tops.containsValue(edge.from()) && tops.containsValue(edge.to()))
                .toList();
        Map<TableName, Integer> positions = new HashMap<>();
        List<Key> deferred = new ArrayList<>();
        Set<TableName> open = new TreeSet<>(Comparator.comparing(TableName::quoted));
        open.addAll(tops.values());
        while (!open.isEmpty()) {
            TableName next = open.stream()
                    .filter(top -> edges.stream().noneMatch(edge -> refersTo(edge, top, open)))
                    .findFirst()
                    .orElse(open.iterator().next());
            edges.stream()
                    .filter(edge -> refersTo(edge, next, open) || isWithin(edge, next, tops))
                    .forEach(edge -> deferred.add(edge.key()));
            open.remove(next);
            positions.put(next, positions.size());
        }
        Map<TableName, Integer> position = new HashMap<>();
        tops.forEach((table, top) -> position.put(table, positions.getOrDefault(top, 0)));
        return new ForeignKeys(position, deferred);
    }

    private static boolean refersTo(Edge edge, TableName top, Set<TableName> open) {
        return edge.from().equals(top) && !edge.to().equals(top) && open.contains(edge.to());
    }

    /** A table that refers to itself is checked when all its rows are there; one with partitions is filled in pieces. */
    private static boolean isWithin(Edge edge, TableName top, Map<TableName, TableName> tops) {
        boolean pieces = tops.values().stream().filter(top::equals).count() > 1;
        return pieces && edge.from().equals(top) && edge.to().equals(top);
    }

    private static Map<TableName, TableName> tops(Session live, Set<TableName> tables) throws SQLException {
        Map<TableName, TableName> tops = new HashMap<>();
        live.each(
                """
                SELECT n.nspname::text, c.relname::text, tn.nspname::text, t.relname::text
                FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_catalog.pg_class t ON t.oid = coalesce(pg_catalog.pg_partition_root(c.oid)::oid, c.oid)
                JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
                WHERE c.oid = ANY (?::text[]::pg_catalog.regclass[])""",
                row -> tops.put(
                        new TableName(row.getString(1), row.getString(2)),
                        new TableName(row.getString(3), row.getString(4))),
                (Object) quoted(tables));
        return tops;
    }

    private static List<Edge> edges(Session live) throws SQLException {
        return live.list(
                """
                SELECT n.nspname::text, c.relname::text, k.conname::text, k.condeferrable,
                  tn.nspname::text, t.relname::text, fn.nspname::text, f.relname::text
                FROM pg_catalog.pg_constraint k
                JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_catalog.pg_class t ON t.oid = coalesce(pg_catalog.pg_partition_root(k.conrelid)::oid, k.conrelid)
                JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
                JOIN pg_catalog.pg_class f ON f.oid = coalesce(pg_catalog.pg_partition_root(k.confrelid)::oid, k.confrelid)
                JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
                WHERE k.contype = 'f' AND k.conparentid = 0 ORDER BY 1, 2, 3""",
                row -> new Edge(
                        new Key(new TableName(row.getString(1), row.getString(2)), row.getString(3), row.getBoolean(4)),
                        new TableName(row.getString(5), row.getString(6)),
                        new TableName(row.getString(7), row.getString(8))));
    }

    /** Tables outside of some that refer to one of them, with the keys' names. */
    static List<String> from(Session live, Set<TableName> tables) throws SQLException {
        return live.list("""
                SELECT k.conrelid::pg_catalog.regclass::text || ' (' || k.conname || ')' FROM pg_catalog.pg_constraint k
                WHERE k.contype = 'f' AND k.confrelid = ANY (?::text[]::pg_catalog.regclass[])
                  AND NOT k.conrelid = ANY (?::text[]::pg_catalog.regclass[]) ORDER BY 1""", row -> row.getString(1), quoted(tables), quoted(tables));
    }

    /** Partitioned tables all of whose partitions are among some tables. */
    static List<TableName> covered(Session live, Set<TableName> tables) throws SQLException {
        return live.list("""
                SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'p' AND EXISTS (
                    SELECT FROM pg_catalog.pg_partition_tree(c.oid) WHERE isleaf AND relid <> c.oid)
                  AND NOT EXISTS (
                    SELECT FROM pg_catalog.pg_partition_tree(c.oid) p
                    WHERE p.isleaf AND p.relid <> ALL (?::text[]::pg_catalog.regclass[]))""", row -> new TableName(row.getString(1), row.getString(2)), (Object) quoted(tables));
    }

    private static String[] quoted(Set<TableName> tables) {
        return tables.stream().map(TableName::quoted).toArray(String[]::new);
    }

    /** Those that are referred to first. */
    List<StoredTable> ordered(Collection<StoredTable> tables) {
        return tables.stream()
                .sorted(Comparator.comparingInt((StoredTable table) -> position.getOrDefault(table.loaded(), 0)))
                .toList();
    }

    /** For the rest of the transaction. */
    void defer(Session live) throws SQLException {
        for (Key key : deferred) {
            live.run(
                    key.deferrable()
                            ? "SET CONSTRAINTS " + Sql.name(key.table().schema(), key.name()) + " DEFERRED"
                            : alter(key) + " DEFERRABLE INITIALLY DEFERRED");
        }
    }

    /** Has all keys checked now, and leaves them as they were. */
    void check(Session live) throws SQLException {
        live.run("SET CONSTRAINTS ALL IMMEDIATE");
        for (Key key : deferred) {
            if (!key.deferrable()) {
                live.run(alter(key) + " NOT DEFERRABLE");
            }
        }
    }

    private static String alter(Key key) {
        return "ALTER TABLE " + key.table().quoted() + " ALTER CONSTRAINT " + Sql.name(key.name());
    }
}
