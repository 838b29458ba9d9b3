package dev.holdfast.connectors.postgres.wire;

/** Takes rows as they lie in the receive buffer. */
@FunctionalInterface
public interface RowSink {
    /**
     * One more piece: a whole row, unless it is longer than the receive buffer. In text format the last byte of a row is its
     * line feed.
     *
     * @param buffer only to be read, and only until this method returns
     * @param length in bytes, at least 1
     * @param endsRow whether the row ends with this piece
     */
    void bytes(byte[] buffer, int offset, int length, boolean endsRow);
}
