package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestoreReport;
import dev.holdfast.engine.source.Target;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A database to restore into. It is built beside under a name of its own and gets the final name by a rename, the last step;
 * what had the name before is dropped only then, and only if that was asked for. A restore that fails removes what it built.
 * For one thread.
 */
public final class PostgresTarget implements Target {
    private final PostgresLocation location;
    private final int connections;
    private final Path scratch;
    private final ClientTools tools;
    private @Nullable Route route;
    private boolean overwrite;

    /**
     * @param location where the database will be: the server, a user who may create databases, and the final name
     * @param connections how many tables are filled at once, 1 to 64
     * @param scratch a folder for the schema's archive while it is used
     */
    public PostgresTarget(PostgresLocation location, int connections, Path scratch) {
        this(location, connections, scratch, ClientTools.ofMachine());
    }

    PostgresTarget(PostgresLocation location, int connections, Path scratch, ClientTools tools) {
        if (connections < 1 || connections > 64) {
            throw new IllegalArgumentException("1 to 64 connections, not " + connections);
        }
        this.location = location;
        this.connections = connections;
        this.scratch = scratch;
        this.tools = tools;
    }

    @Override
    public String kind() {
        return Keys.KIND;
    }

    @Override
    public String location() {
        return location.toString();
    }

    /** The server that was chosen, which is then used to the end; the database need not exist. */
    private PostgresLocation reached() {
        if (route == null) {
            route = Route.open(location, NewDatabase::administer);
        }
        return route.location();
    }

    /** {@inheritDoc} An empty database counts too: it may have rights and settings that somebody made. */
    @Override
    public boolean occupied() {
        try (Session admin = NewDatabase.administer(reached())) {
            return NewDatabase.exists(admin, location.database());
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "looking for database '" + location.database() + "'", location);
        }
    }

    @Override
    public void preflight(PartReader part, boolean mayOverwrite) {
        DatabaseProperties properties = Keys.read(part, Keys.DATABASE, DatabaseProperties.class);
        try (Session admin = NewDatabase.administer(reached())) {
            PostgresSource.checkServer(admin);
            if (NewDatabase.exists(admin, location.database())) {
                checkReplaceable(admin, mayOverwrite);
                checkWhole(properties);
            }
            if (!admin.truth("SELECT rolsuper OR rolcreatedb FROM pg_catalog.pg_roles WHERE rolname = current_user")) {
                throw new AccessDenied(
                        ErrorCode.DATABASE_ACCESS_DENIED,
                        "user '" + location.user() + "' may not create databases on server " + location.server(),
                        "let a superuser run: ALTER ROLE " + Sql.name(location.user()) + " CREATEDB.");
            }
            tools.restore(admin.serverMajor(), properties.dumpMajor());
            checkExtensions(admin, properties);
            checkLocale(admin, properties);
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "looking at server " + location.server(), location);
        }
        overwrite = mayOverwrite;
    }

    private void checkReplaceable(Session admin, boolean mayOverwrite) throws SQLException {
        String database = "database '" + location.database() + "'";
        if (!mayOverwrite) {
            throw new AlreadyExists(
                    ErrorCode.DATABASE_EXISTS,
                    database + " exists already on server " + location.server() + " " + contents(),
                    "restore under another name, or allow it to be replaced with --overwrite.");
        }
        if (!admin.truth(
                "SELECT pg_catalog.pg_has_role(datdba, 'USAGE') FROM pg_catalog.pg_database WHERE datname = ?",
                location.database())) {
            throw new AccessDenied(
                    ErrorCode.DATABASE_ACCESS_DENIED,
                    "user '" + location.user() + "' may not replace " + database + ", which belongs to somebody else",
                    "restore as its owner or as a superuser.");
        }
    }

    /** What a selection left out would be lost with the database that is replaced. */
    private void checkWhole(DatabaseProperties properties) {
        LeftOut leftOut = properties.leftOut();
        if (leftOut != null && !leftOut.isNothing()) {
            throw new AlreadyExists(
                    ErrorCode.DATABASE_EXISTS,
                    "database '" + location.database() + "' on server " + location.server()
                            + " would be replaced by a part of it: the snapshot leaves out " + leftOut.summary(),
                    "restore under another name, and take from the old database what is missing.");
        }
    }

    private String contents() {
        try (Session session = Session.open(reached())) {
            int tables = Catalog.tables(session).size();
            return tables == 0 ? "(it has no table)" : "(it has " + tables + " tables)";
        } catch (SQLException | HoldfastException e) {
            return "(it cannot be looked into)";
        }
    }

    private void checkExtensions(Session admin, DatabaseProperties properties) throws SQLException {
        Set<String> available = new HashSet<>(
                admin.list("SELECT name::text FROM pg_catalog.pg_available_extensions", row -> row.getString(1)));
        List<String> lacking = new ArrayList<>();
        properties.extensions().forEach((name, version) -> {
            if (!available.contains(name)) {
                lacking.add(name + " " + version);
            }
        });
        if (!lacking.isEmpty()) {
            throw new Failed(
                    ErrorCode.DATABASE_RESTORE_FAILED,
                    "server " + location.server() + " has not the extensions that the snapshot needs: "
                            + String.join(", ", lacking),
                    "install their packages on the database server.");
        }
    }

    private void checkLocale(Session admin, DatabaseProperties properties) {
        int needed = switch (properties.provider()) {
            case "icu" -> 15;
            case "builtin" -> 17;
            default -> Session.OLDEST_MAJOR;
        };
        if (admin.serverMajor() < needed) {
            throw new Failed(
                    ErrorCode.DATABASE_RESTORE_FAILED,
                    "the snapshot's locale provider '" + properties.provider() + "' needs PostgreSQL " + needed
                            + ", server " + location.server() + " is " + admin.serverVersion(),
                    "restore to a newer server.");
        }
    }

    @Override
    public RestoreReport restore(PartReader part, Progress progress) {
        PostgresLocation server = reached();
        try {
            return new Restore(server, part, progress, connections, scratch, tools, overwrite).run();
        } catch (HoldfastException e) {
            throw route == null ? e : route.explained(e);
        }
    }

    @Override
    public void close() {
        if (route != null) {
            route.close();
        }
    }
}
