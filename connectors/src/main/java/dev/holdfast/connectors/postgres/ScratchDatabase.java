package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.HoldfastException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A database that is there for a while. For one thread. */
public final class ScratchDatabase implements AutoCloseable {
    /** Where partitions stand by themselves, the table above them has no rows of its own. */
    private static final String TABLES = """
            SELECT n.nspname::text, c.relname::text
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND c.relpersistence <> 't'
              AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%%'
              AND %s EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass
                             AND d.objid = c.oid AND d.deptype = 'e')
            ORDER BY 1, 2""";

    private static final String PARTITIONS = """
            WITH RECURSIVE up (leaf, top) AS (
              SELECT i.inhrelid, i.inhparent FROM pg_catalog.pg_inherits i
              JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid WHERE c.relispartition AND c.relkind = 'r'
              UNION ALL
              SELECT up.leaf, i.inhparent FROM up JOIN pg_catalog.pg_inherits i ON i.inhrelid = up.top)
            SELECT n.nspname::text, c.relname::text, tn.nspname::text, t.relname::text
            FROM up JOIN pg_catalog.pg_class c ON c.oid = up.leaf JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_class t ON t.oid = up.top JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
            WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = up.top)""";

    private final PostgresLocation location;
    private final int serverMajor;
    private final Runnable drop;

    ScratchDatabase(PostgresLocation location, int serverMajor, Runnable drop) {
        this.location = location;
        this.serverMajor = serverMajor;
        this.drop = drop;
    }

    /** How to reach it, with the password. */
    public PostgresLocation location() {
        return location;
    }

    int serverMajor() {
        return serverMajor;
    }

    /**
     * Counts the rows of every table that somebody made, in the order of their names.
     *
     * @throws HoldfastException if one cannot be read
     */
    public List<DumpedTable> tables() {
        try (Route route = Route.open(location);
                Session session = Session.open(route.location())) {
            List<DumpedTable> tables = session.list(
                    TABLES.formatted("NOT"), row -> new DumpedTable(row.getString(1), row.getString(2), 0));
            List<DumpedTable> counted = new ArrayList<>();
            for (DumpedTable table : tables) {
                String rows = session.text(
                        "SELECT pg_catalog.count(*)::text FROM ONLY " + Sql.name(table.schema(), table.name()));
                counted.add(new DumpedTable(table.schema(), table.name(), Long.parseLong(rows)));
            }
            return counted;
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "counting the rows of what was restored", location);
        }
    }

    /** Partitions with rows of their own, and for each the partitioned table above all others, as they are shown. */
    Map<String, String> partitioned() {
        try (Route route = Route.open(location);
                Session session = Session.open(route.location())) {
            Map<String, String> tops = new HashMap<>();
            session.list(
                            PARTITIONS,
                            row -> List.of(
                                    new DumpedTable(row.getString(1), row.getString(2), 0).shown(),
                                    new DumpedTable(row.getString(3), row.getString(4), 0).shown()))
                    .forEach(pair -> tops.put(pair.getFirst(), pair.getLast()));
            return tops;
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "listing what was restored", location);
        }
    }

    /** Names of tables that extensions made; a dump has only some of their rows. */
    List<String> tablesOfExtensions() {
        try (Route route = Route.open(location);
                Session session = Session.open(route.location())) {
            return session.list(
                    TABLES.formatted(""), row -> new DumpedTable(row.getString(1), row.getString(2), 0).shown());
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "listing what was restored", location);
        }
    }

    @Override
    public void close() {
        drop.run();
    }
}
