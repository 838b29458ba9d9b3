package dev.holdfast.connectors.postgres.wire;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A COPY FROM STDIN under way. Data is sent in long messages as it fills them; a server that takes it slowly slows the caller
 * down. A server that refuses something is heard while data is still being sent: then the next call here throws what it said, and
 * the connection is free again. For one thread.
 */
public final class CopyIn implements AutoCloseable {
    private static final int MESSAGE_BYTES = 128 * 1024;
    private static final int HEADER_BYTES = 5;

    private final WireConnection connection;
    private final ByteBuffer message;
    private boolean over;

    CopyIn(WireConnection connection, ByteBuffer message) {
        this.connection = connection;
        this.message = message;
        begin();
    }

    static int messageBytes() {
        return HEADER_BYTES + MESSAGE_BYTES;
    }

    /**
     * Sends a piece of the data, cut anywhere. The bytes may be used again when this returns.
     *
     * @throws ServerError if the server refused something; the COPY is over
     * @throws WireException if the connection failed; it is closed
     * @throws IllegalStateException if the COPY is over
     */
    public void write(byte[] bytes, int offset, int length) throws ServerError, WireException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        beUnderWay();
        int from = offset;
        int end = offset + length;
        while (from < end) {
            int count = Math.min(end - from, message.remaining());
            message.put(bytes, from, count);
            from += count;
            if (!message.hasRemaining()) {
                flush();
            }
        }
    }

    /**
     * Ends the data.
     *
     * @return how many rows the server says it took
     * @throws ServerError if the server refused something; nothing of the data is kept
     * @throws WireException if the connection failed; it is closed, and whether the data is kept is not known
     */
    public long finish() throws ServerError, WireException {
        beUnderWay();
        if (message.position() > HEADER_BYTES) {
            flush();
        }
        over = true;
        return connection.finishCopy();
    }

    /**
     * Has the server forget what was sent. Returns when it has.
     *
     * @param reason for the server's log
     * @throws WireException if the connection failed; it is closed
     */
    public void fail(String reason) throws WireException {
        beUnderWay();
        over = true;
        connection.failCopy(reason);
    }

    /** Fails the COPY unless it is over. */
    @Override
    public void close() {
        if (over) {
            return;
        }
        try {
            fail("given up");
        } catch (WireException e) {
            over = true; // the connection is closed, and so the server forgets the data too
        }
    }

    private void flush() throws ServerError, WireException {
        message.putInt(1, message.position() - 1).flip();
        boolean sent = false;
        try {
            connection.sendCopyData(message);
            sent = true;
        } finally {
            over = !sent;
        }
        begin();
    }

    private void begin() {
        message.clear();
        message.put(0, (byte) 'd').position(HEADER_BYTES);
    }

    private void beUnderWay() {
        if (over) {
            throw new IllegalStateException("the copy is over");
        }
    }

    static @Nullable Long rows(String tag) {
        return tag.matches("COPY [0-9]{1,18}") ? Long.valueOf(tag.substring("COPY ".length())) : null;
    }
}
