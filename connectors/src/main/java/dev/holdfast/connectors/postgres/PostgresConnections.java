package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import org.postgresql.Driver;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Plain connections to a database of our own, by all that a {@link PostgresLocation} can say: several hosts, TLS, sockets. Each
 * connection looks for its server again, so that one that moved is found. Unlike what is backed up, such a database is used
 * with the server's own settings. Safe for many threads.
 */
public final class PostgresConnections extends PGSimpleDataSource {
    private static final long serialVersionUID = 1L;

    private final transient PostgresLocation location;

    /**
     * @throws Invalid (CONFIGURATION_INVALID) if the location leads through SSH: a tunnel would end with the first connection
     */
    public PostgresConnections(PostgresLocation location) {
        if (location.ssh().isPresent()) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the catalog's database cannot be reached through ssh",
                    "give a URL that leads there directly.");
        }
        this.location = location;
    }

    /**
     * @throws SQLException if no server can be used; its message says why
     */
    @Override
    public Connection getConnection() throws SQLException {
        try (Route route = Route.open(location)) {
            PostgresLocation settled = route.location();
            Connection connection = new Driver().connect(settled.jdbcUrl(), settled.jdbcProperties());
            if (connection == null) {
                throw new IllegalStateException("the driver does not take " + settled.jdbcUrl());
            }
            return connection;
        } catch (HoldfastException e) {
            throw new SQLException(e.getMessage(), e);
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the location says who connects");
    }
}
