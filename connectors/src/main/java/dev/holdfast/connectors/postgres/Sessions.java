package dev.holdfast.connectors.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected to a database.
 *
 * @param applications how many sessions by the name their program gave
 * @param beyondReach how many of them the user may not end
 */
record Sessions(List<Application> applications, long beyondReach) {
    private static final int NAMED = 10;

    Sessions {
        applications = List.copyOf(applications);
    }

    record Application(String name, long sessions) {}

    /** Sessions of users; what the server itself does there ends by itself. */
    static Sessions in(Session admin, String database) throws SQLException {
        List<Application> applications = new ArrayList<>();
        long beyondReach = 0;
        for (Long[] row : admin.list("""
                SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE NOT coalesce(
                  (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
                  OR NOT r.rolsuper AND (pg_catalog.pg_has_role(a.usesysid, 'USAGE')
                    OR pg_catalog.pg_has_role('pg_signal_backend', 'USAGE')), false))
                FROM pg_catalog.pg_stat_activity a LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
                WHERE a.datname = ? AND a.pid <> pg_catalog.pg_backend_pid() AND a.usesysid IS NOT NULL""", row -> new Long[] {row.getLong(1), row.getLong(2)}, database)) {
            beyondReach = row[1];
        }
        admin.each("""
                SELECT coalesce(nullif(application_name, ''), 'unnamed') AS name, pg_catalog.count(*)
                FROM pg_catalog.pg_stat_activity
                WHERE datname = ? AND pid <> pg_catalog.pg_backend_pid() AND usesysid IS NOT NULL
                GROUP BY 1 ORDER BY 2 DESC, 1""", row -> applications.add(new Application(row.getString(1), row.getLong(2))), database);
        return new Sessions(applications, beyondReach);
    }

    /**
     * Ends all of them; waits for none.
     *
     * @param database its number; null for none
     */
    static void end(Session admin, @Nullable Long database) throws SQLException {
        if (database != null) {
            admin.list(
                    "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity"
                            + " WHERE datid = ?::int8::oid AND pid <> pg_catalog.pg_backend_pid() AND usesysid IS NOT NULL",
                    row -> row.getString(1),
                    database);
        }
    }

    long count() {
        return applications.stream().mapToLong(Application::sessions).sum();
    }

    /** Such as {@code 3 sessions: psql (1), web (2)}. */
    String shown() {
        long count = count();
        return count
                + (count == 1 ? " session: " : " sessions: ")
                + applications.stream()
                        .limit(NAMED)
                        .map(application -> application.name() + " (" + application.sessions() + ")")
                        .collect(Collectors.joining(", "))
                + (applications.size() > NAMED ? " and others" : "");
    }
}
