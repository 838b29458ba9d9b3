package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.wire.RowSink;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/**
 * Rows within the transaction of a session, where other statements of it need to see them. Through the driver, so slower than a
 * {@link RowConnection}, and a row must fit into memory. For one thread.
 */
final class SessionRows implements RowTransfer {
    private static final int PIECE_BYTES = 64 * 1024;

    private final Session session;

    SessionRows(Session session) {
        this.session = session;
    }

    @Override
    public long read(String copySql, RowSink sink) throws SQLException {
        CopyOut copy = session.driver().getCopyAPI().copyOut(copySql);
        try {
            for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
                sink.bytes(row, 0, row.length, true);
            }
            return copy.getHandledRowCount();
        } finally {
            if (copy.isActive()) {
                session.abort(); // the rest of the rows is of no use to anybody
            }
        }
    }

    @Override
    public long write(String copySql, InputStream rows, Sent sent) throws SQLException, IOException {
        CopyIn copy = session.driver().getCopyAPI().copyIn(copySql);
        boolean done = false;
        try {
            byte[] buffer = new byte[PIECE_BYTES];
            for (int n = rows.read(buffer); n >= 0; n = rows.read(buffer)) {
                copy.writeToCopy(buffer, 0, n);
                sent.bytes(buffer, n);
            }
            long taken = copy.endCopy();
            done = true;
            return taken;
        } finally {
            if (!done && copy.isActive()) {
                session.abort();
            }
        }
    }
}
