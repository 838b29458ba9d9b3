package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.source.Finding;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A server with all its databases. For one thread. */
public final class PostgresServer {
    private static final int FIRST_OF_USERS = 16384;
    private static final int HALF_DROPPED = -2;

    /** What a restore calls a database that it has not finished. */
    private static final String UNFINISHED = ".*_holdfast_(old_)?[0-9a-f]{8}";

    private final PostgresLocation location;

    /**
     * @param location the server, and a database of it to ask in
     */
    public PostgresServer(PostgresLocation location) {
        this.location = location;
    }

    /**
     * Which databases there are.
     *
     * @param captured those that a capture of all takes, ascending
     * @param present all of them, templates too
     * @param findings what somebody should know about those that are not captured
     */
    public record Databases(List<String> captured, Set<String> present, List<Finding> findings) {
        public Databases {
            captured = List.copyOf(captured);
            present = Set.copyOf(present);
            findings = List.copyOf(findings);
        }
    }

    private record Database(String name, long oid, boolean template, boolean connects, int connectionLimit) {}

    /**
     * Asks the server. Left out are templates, what the patterns name, and the database {@code postgres} while nobody has made
     * anything in it; left out with a finding are those that let nobody in.
     *
     * @param exclude patterns as {@link NamePattern#ofName} reads them
     * @throws HoldfastException if the server does not answer, or has no database to capture
     */
    public Databases databases(List<String> exclude) {
        try (Route route = Route.open(location);
                Session session = Session.open(route.location())) {
            PostgresSource.checkServer(session);
            return chosen(all(session), exclude, route.location());
        } catch (SQLException e) {
            throw SqlFailures.reading(e, "listing the databases of server " + location.server(), location);
        }
    }

    private static List<Database> all(Session session) throws SQLException {
        return session.list(
                "SELECT datname::text, oid, datistemplate, datallowconn, datconnlimit FROM pg_catalog.pg_database"
                        + " ORDER BY datname::text COLLATE \"C\"",
                row -> new Database(
                        row.getString(1), row.getLong(2), row.getBoolean(3), row.getBoolean(4), row.getInt(5)));
    }

    private Databases chosen(List<Database> all, List<String> exclude, PostgresLocation reached) throws SQLException {
        Map<NamePattern, Boolean> patterns = new LinkedHashMap<>();
        exclude.forEach(pattern -> patterns.put(NamePattern.ofName(pattern), false));
        List<String> captured = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        for (Database database : all) {
            boolean excluded = false;
            for (Map.Entry<NamePattern, Boolean> pattern : patterns.entrySet()) {
                if (pattern.getKey().matches(database.name())) {
                    pattern.setValue(true);
                    excluded = true;
                }
            }
            if (!excluded && !database.template() && isWanted(database, findings, reached)) {
                captured.add(database.name());
            }
        }
        patterns.forEach((pattern, met) -> {
            if (!met) {
                findings.add(new Finding(
                        "server " + location.server(),
                        "has no database that is called like '" + pattern
                                + "' (exclude-databases); look for a typing error"));
            }
        });
        if (captured.isEmpty()) {
            throw new Missing(
                    ErrorCode.DATABASE_MISSING,
                    "server " + location.server() + " has no database to back up",
                    "templates, excluded ones and an untouched database 'postgres' are not backed up.");
        }
        return new Databases(
                captured, Set.copyOf(all.stream().map(Database::name).toList()), findings);
    }

    private static boolean isWanted(Database database, List<Finding> findings, PostgresLocation reached)
            throws SQLException {
        String why = "";
        if (database.connectionLimit() == HALF_DROPPED) {
            why = "is what an interrupted DROP DATABASE left; drop it again";
        } else if (!database.connects()) {
            why = "lets nobody connect; allow it, or exclude it: ALTER DATABASE " + Sql.name(database.name())
                    + " ALLOW_CONNECTIONS true";
        } else if (database.name().matches("(?s)" + UNFINISHED)) {
            why = "looks like what a restore has not finished; drop it when no restore runs";
        }
        if (!why.isEmpty()) {
            findings.add(new Finding("database '" + database.name() + "'", "is not in the snapshot: it " + why));
            return false;
        }
        return database.oid() >= FIRST_OF_USERS || isTouched(reached.withDatabase(database.name()));
    }

    /** Whether anybody ever made anything in a database that came with the server. */
    private static boolean isTouched(PostgresLocation database) throws SQLException {
        try (Session session = Session.open(database)) {
            return session.truth("""
                    SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_')
                      OR EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid >= 16384 AND relpersistence <> 't')
                      OR EXISTS (SELECT FROM pg_catalog.pg_proc WHERE oid >= 16384)
                      OR EXISTS (SELECT FROM pg_catalog.pg_type WHERE oid >= 16384)
                      OR EXISTS (SELECT FROM pg_catalog.pg_extension WHERE oid >= 16384)
                      OR EXISTS (SELECT FROM pg_catalog.pg_cast WHERE oid >= 16384)
                      OR EXISTS (SELECT FROM pg_catalog.pg_collation WHERE oid >= 16384)
                      OR EXISTS (SELECT FROM pg_catalog.pg_operator WHERE oid >= 16384)
                      OR EXISTS (SELECT FROM pg_catalog.pg_language WHERE oid >= 16384)
                      OR EXISTS (SELECT FROM pg_catalog.pg_am WHERE oid >= 16384)
                      OR EXISTS (SELECT FROM pg_catalog.pg_event_trigger)
                      OR EXISTS (SELECT FROM pg_catalog.pg_foreign_data_wrapper)
                      OR EXISTS (SELECT FROM pg_catalog.pg_publication)
                      OR EXISTS (SELECT FROM pg_catalog.pg_default_acl)
                      OR EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata)
                      OR EXISTS (SELECT FROM pg_catalog.pg_ts_config WHERE oid >= 16384)
                      OR EXISTS (SELECT FROM pg_catalog.pg_ts_dict WHERE oid >= 16384)
                      OR EXISTS (SELECT FROM pg_catalog.pg_conversion WHERE oid >= 16384)
                      OR NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'public' AND oid < 16384)
                      OR EXISTS (
                        SELECT FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_init_privs i
                          ON i.objoid = n.oid AND i.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
                        WHERE n.nspname = 'public' AND n.nspacl IS DISTINCT FROM i.initprivs)
                      OR EXISTS (
                        SELECT FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
                          AND (d.datacl IS NOT NULL OR d.datconnlimit <> -1 OR d.datdba <> 10
                            OR EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s WHERE s.setdatabase = d.oid)))""");
        }
    }
}
