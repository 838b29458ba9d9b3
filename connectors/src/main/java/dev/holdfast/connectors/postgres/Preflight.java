package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Catalog.Table;
import dev.holdfast.connectors.postgres.ClientTools.Tool;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.Diagnosis;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What has to hold before a database can be captured. One list for both: a capture ends at the first requirement that does
 * not hold, a diagnosis tells all of them. For one thread.
 */
final class Preflight {
    private final PostgresLocation location;
    private final int connections;
    private final Selection selection;
    private final ClientTools tools;
    private @Nullable Scope scope;
    private @Nullable Tool dump;

    /**
     * @param connections how many tables are read at once
     */
    Preflight(PostgresLocation location, int connections, Selection selection, ClientTools tools) {
        this.location = location;
        this.connections = connections;
        this.selection = selection;
        this.tools = tools;
    }

    /** Tells what it found if the requirement holds, and throws if it does not. */
    private interface Look {
        String at(Session session) throws SQLException;
    }

    private record Requirement(String subject, Look look) {}

    private List<Requirement> requirements() {
        return List.of(
                new Requirement("server", this::server),
                new Requirement("programs", this::programs),
                new Requirement("extensions", this::extensions),
                new Requirement("selection", this::selected),
                new Requirement("privileges", this::readable),
                new Requirement("row security", this::unfiltered),
                new Requirement("large objects", this::largeObjects),
                new Requirement("connections", this::connectionLimits));
    }

    /**
     * @return the program that will dump the schema
     * @throws HoldfastException that says which requirement does not hold, and what to do
     */
    Tool require(Session session) throws SQLException {
        for (Requirement requirement : requirements()) {
            requirement.look().at(session);
        }
        if (dump == null) {
            throw new IllegalStateException("no program was looked for");
        }
        return dump;
    }

    /** The same, all of it. */
    List<Diagnosis> diagnose(Session session) throws SQLException {
        List<Diagnosis> found = new ArrayList<>();
        for (Requirement requirement : requirements()) {
            try {
                String holds = requirement.look().at(session);
                if (!holds.isEmpty()) {
                    found.add(Diagnosis.ok(requirement.subject(), holds));
                }
            } catch (HoldfastException e) {
                found.add(Diagnosis.problem(requirement.subject(), e));
                if (requirement.subject().equals("selection")) {
                    return found; // the others are about what is selected
                }
            }
        }
        return found;
    }

    /** What would be captured, if that is known. */
    List<Table> tables() {
        return scope == null ? List.of() : scope.tables();
    }

    /** What is selected, if that is known. */
    Optional<Scope> selectedScope() {
        return Optional.ofNullable(scope);
    }

    private Scope scope() {
        if (scope == null) {
            throw new IllegalStateException("nothing is selected yet");
        }
        return scope;
    }

    private String server(Session session) {
        PostgresSource.checkServer(session);
        return "PostgreSQL " + session.serverVersion();
    }

    private String programs(Session session) {
        Tool chosen = tools.dump(session.serverMajor());
        dump = chosen;
        return "pg_dump " + chosen.version() + " (" + chosen.path() + ") is used";
    }

    private String extensions(Session session) throws SQLException {
        List<String> unsupported = Catalog.unsupportedExtensions(session);
        if (!unsupported.isEmpty()) {
            throw new Unsupported(
                    ErrorCode.DATABASE_DUMP_FAILED,
                    "database '" + location.database() + "' keeps its data in a way of its own: extension "
                            + String.join(", ", unsupported),
                    "back it up with the extension's own tools; this version would not bring all of it back.");
        }
        return "";
    }

    private String selected(Session session) throws SQLException {
        Scope made = Scope.of(session, selection);
        Collateral.of(session, made);
        scope = made;
        return selection.isEverything() ? "" : made.tables().size() + " tables are selected";
    }

    private String readable(Session session) throws SQLException {
        List<String> unreadable = Catalog.unreadable(session, scope().outRelations());
        if (!unreadable.isEmpty()) {
            throw denied(
                    "user '" + location.user() + "' may not read " + PostgresSource.some(unreadable),
                    "let a superuser run: GRANT pg_read_all_data TO " + Sql.name(location.user()) + ".");
        }
        return "user '" + location.user() + "' may read all tables ("
                + scope().tables().size() + ") and sequences";
    }

    private String unfiltered(Session session) throws SQLException {
        List<String> filtered = Catalog.filtered(session, scope().unread());
        if (!filtered.isEmpty()) {
            throw denied(
                    "row security hides rows from user '" + location.user() + "' in " + PostgresSource.some(filtered),
                    "let a superuser run: ALTER ROLE " + Sql.name(location.user()) + " BYPASSRLS.");
        }
        return "hides no rows";
    }

    private String largeObjects(Session session) throws SQLException {
        long unreadable = Catalog.unreadableLargeObjects(session);
        if (unreadable > 0) {
            throw denied(
                    "user '" + location.user() + "' may not read " + unreadable + " large objects",
                    "read as their owner or as a superuser, or grant SELECT on each.");
        }
        return "";
    }

    private static AccessDenied denied(String message, String hint) {
        return new AccessDenied(ErrorCode.TABLE_UNREADABLE, message, hint);
    }

    /** The readers, one for large objects, pg_dump and the leader. */
    int connectionsNeeded() {
        return (int) Math.min(
                        connections, tables().stream().filter(Table::hasRows).count())
                + 3;
    }

    private String connectionLimits(Session session) throws SQLException {
        int needed = connectionsNeeded();
        List<String> limits = session.list("""
                SELECT 'user ' || pg_catalog.quote_ident(rolname) || ' may have ' || rolconnlimit FROM pg_catalog.pg_roles
                WHERE rolname = session_user AND NOT rolsuper AND rolconnlimit >= 0 AND rolconnlimit < ?
                UNION ALL
                SELECT 'database ' || pg_catalog.quote_ident(datname) || ' may have ' || datconnlimit
                FROM pg_catalog.pg_database
                WHERE datname = pg_catalog.current_database() AND datconnlimit >= 0 AND datconnlimit < ?
                  AND NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user)""", row -> row.getString(1), needed, needed);
        if (!limits.isEmpty()) {
            throw new Failed(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    String.join(", and ", limits) + " connections at once, a capture needs " + needed,
                    "raise the CONNECTION LIMIT, or set connections of the source to less.");
        }
        return "";
    }
}
