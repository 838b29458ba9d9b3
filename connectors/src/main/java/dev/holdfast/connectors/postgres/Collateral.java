package dev.holdfast.connectors.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    /** What objects are, and one of those each needs; {@code part} where something else tells of them. */
    private static final String DESCRIPTION = """
            WITH lost AS MATERIALIZED (
              SELECT l.classid::oid, l.objid::oid, l.own
              FROM ROWS FROM (pg_catalog.unnest(?::int8[]), pg_catalog.unnest(?::int8[]), pg_catalog.unnest(?::bool[]))
                AS l(classid, objid, own))
            SELECT pg_catalog.pg_describe_object(l.classid, l.objid, 0),
              (SELECT pg_catalog.pg_describe_object(d.refclassid, d.refobjid, 0) FROM pg_catalog.pg_depend d
               JOIN lost n ON n.classid = d.refclassid AND n.objid = d.refobjid
               WHERE (d.refclassid, d.refobjid) <> (l.classid, l.objid)
                 AND (d.classid, d.objid) IN (
                   SELECT l.classid, l.objid
                   UNION ALL SELECT 'pg_catalog.pg_rewrite'::pg_catalog.regclass, r.oid FROM pg_catalog.pg_rewrite r
                   WHERE l.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND r.ev_class = l.objid)
               ORDER BY n.own DESC, EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indexrelid = d.refobjid
                 AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass), 1
               LIMIT 1),
              g.relname::text,
              CASE g.relname
                WHEN 'pg_class' THEN (
                  SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_index i JOIN lost t ON t.objid = i.indrelid
                    AND t.classid = l.classid WHERE i.indexrelid = c.oid) THEN 'part' ELSE c.relkind::text END
                  FROM pg_catalog.pg_class c WHERE c.oid = l.objid)
                WHEN 'pg_attrdef' THEN (
                  SELECT c.relkind::text FROM pg_catalog.pg_attrdef a JOIN pg_catalog.pg_class c ON c.oid = a.adrelid
                  WHERE a.oid = l.objid)
                WHEN 'pg_constraint' THEN (
                  SELECT CASE WHEN k.conparentid <> 0 THEN 'part' ELSE k.contype::text END
                  FROM pg_catalog.pg_constraint k WHERE k.oid = l.objid)
                WHEN 'pg_rewrite' THEN (
                  SELECT CASE WHEN r.rulename = '_RETURN' THEN 'part' END FROM pg_catalog.pg_rewrite r WHERE r.oid = l.objid)
                WHEN 'pg_trigger' THEN (
                  SELECT CASE WHEN t.tgisinternal THEN 'part' END FROM pg_catalog.pg_trigger t WHERE t.oid = l.objid)
                WHEN 'pg_type' THEN (
                  SELECT CASE WHEN t.typcategory = 'A' OR c.relkind <> 'c' THEN 'part' END
                  FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid WHERE t.oid = l.objid)
              END
            FROM lost l JOIN pg_catalog.pg_class g ON g.oid = l.classid WHERE NOT l.own ORDER BY 1""";

    /** An object that belongs to nothing that was left out. */
    private record Lost(String name, @Nullable String needs, String catalog, String detail) {
        String told() {
            return name + (needs == null ? "" : " (needs " + needs + ")");
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
            return detail.equals("part")
                    || PARTS.contains(catalog)
                    || (catalog.equals("pg_class") && "tcI".contains(detail));
        }
    }

    private static final Set<String> PARTS =
            Set.of("pg_amop", "pg_amproc", "pg_default_acl", "pg_publication_namespace");

    /**
     * @throws dev.holdfast.engine.error.Invalid if a selected table cannot be without something that was left out
     */
    static Collateral of(Session session, Scope scope) throws SQLException {
        if (scope.isEverything()) {
            return NONE;
        }
        Set<CatalogId> gone = new HashSet<>();
        List<Long> catalogs = new ArrayList<>();
        List<Long> oids = new ArrayList<>();
        List<Boolean> own = new ArrayList<>();
        session.each(
                CLOSURE,
                row -> {
                    gone.add(new CatalogId(row.getLong(1), row.getLong(2)));
                    catalogs.add(row.getLong(1));
                    oids.add(row.getLong(2));
                    return own.add(row.getBoolean(3));
                },
                scope.orphans(),
                scope.undefined(),
                scope.goneSchemas(),
                scope.emptySchemas());
        List<Lost> lost = own.contains(false) ? described(session, catalogs, oids, own) : List.of();
        requireDispensable(scope, lost);
        List<String> others = new ArrayList<>(
                lost.stream().filter(object -> !object.isPart()).map(Lost::told).toList());
        addForeignKeys(session, scope, gone, others);
        return new Collateral(gone, List.copyOf(others));
    }

    boolean hasRelation(long oid) {
        return gone.contains(new CatalogId(RELATIONS, oid));
    }

    private static List<Lost> described(Session session, List<Long> catalogs, List<Long> oids, List<Boolean> own)
            throws SQLException {
        return session.list(
                DESCRIPTION,
                row -> {
                    String detail = row.getString(4);
                    return new Lost(row.getString(1), row.getString(2), row.getString(3), detail == null ? "" : detail);
                },
                catalogs.toArray(Long[]::new),
                oids.toArray(Long[]::new),
                own.stream().map(String::valueOf).toArray(String[]::new));
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
