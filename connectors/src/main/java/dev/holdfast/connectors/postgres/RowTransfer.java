package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.wire.RowSink;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;

/** Reads and writes rows as COPY text. */
interface RowTransfer {
    /** Told of each piece that was sent. */
    interface Sent {
        void bytes(byte[] bytes, int length);
    }

    /**
     * Reads to the end.
     *
     * @return how many rows the server says it sent
     */
    long read(String copySql, RowSink sink) throws SQLException;

    /**
     * Sends everything.
     *
     * @return how many rows the server says it took
     */
    long write(String copySql, InputStream rows, Sent sent) throws SQLException, IOException;
}
