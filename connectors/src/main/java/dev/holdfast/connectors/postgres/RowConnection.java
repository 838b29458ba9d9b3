package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.wire.CopyIn;
import dev.holdfast.connectors.postgres.wire.RowSink;
import dev.holdfast.connectors.postgres.wire.ServerError;
import dev.holdfast.connectors.postgres.wire.WireConnection;
import dev.holdfast.connectors.postgres.wire.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A connection for the rows of tables, with the settings of a {@link Session}, over a client of our own: rows are taken from
 * the buffer that received them. What goes wrong is told as an {@link SQLException}, like everything about a server. For one
 * thread; only {@link #abort} may be called from another.
 */
final class RowConnection implements RowTransfer, AutoCloseable {
    /** Nothing that would change the order of rows or cost more than it brings for a plain scan. */
    private static final String SCANNING =
            "SET jit TO off; SET max_parallel_workers_per_gather TO 0; SET enable_seqscan TO off";

    private static final String CONNECTION_LOST = "08006";
    private static final int PIECE_BYTES = 64 * 1024;

    private final WireConnection wire;

    private RowConnection(WireConnection wire) {
        this.wire = wire;
    }

    /**
     * Connects.
     *
     * @param stall how long the server may be silent while something is expected of it; zero for as long as it takes
     * @throws dev.holdfast.engine.error.HoldfastException that names what is wrong: server, credentials, database
     */
    static RowConnection open(PostgresLocation location, Duration stall) {
        try {
            RowConnection connection = new RowConnection(WireConnection.open(location.wireSettings()));
            try {
                connection.wire.stallTimeout(stall);
                connection.run(Session.settingsSql());
                connection.run(SCANNING);
                return connection;
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (ServerError e) {
            throw SqlFailures.connecting(failure(e), location);
        } catch (WireException e) {
            throw SqlFailures.connecting(failure(e), location);
        } catch (SQLException e) {
            throw SqlFailures.connecting(e, location);
        }
    }

    void run(String sql) throws SQLException {
        try {
            wire.query(sql);
        } catch (ServerError e) {
            throw failure(e);
        } catch (WireException e) {
            throw failure(e);
        }
    }

    @Override
    public long read(String copySql, RowSink sink) throws SQLException {
        try {
            return wire.copyOut(copySql, sink);
        } catch (ServerError e) {
            throw failure(e);
        } catch (WireException e) {
            throw failure(e);
        }
    }

    @Override
    public long write(String copySql, InputStream rows, Sent sent) throws SQLException, IOException {
        byte[] buffer = new byte[PIECE_BYTES];
        try (CopyIn copy = wire.copyIn(copySql)) {
            for (int n = rows.read(buffer); n >= 0; n = rows.read(buffer)) {
                copy.write(buffer, 0, n);
                sent.bytes(buffer, n);
            }
            return copy.finish();
        } catch (ServerError e) {
            throw failure(e);
        } catch (WireException e) {
            throw failure(e);
        }
    }

    private static SQLException failure(ServerError e) {
        return new SQLException(e.message(), e.sqlState(), e);
    }

    private static SQLException failure(WireException e) {
        Exception cause = e;
        if (e.reason() == WireException.Reason.SILENT) {
            cause = new SocketTimeoutException(e.getMessage());
            cause.addSuppressed(e);
        }
        return new SQLException(e.getMessage(), CONNECTION_LOST, cause);
    }

    /** Ends whatever the connection is doing, from any thread. */
    void abort() {
        wire.abort();
    }

    @Override
    public void close() {
        wire.close();
    }
}
