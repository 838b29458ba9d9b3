package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that others use too. Databases are made in it under names that say what they are, and always dropped; those that a killed
 * process left are dropped when they are an hour old and nobody is connected to them. What is restored could do to the server whatever its
 * user may, so a user who may leave the database, to files or programs of the server, is refused. For one thread.
 */
public final class LentServer implements ScratchServer {
    private static final Logger LOG = LoggerFactory.getLogger(LentServer.class);
    private static final String PREFIX = "holdfast_scratch_";

    /** Recognised by name, owner, age and that nobody is there. */
    private static final String LEFT = """
            SELECT d.datname::text FROM pg_catalog.pg_database d
            WHERE d.datname ~ '^holdfast_scratch_[0-9]{8}T[0-9]{6}Z_[0-9a-f]{8}$'
              AND pg_catalog.pg_get_userbyid(d.datdba) = current_user
              AND pg_catalog.to_timestamp(pg_catalog.substr(d.datname::text, 18, 15), 'YYYYMMDD"T"HH24MISS')
                  < pg_catalog.clock_timestamp() - interval '1 hour'
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datname = d.datname)""";

    private static final String MAY_LEAVE = """
            SELECT rolsuper
                OR pg_catalog.pg_has_role(current_user, 'pg_execute_server_program', 'MEMBER')
                OR pg_catalog.pg_has_role(current_user, 'pg_write_server_files', 'MEMBER')
                OR pg_catalog.pg_has_role(current_user, 'pg_read_server_files', 'MEMBER')
            FROM pg_catalog.pg_roles WHERE rolname = current_user""";

    private final Route route;
    private final Session admin;

    private LentServer(Route route, Session admin) {
        this.route = route;
        this.admin = admin;
    }

    /**
     * @param place the server, and any database of it; one that is held open, so no template
     * @throws AccessDenied if the user may do too much there, or too little
     */
    public static LentServer at(PostgresLocation place) {
        Route route = Route.open(place);
        try {
            Session admin = Session.open(route.location());
            LentServer server = new LentServer(route, admin);
            server.requireHarmless();
            server.sweep();
            return server;
        } catch (SQLException e) {
            route.close();
            throw SqlFailures.restoring(e, "preparing a test restore", place);
        } catch (RuntimeException e) {
            route.close();
            throw e;
        }
    }

    private void requireHarmless() throws SQLException {
        if (admin.truth(MAY_LEAVE)) {
            throw new AccessDenied(
                    ErrorCode.DATABASE_ACCESS_DENIED,
                    "user '" + route.location().user() + "' may reach files and programs of the server, and so could"
                            + " whatever is in a file that is restored",
                    "make a user for it (CREATE ROLE scratch LOGIN CREATEDB PASSWORD '…'), or leave --scratch out for a"
                            + " server of its own.");
        }
    }

    private void sweep() throws SQLException {
        List<String> left = admin.list(LEFT, row -> row.getString(1));
        for (String name : left) {
            admin.run("DROP DATABASE IF EXISTS " + Sql.name(name));
            LOG.info("what a test restore that was killed had left is dropped database={}", name);
        }
    }

    @Override
    public String location() {
        return route.location().server();
    }

    @Override
    public int major() {
        return admin.serverMajor();
    }

    @Override
    public boolean own() {
        return false;
    }

    @Override
    public OptionalLong freeBytes() {
        return OptionalLong.empty();
    }

    @Override
    public ScratchDatabase database() {
        try {
            byte[] random = new byte[4];
            new SecureRandom().nextBytes(random);
            String name = PREFIX + DatabaseNames.timestamp(admin, "YYYYMMDD\"T\"HH24MISS\"Z\"") + "_"
                    + HexFormat.of().formatHex(random);
            admin.run("CREATE DATABASE " + Sql.name(name) + " TEMPLATE template0 ENCODING 'UTF8'");
            PostgresLocation location = route.location().withDatabase(name);
            return new ScratchDatabase(location, major(), () -> drop(name));
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "making a database for a test restore", route.location());
        }
    }

    /** By another connection if this one is gone meanwhile. */
    private void drop(String name) {
        String sql = "DROP DATABASE IF EXISTS " + Sql.name(name) + " WITH (FORCE)";
        try {
            admin.run(sql);
        } catch (SQLException first) {
            try (Session another = Session.open(route.location())) {
                another.run(sql);
            } catch (SQLException e) {
                throw SqlFailures.restoring(e, "dropping scratch database '" + name + "'", route.location());
            }
        }
    }

    @Override
    public void close() {
        admin.close();
        route.close();
    }
}
