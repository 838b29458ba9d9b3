package dev.holdfast.connectors.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;

/**
 * Everything a schema must not define because a selection leaves out what it belongs to or needs; else a restore would stop at
 * it. It is what {@code DROP … CASCADE} would take along, as the catalog's dependencies tell.
 *
 * @param gone every object that is left out
 * @param others those among them that belong to nothing that was left out, each with what it needs, for people
 */
record Collateral(Set<CatalogId> gone, List<String> others) {
    static final Collateral NONE = new Collateral(Set.of(), List.of());

    /** The oid of pg_class, the same everywhere. */
    private static final long RELATIONS = 1259;

    /**
     * {@code own} is what belongs to what was left out and goes unnoticed with it; {@code lost} is that and all that needs
     * any of it, directly or not. Members of extensions come with their extension, whatever is selected.
     */
    private static final String CLOSURE = """
            WITH RECURSIVE member AS MATERIALIZED (
              SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'),
            kept AS (SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid AS classid, o::oid AS objid
              FROM pg_catalog.unnest(?::int8[]) o
              UNION ALL SELECT classid, objid FROM member),
            own(classid, objid) AS (
              SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid, o::oid FROM pg_catalog.unnest(?::int8[]) o
              UNION SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass::oid, o::oid FROM pg_catalog.unnest(?::int8[]) o
              UNION SELECT d.classid, d.objid FROM pg_catalog.pg_depend d
                WHERE d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
                  AND d.refobjid = ANY (?::int8[]::oid[])
                  AND d.classid <> 'pg_catalog.pg_extension'::pg_catalog.regclass
                  AND (d.classid, d.objid) NOT IN (SELECT classid, objid FROM kept)
              UNION SELECT d.classid, d.objid FROM own JOIN pg_catalog.pg_depend d
                  ON d.refclassid = own.classid AND d.refobjid = own.objid
                WHERE d.objsubid = 0
                  AND (d.deptype IN ('a', 'i', 'P', 'S')
                    OR own.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass)
                  AND (d.classid, d.objid) NOT IN (SELECT classid, objid FROM kept)),
            lost(classid, objid) AS (
              SELECT classid, objid FROM own
              UNION SELECT x.classid, x.objid FROM lost CROSS JOIN LATERAL (
                SELECT d.classid, d.objid FROM pg_catalog.pg_depend d
                WHERE d.refclassid = lost.classid AND d.refobjid = lost.objid
                UNION ALL SELECT d.refclassid, d.refobjid FROM pg_catalog.pg_depend d
                WHERE d.classid = lost.classid AND d.objid = lost.objid AND d.deptype = 'i') x
              WHERE x.classid <> 'pg_catalog.pg_extension'::pg_catalog.regclass
                AND (x.classid, x.objid) NOT IN (SELECT classid, objid FROM kept))
            SELECT classid, objid, (classid, objid) IN (SELECT classid, objid FROM own) FROM lost""";

    /** What objects are; {@code part} where something else tells of them, or the table of an index. */
    private static final String DESCRIPTION = """
            SELECT l.classid, l.objid, pg_catalog.pg_describe_object(l.classid::oid, l.objid::oid, 0), g.relname::text,
              CASE g.relname
                WHEN 'pg_class' THEN (SELECT c.relkind::text FROM pg_catalog.pg_class c WHERE c.oid = l.objid::oid)
                WHEN 'pg_attrdef' THEN (
                  SELECT c.relkind::text FROM pg_catalog.pg_attrdef a JOIN pg_catalog.pg_class c ON c.oid = a.adrelid
                  WHERE a.oid = l.objid::oid)
                WHEN 'pg_constraint' THEN (
                  SELECT CASE WHEN k.conparentid <> 0 THEN 'part' ELSE k.contype::text END
                  FROM pg_catalog.pg_constraint k WHERE k.oid = l.objid::oid)
                WHEN 'pg_rewrite' THEN (
                  SELECT CASE WHEN r.rulename = '_RETURN' THEN 'part' END FROM pg_catalog.pg_rewrite r
                  WHERE r.oid = l.objid::oid)
                WHEN 'pg_trigger' THEN (
                  SELECT CASE WHEN t.tgisinternal THEN 'part' END FROM pg_catalog.pg_trigger t WHERE t.oid = l.objid::oid)
                WHEN 'pg_type' THEN (
                  SELECT CASE WHEN t.typcategory = 'A' OR c.relkind <> 'c' THEN 'part' END
                  FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
                  WHERE t.oid = l.objid::oid)
              END,
              CASE WHEN g.relname = 'pg_class' THEN (
                SELECT i.indrelid FROM pg_catalog.pg_index i WHERE i.indexrelid = l.objid::oid) END
            FROM ROWS FROM (pg_catalog.unnest(?::int8[]), pg_catalog.unnest(?::int8[])) AS l(classid, objid)
            JOIN pg_catalog.pg_class g ON g.oid = l.classid::oid""";

    /** What objects depend on; a view depends by its rule. */
    private static final String NEEDS = """
            SELECT l.classid, l.objid, d.refclassid, d.refobjid
            FROM ROWS FROM (pg_catalog.unnest(?::int8[]), pg_catalog.unnest(?::int8[])) AS l(classid, objid)
            CROSS JOIN LATERAL (
              SELECT d.refclassid, d.refobjid FROM pg_catalog.pg_depend d
              WHERE d.classid = l.classid::oid AND d.objid = l.objid::oid
              UNION ALL SELECT d.refclassid, d.refobjid FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_depend d
                ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
              WHERE l.classid::oid = 'pg_catalog.pg_class'::pg_catalog.regclass AND r.ev_class = l.objid::oid) d""";

    /** An object that belongs to nothing that was left out. */
    private record Lost(CatalogId id, String name, String catalog, String detail, String needs) {
        String told() {
            return name + (needs.isEmpty() ? "" : " (needs " + needs + ")");
        }

        Lost needing(String what) {
            return new Lost(id, name, catalog, detail, what);
        }

        /** Whether a table would not be the same without it, or would be open to more people. */
        boolean isVital() {
            return switch (catalog) {
                case "pg_class", "pg_attrdef" -> detail.equals("r") || detail.equals("p");
                case "pg_constraint" -> !detail.equals("f") && !isPart();
                case "pg_policy" -> true;
                default -> false;
            };
        }

        /** Whether something else tells of it. */
        boolean isPart() {
            return name.isEmpty()
                    || detail.equals(PART)
                    || PARTS.contains(catalog)
                    || (catalog.equals("pg_class") && "tcI".contains(detail));
        }
    }

    private static final String PART = "part";
    private static final Set<String> PARTS =
            Set.of("pg_amop", "pg_amproc", "pg_default_acl", "pg_publication_namespace");

    /**
     * @throws dev.holdfast.engine.error.Invalid if a selected table cannot be without something that was left out
     */
    static Collateral of(Session session, Scope scope) throws SQLException {
        if (scope.isEverything()) {
            return NONE;
        }
        Set<CatalogId> own = new HashSet<>();
        Set<CatalogId> gone = new HashSet<>();
        session.each(
                CLOSURE,
                row -> {
                    CatalogId object = new CatalogId(row.getLong(1), row.getLong(2));
                    gone.add(object);
                    return row.getBoolean(3) && own.add(object);
                },
                scope.orphans(),
                scope.undefined(),
                scope.goneSchemas(),
                scope.emptySchemas());
        List<Lost> lost = explained(session, described(session, gone, own), gone, own);
        requireDispensable(scope, lost);
        List<String> others = new ArrayList<>(
                lost.stream().filter(object -> !object.isPart()).map(Lost::told).toList());
        addForeignKeys(session, scope, gone, others);
        return new Collateral(gone, List.copyOf(others));
    }

    boolean hasRelation(long oid) {
        return gone.contains(new CatalogId(RELATIONS, oid));
    }

    private static List<Lost> described(Session session, Set<CatalogId> gone, Set<CatalogId> own) throws SQLException {
        List<CatalogId> lost =
                gone.stream().filter(object -> !own.contains(object)).toList();
        return session
                .list(
                        DESCRIPTION,
                        row -> {
                            boolean ofLostTable = gone.contains(new CatalogId(RELATIONS, row.getLong(6)));
                            return new Lost(
                                    new CatalogId(row.getLong(1), row.getLong(2)),
                                    text(row, 3),
                                    row.getString(4),
                                    ofLostTable ? PART : text(row, 5),
                                    "");
                        },
                        catalogs(lost),
                        oids(lost))
                .stream()
                .sorted(Comparator.comparing(Lost::name))
                .toList();
    }

    /** Each with one of the lost objects it needs, best one that was left out itself. */
    private static List<Lost> explained(Session session, List<Lost> lost, Set<CatalogId> gone, Set<CatalogId> own)
            throws SQLException {
        List<CatalogId> ids = lost.stream().map(Lost::id).toList();
        Map<CatalogId, CatalogId> needs = new HashMap<>();
        Comparator<CatalogId> better = Comparator.comparing((CatalogId needed) -> !own.contains(needed))
                .thenComparingLong(CatalogId::catalog)
                .thenComparingLong(CatalogId::oid);
        session.each(
                NEEDS,
                row -> {
                    CatalogId object = new CatalogId(row.getLong(1), row.getLong(2));
                    CatalogId needed = new CatalogId(row.getLong(3), row.getLong(4));
                    return needed.equals(object) || !gone.contains(needed)
                            ? needed
                            : needs.merge(object, needed, BinaryOperator.minBy(better));
                },
                catalogs(ids),
                oids(ids));
        List<CatalogId> needed = needs.values().stream().distinct().toList();
        Map<CatalogId, String> names = new HashMap<>();
        session.each(
                "SELECT n.classid, n.objid, pg_catalog.pg_describe_object(n.classid::oid, n.objid::oid, 0)"
                        + " FROM ROWS FROM (pg_catalog.unnest(?::int8[]), pg_catalog.unnest(?::int8[])) AS n(classid, objid)",
                row -> names.put(new CatalogId(row.getLong(1), row.getLong(2)), text(row, 3)),
                catalogs(needed),
                oids(needed));
        return lost.stream()
                .map(object -> object.needing(names.getOrDefault(needs.getOrDefault(object.id(), object.id()), "")))
                .toList();
    }

    /** What somebody drops at this moment has no name any more. */
    private static String text(ResultSet row, int column) throws SQLException {
        String text = row.getString(column);
        return text == null ? "" : text;
    }

    private static Long[] catalogs(List<CatalogId> objects) {
        return objects.stream().map(CatalogId::catalog).toArray(Long[]::new);
    }

    private static Long[] oids(List<CatalogId> objects) {
        return objects.stream().map(CatalogId::oid).toArray(Long[]::new);
    }

    private static void requireDispensable(Scope scope, List<Lost> lost) {
        List<String> vital = lost.stream().filter(Lost::isVital).map(Lost::told).toList();
        if (!vital.isEmpty()) {
            throw scope.refused(
                    "leaves out what others cannot be without: " + PostgresSource.some(vital),
                    "select that too, or leave both out; the rows of a table alone are left out by exclude-data.");
        }
    }

    /** A foreign key cannot be made where the rows it refers to are not there. */
    private static void addForeignKeys(Session session, Scope scope, Set<CatalogId> gone, List<String> others)
            throws SQLException {
        session.each(
                """
                SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass::oid, k.oid,
                  pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0),
                  pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, k.confrelid, 0)
                FROM pg_catalog.pg_constraint k
                WHERE k.contype = 'f' AND k.conparentid = 0
                  AND k.conrelid = ANY (?::int8[]::oid[]) AND k.confrelid = ANY (?::int8[]::oid[])
                ORDER BY 3""",
                row -> {
                    if (gone.add(new CatalogId(row.getLong(1), row.getLong(2)))) {
                        others.add(row.getString(3) + " (needs the rows of " + row.getString(4) + ")");
                    }
                    return row;
                },
                scope.filled(),
                scope.incomplete());
    }
}
