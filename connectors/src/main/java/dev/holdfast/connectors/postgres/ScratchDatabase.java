package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.HoldfastException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

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
