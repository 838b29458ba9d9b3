package dev.holdfast.connectors.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a database consists of, as its catalog says. Statements only; each is for the session it is given. */
final class Catalog {
    /** Schemas that belong to users; {@code n} is pg_namespace. */
    private static final String USER_SCHEMA = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

    /** Leaves out the relations whose oids are given; {@code c} is pg_class. */
    private static final String NOT_AMONG =
            " AND NOT EXISTS (SELECT FROM pg_catalog.unnest(?::int8[]) gone(oid) WHERE gone.oid = c.oid::int8)";

    /** Extensions whose tables pg_dump alone does not bring back. */
    private static final Set<String> OWN_WAY = Set.of("timescaledb", "citus");

    private Catalog() {}

    enum Kind {
        ORDINARY,
        PARTITION,
        /** Rows that users added to a table an extension made. */
        EXTENSION,
        /** A partitioned table: locked, but without rows of its own. */
        PARTITIONED
    }

    /**
     * A table.
     *
     * @param columns what COPY reads and writes: no generated, no dropped ones; may be empty
     * @param condition which rows of an extension's table belong to users, as SQL; empty for all
     * @param root the partitioned table that has to route the rows again, if they may land elsewhere
     * @param order a table with a higher one refers to tables with lower ones; 0 unless an extension's
     * @param emptied whether a selection leaves its rows out
     */
    record Table(
            long oid,
            String schema,
            String name,
            Kind kind,
            boolean unlogged,
            List<String> columns,
            String condition,
            @Nullable Root root,
            int order,
            boolean emptied) {
        String quoted() {
            return Sql.name(schema, name);
        }

        /** For people and keys. */
        String shown() {
            return Sql.shortName(schema) + "." + Sql.shortName(name);
        }

        /** Whether rows of its own are captured. */
        boolean hasRows() {
            return kind != Kind.PARTITIONED && !emptied;
        }

        /** The same with its columns in another order. */
        Table withColumns(List<String> reordered) {
            return new Table(oid, schema, name, kind, unlogged, reordered, condition, root, order, emptied);
        }

        private Table withOrder(int newOrder) {
            return new Table(oid, schema, name, kind, unlogged, columns, condition, root, newOrder, emptied);
        }

        /** The same, its rows left out. */
        Table withoutRows() {
            return new Table(oid, schema, name, kind, unlogged, columns, condition, root, order, true);
        }
    }

    /** The top of a tree of partitions. */
    record Root(String schema, String name) {
        String quoted() {
            return Sql.name(schema, name);
        }
    }

    /** A sequence's state. */
    record Sequence(String schema, String name, String lastValue, boolean called) {
        String shown() {
            return Sql.shortName(schema) + "." + Sql.shortName(name);
        }
    }

    /**
     * A schema that belongs to users.
     *
     * @param needed whether an extension lives in it
     */
    record Schema(long oid, String name, boolean needed) {}

    /**
     * What a selection can choose.
     *
     * @param kind as in pg_class
     * @param ancestors what it is a partition of, if of anything
     * @param owner the table whose column a sequence belongs to; 0 if to none
     * @param member whether an extension made it
     */
    record Relation(
            long oid,
            long schemaOid,
            String schema,
            String name,
            char kind,
            List<Long> ancestors,
            long owner,
            boolean member) {
        Relation {
            ancestors = List.copyOf(ancestors);
        }

        boolean isSequence() {
            return kind == 'S';
        }

        boolean isTable() {
            return kind == 'r' || kind == 'p';
        }

        String shown() {
            return Sql.shortName(schema) + "." + Sql.shortName(name);
        }
    }

    static List<Schema> schemas(Session session) throws SQLException {
        return session.list(
                "SELECT n.oid, n.nspname::text, EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE e.extnamespace = n.oid)"
                        + " FROM pg_catalog.pg_namespace n WHERE " + USER_SCHEMA + " ORDER BY n.nspname",
                row -> new Schema(row.getLong(1), row.getString(2), row.getBoolean(3)));
    }

    /** Tables, views, foreign tables and sequences of all schemas of users. */
    static List<Relation> relations(Session session) throws SQLException {
        return session.list(
                """
                SELECT c.oid, n.oid, n.nspname::text, c.relname::text, c.relkind::text,
                  CASE WHEN c.relispartition THEN ARRAY(
                    SELECT p.relid::oid::int8 FROM pg_catalog.pg_partition_ancestors(c.oid) p(relid)
                    WHERE p.relid <> c.oid) END,
                  CASE WHEN c.relkind = 'S' THEN coalesce((
                    SELECT d.refobjid::int8 FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
                      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype IN ('a', 'i')
                    LIMIT 1), 0) ELSE 0 END,
                  EXISTS (
                    SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
                      AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e')
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't' AND\s""" + USER_SCHEMA + " ORDER BY n.nspname, c.relname",
                row -> new Relation(
                        row.getLong(1),
                        row.getLong(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5).charAt(0),
                        Session.numbers(row, 6),
                        row.getLong(7),
                        row.getBoolean(8)));
    }

    /** Those of some sequences that are the default of a table which is not among some relations; never identities. */
    static List<Long> usedByOthers(Session session, Long[] sequences, Long[] relations) throws SQLException {
        return session.list("""
                SELECT DISTINCT d.refobjid FROM pg_catalog.pg_depend d
                JOIN pg_catalog.pg_attrdef a ON a.oid = d.objid
                WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
                  AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = ANY (?::int8[]::oid[])
                  AND NOT EXISTS (SELECT FROM pg_catalog.unnest(?::int8[]) gone(oid) WHERE gone.oid = a.adrelid::int8)
                  AND NOT EXISTS (
                    SELECT FROM pg_catalog.pg_depend i
                    WHERE i.classid = d.refclassid AND i.objid = d.refobjid AND i.deptype = 'i')""", row -> row.getLong(1), sequences, relations);
    }

    /** All tables whose rows belong to users, and partitioned ones; takes no lock. */
    static List<Table> tables(Session session) throws SQLException {
        List<Table> tables = session.list(
                """
                WITH unsafe AS (
                  SELECT p.partrelid FROM pg_catalog.pg_partitioned_table p
                  WHERE p.partstrat = 'h' AND (
                    p.partexprs IS NOT NULL
                    OR EXISTS (SELECT FROM pg_catalog.unnest(p.partclass::oid[]) k(opclass) WHERE k.opclass >= 16384)
                    OR EXISTS (
                      SELECT FROM pg_catalog.unnest(p.partattrs::int2[]) k(attnum)
                      JOIN pg_catalog.pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = k.attnum
                      JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
                      WHERE t.typtype <> 'b' OR t.oid >= 16384 OR t.typelem <> 0))),
                member AS (
                  SELECT d.objid FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                    AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'),
                config AS (
                  SELECT u.oid, u.condition FROM pg_catalog.pg_extension e
                  CROSS JOIN ROWS FROM (pg_catalog.unnest(e.extconfig), pg_catalog.unnest(e.extcondition))
                    AS u(oid, condition))
                SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text, c.relpersistence = 'u',
                  c.relispartition,
                  CASE WHEN reroute.yes THEN rn.nspname::text END,
                  CASE WHEN reroute.yes THEN r.relname::text END,
                  config.oid IS NOT NULL, config.condition,
                  (SELECT pg_catalog.array_agg(a.attname::text ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
                   WHERE a.attrelid = CASE WHEN reroute.yes THEN r.oid ELSE c.oid END
                     AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')
                FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                LEFT JOIN member ON member.objid = c.oid
                LEFT JOIN config ON config.oid = c.oid
                CROSS JOIN LATERAL (SELECT c.relispartition AND EXISTS (
                  SELECT FROM pg_catalog.pg_partition_ancestors(c.oid) p(relid) JOIN unsafe ON unsafe.partrelid = p.relid)
                  AS yes) reroute
                LEFT JOIN pg_catalog.pg_class r ON reroute.yes AND r.oid = pg_catalog.pg_partition_root(c.oid)
                LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
                WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND\s"""
                        + USER_SCHEMA + " AND (member.objid IS NULL OR config.oid IS NOT NULL)"
                        + " ORDER BY n.nspname, c.relname",
                Catalog::table);
        return ordered(session, tables);
    }

    private static Table table(ResultSet row) throws SQLException {
        boolean config = row.getBoolean(9);
        Kind kind = row.getString(4).equals("p")
                ? Kind.PARTITIONED
                : config ? Kind.EXTENSION : row.getBoolean(6) ? Kind.PARTITION : Kind.ORDINARY;
        String condition = row.getString(10);
        String rootSchema = row.getString(7);
        String rootName = row.getString(8);
        return new Table(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                kind,
                row.getBoolean(5),
                Session.texts(row, 11),
                condition == null ? "" : condition.strip(),
                rootSchema == null || rootName == null ? null : new Root(rootSchema, rootName),
                0,
                false);
    }

    /** Extensions' tables exist with their foreign keys before their rows come: those referred to come first. */
    private static List<Table> ordered(Session session, List<Table> tables) throws SQLException {
        if (tables.stream().noneMatch(t -> t.kind() == Kind.EXTENSION)) {
            return tables;
        }
        Long[] oids = tables.stream()
                .filter(t -> t.kind() == Kind.EXTENSION)
                .map(Table::oid)
                .toArray(Long[]::new);
        Map<Long, List<Long>> refersTo = new HashMap<>();
        session.each(
                """
                SELECT conrelid, confrelid FROM pg_catalog.pg_constraint
                WHERE contype = 'f' AND conrelid <> confrelid
                  AND conrelid = ANY (?::int8[]::oid[]) AND confrelid = ANY (?::int8[]::oid[])""",
                row -> refersTo.computeIfAbsent(row.getLong(1), k -> new ArrayList<>())
                        .add(row.getLong(2)),
                oids,
                oids);
        return tables.stream()
                .map(t -> t.kind() == Kind.EXTENSION ? t.withOrder(1 + depth(t.oid(), refersTo, new HashSet<>())) : t)
                .toList();
    }

    private static int depth(long oid, Map<Long, List<Long>> refersTo, Set<Long> above) {
        int deepest = 0;
        if (above.add(oid)) {
            for (long next : refersTo.getOrDefault(oid, List.of())) {
                deepest = Math.max(deepest, 1 + depth(next, refersTo, above));
            }
            above.remove(oid);
        }
        return deepest;
    }

    /** Bytes each table takes at the server, with what is out of line; only for tables that are locked. */
    static Map<Long, Long> sizes(Session session, List<Table> tables) throws SQLException {
        Map<Long, Long> sizes = new HashMap<>();
        session.each(
                "SELECT o, coalesce(pg_catalog.pg_table_size(o::oid), 0) FROM pg_catalog.unnest(?::int8[]) AS t(o)",
                row -> sizes.put(row.getLong(1), row.getLong(2)),
                (Object) tables.stream().filter(Table::hasRows).map(Table::oid).toArray(Long[]::new));
        return sizes;
    }

    /** Pages of the tables that are heaps; only for tables that are locked. */
    static Map<Long, Long> heapPages(Session session, List<Table> tables) throws SQLException {
        Map<Long, Long> pages = new HashMap<>();
        session.each("""
                SELECT c.oid, pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int8
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_am a ON a.oid = c.relam
                WHERE a.amname = 'heap' AND c.oid = ANY (?::int8[]::oid[])""", row -> pages.put(row.getLong(1), row.getLong(2)), (Object)
                tables.stream().filter(Table::hasRows).map(Table::oid).toArray(Long[]::new));
        return pages;
    }

    /** How many locks the server surely has room for, half of what it sets aside. */
    static long lockRoom(Session session) throws SQLException {
        return Long.parseLong(session.text("""
                SELECT pg_catalog.current_setting('max_locks_per_transaction')::int8
                  * (pg_catalog.current_setting('max_connections')::int8
                    + pg_catalog.current_setting('max_prepared_transactions')::int8)"""));
    }

    /**
     * All sequences but some with their state at this moment: never behind rows that an earlier snapshot shows.
     *
     * @param but oids of those that are not wanted
     */
    static List<Sequence> sequences(Session session, Long[] but) throws SQLException {
        List<Root> names = session.list(
                """
                SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'S' AND c.relpersistence <> 't'
                  AND NOT (c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery()) AND\s""" + USER_SCHEMA + """
                         AND (NOT EXISTS (
                            SELECT FROM pg_catalog.pg_depend d
                            WHERE d.objid = c.oid AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                              AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e')
                          OR EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE c.oid = ANY (e.extconfig)))
                        """ + NOT_AMONG + " ORDER BY n.nspname, c.relname",
                row -> new Root(row.getString(1), row.getString(2)),
                (Object) but);
        List<Sequence> sequences = new ArrayList<>();
        for (int from = 0; from < names.size(); from += 100) {
            List<Root> batch = names.subList(from, Math.min(names.size(), from + 100));
            StringBuilder sql = new StringBuilder();
            for (int i = 0; i < batch.size(); i++) {
                sql.append(i == 0 ? "" : " UNION ALL ")
                        .append("SELECT ")
                        .append(i)
                        .append(", last_value::text, is_called FROM ")
                        .append(batch.get(i).quoted());
            }
            session.each(sql.append(" ORDER BY 1").toString(), row -> {
                Root name = batch.get(row.getInt(1));
                return sequences.add(new Sequence(name.schema(), name.name(), row.getString(2), row.getBoolean(3)));
            });
        }
        return sequences;
    }

    /** Tables whose rows live elsewhere and are not read, but for some. */
    static List<String> foreignTables(Session session, Long[] but) throws SQLException {
        return session.list(
                "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
                        + " ON n.oid = c.relnamespace WHERE c.relkind = 'f' AND " + USER_SCHEMA + NOT_AMONG
                        + " ORDER BY 1, 2",
                row -> Sql.shortName(row.getString(1)) + "." + Sql.shortName(row.getString(2)),
                (Object) but);
    }

    /** Tables and sequences whose contents a standby has not, but for some; none on a primary. */
    static List<String> absentOnStandby(Session session, Long[] but) throws SQLException {
        return session.list(
                "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
                        + " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'S') AND c.relpersistence = 'u'"
                        + " AND pg_catalog.pg_is_in_recovery() AND " + USER_SCHEMA + NOT_AMONG + " ORDER BY 1, 2",
                row -> Sql.shortName(row.getString(1)) + "." + Sql.shortName(row.getString(2)),
                (Object) but);
    }

    /**
     * Tables with rows that an extension made and does not hand to dumps, but for some: what users did to them is not to be
     * told from what came with the extension.
     */
    static List<String> keptByExtensions(Session session, Long[] but) throws SQLException {
        return session.list(
                """
                SELECT n.nspname::text, c.relname::text, e.extname::text
                FROM pg_catalog.pg_extension e
                JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                  AND d.refobjid = e.oid AND d.deptype = 'e'
                  AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                JOIN pg_catalog.pg_class c ON c.oid = d.objid
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND pg_catalog.pg_relation_size(c.oid) > 0
                  AND NOT coalesce(c.oid = ANY (e.extconfig), false)""" + NOT_AMONG + " ORDER BY 3, 1, 2",
                row -> Sql.shortName(row.getString(1)) + "." + Sql.shortName(row.getString(2)) + " (" + row.getString(3)
                        + ")",
                (Object) but);
    }

    /**
     * The statements that gather statistics of all that is not elsewhere: a foreign table is not read, and neither is what it
     * is a part of.
     */
    static List<String> analyze(Session session) throws SQLException {
        if (session.truth("SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_class WHERE relkind = 'f')")) {
            return List.of("ANALYZE");
        }
        List<String> tables = session.list("""
                WITH RECURSIVE elsewhere AS (
                  SELECT oid FROM pg_catalog.pg_class WHERE relkind = 'f'
                  UNION SELECT i.inhparent FROM pg_catalog.pg_inherits i JOIN elsewhere e ON e.oid = i.inhrelid)
                SELECT n.nspname::text, c.relname::text
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'm', 'p') AND c.relpersistence <> 't'
                  AND c.oid NOT IN (SELECT oid FROM elsewhere) ORDER BY 1, 2""", row -> Sql.name(row.getString(1), row.getString(2)));
        List<String> statements = new ArrayList<>();
        for (int from = 0; from < tables.size(); from += 200) {
            statements.add("ANALYZE " + String.join(", ", tables.subList(from, Math.min(tables.size(), from + 200))));
        }
        return statements;
    }

    /** Installed extensions with their versions. */
    static Map<String, String> extensions(Session session) throws SQLException {
        Map<String, String> extensions = new LinkedHashMap<>();
        session.each(
                "SELECT extname::text, extversion FROM pg_catalog.pg_extension ORDER BY extname",
                row -> extensions.put(row.getString(1), row.getString(2)));
        return extensions;
    }

    /** Installed extensions whose data a dump of this kind would not bring back. */
    static List<String> unsupportedExtensions(Session session) throws SQLException {
        return extensions(session).keySet().stream().filter(OWN_WAY::contains).toList();
    }

    /** Tables and sequences among those that would be read and that the user may not read, but for some. */
    static List<String> unreadable(Session session, Long[] but) throws SQLException {
        return session.list(
                """
                SELECT CASE c.relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END,
                  n.nspname::text, c.relname::text
                FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p', 'S') AND c.relpersistence <> 't' AND\s""" + USER_SCHEMA + """
                         AND (NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                          OR CASE c.relkind WHEN 'S' THEN NOT pg_catalog.has_sequence_privilege(c.oid, 'SELECT')
                             ELSE NOT pg_catalog.has_table_privilege(c.oid, 'SELECT') END)
                          AND (NOT EXISTS (
                            SELECT FROM pg_catalog.pg_depend d
                            WHERE d.objid = c.oid AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                              AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e')
                          OR EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE c.oid = ANY (e.extconfig)))
                        """ + NOT_AMONG + " ORDER BY 1, 2, 3",
                row -> row.getString(1) + Sql.shortName(row.getString(2)) + "." + Sql.shortName(row.getString(3)),
                (Object) but);
    }

    /** Tables of which row security would hide rows from the user, but for some. */
    static List<String> filtered(Session session, Long[] but) throws SQLException {
        return session.list(
                "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
                        + " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'"
                        + " AND c.relrowsecurity AND pg_catalog.row_security_active(c.oid) AND " + USER_SCHEMA
                        + NOT_AMONG
                        + " ORDER BY 1, 2",
                row -> Sql.shortName(row.getString(1)) + "." + Sql.shortName(row.getString(2)),
                (Object) but);
    }

    /** How many large objects the user may not read. */
    static long unreadableLargeObjects(Session session) throws SQLException {
        return Long.parseLong(session.text("""
                SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata m
                WHERE NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
                  AND NOT pg_catalog.current_setting('lo_compat_privileges')::bool
                  AND NOT pg_catalog.pg_has_role(m.lomowner, 'USAGE')
                  AND NOT EXISTS (
                    SELECT FROM pg_catalog.aclexplode(m.lomacl) a
                    WHERE a.privilege_type = 'SELECT'
                      AND (a.grantee = 0 OR pg_catalog.pg_has_role(a.grantee, 'USAGE')))"""));
    }
}
