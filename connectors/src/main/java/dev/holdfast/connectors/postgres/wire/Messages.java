package dev.holdfast.connectors.postgres.wire;

import dev.holdfast.connectors.postgres.wire.WireException.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages to and from the server. What comes is read in long pieces into one buffer and looked at there; only a message that is
 * longer than the buffer, and not row data, is collected elsewhere, in memory that grows as its bytes arrive and not as its
 * length claims.
 *
 * <p>The fields of the current message are taken in order, {@link #end} at last; one that lacks or has more is a failure. For one
 * thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">Message Formats</a>
 */
final class Messages {
    static final int BUFFER_BYTES = 256 * 1024;

    /** Of messages that carry texts or values; the others are short. */
    private static final int LONGEST = 64 * 1024 * 1024;

    private static final int LONGEST_OTHER = 30_000;
    private static final String MAY_BE_LONG = "DTENAV";
    private static final int HEADER_BYTES = 5;

    /** Free space below which what is left is moved to the front before more is read. */
    private static final int SMALL_READ = 64 * 1024;

    private static final VarHandle INT32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    private final Line line;
    private final Layer layer;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final ByteBuffer space = ByteBuffer.wrap(buffer);
    private int position;
    private int limit;
    private boolean withinRow;

    private char type;
    private byte[] body = buffer;
    private int next;
    private int end;

    private byte @Nullable [] collected;
    private int collectedBytes;
    private int collectedLength;

    Messages(Line line, Layer layer) {
        this.line = line;
        this.layer = layer;
    }

    /** Called while a message is sent and the server sends too. */
    @FunctionalInterface
    interface Arrivals {
        void arrived() throws WireException;
    }

    ByteBuffer newBuffer(int bytes) {
        return layer.newBuffer(bytes);
    }

    /** Sends all of it; what arrives meanwhile is kept until it is asked for. */
    void send(ByteBuffer message) throws WireException {
        send(message, this::keep);
    }

    /** Takes what has arrived into the buffer, as far as there is room. */
    void keep() throws WireException {
        receive(false);
    }

    /**
     * Sends all of it. A server that does not take anything before somebody takes what it sends is no deadlock: whenever
     * something arrives meanwhile, {@code arrivals} is called and has to make room.
     */
    void send(ByteBuffer message, Arrivals arrivals) throws WireException {
        while (true) {
            layer.write(message);
            if (layer.flush() && !message.hasRemaining()) {
                return;
            }
            boolean room = limit - position < buffer.length;
            int ready = line.await(SelectionKey.OP_WRITE | (room ? SelectionKey.OP_READ : 0));
            if ((ready & SelectionKey.OP_READ) != 0) {
                arrivals.arrived();
            }
        }
    }

    /** Waits for the next message and makes it the current one. */
    char next() throws WireException {
        while (!parse()) {
            receive(true);
        }
        return type;
    }

    /**
     * Makes the next message the current one if it has arrived whole.
     *
     * @return whether it has
     */
    boolean poll() throws WireException {
        while (!parse()) {
            if (!receive(false)) {
                return false;
            }
        }
        return true;
    }

    char type() {
        return type;
    }

    private boolean parse() throws WireException {
        if (withinRow) {
            throw WireException.protocol("a row was not read to its end");
        }
        if (collected != null) {
            return collect(collected);
        }
        if (limit - position < HEADER_BYTES) {
            return false;
        }
        int length = bodyLength();
        if (HEADER_BYTES + length > buffer.length) {
            type = (char) buffer[position];
            position += HEADER_BYTES;
            collected = new byte[buffer.length];
            collectedBytes = 0;
            collectedLength = length;
            return collect(collected);
        }
        if (limit - position < HEADER_BYTES + length) {
            return false;
        }
        type = (char) buffer[position];
        begin(buffer, position + HEADER_BYTES, length);
        position = end;
        return true;
    }

    private int bodyLength() throws WireException {
        char kind = (char) (buffer[position] & 0xFF);
        int length = (int) INT32.get(buffer, position + 1);
        int longest = MAY_BE_LONG.indexOf(kind) >= 0 ? LONGEST : LONGEST_OTHER;
        if (length < Integer.BYTES || length > longest) {
            throw WireException.protocol(
                    "the server sent a message of type " + shown(kind) + " with a length of " + length + " bytes");
        }
        return length - Integer.BYTES;
    }

    private boolean collect(byte[] target) {
        int count = Math.min(limit - position, collectedLength - collectedBytes);
        byte[] enough = target;
        if (collectedBytes + count > target.length) {
            enough = Arrays.copyOf(target, Math.min(collectedLength, 2 * target.length));
            collected = enough;
        }
        System.arraycopy(buffer, position, enough, collectedBytes, count);
        position += count;
        collectedBytes += count;
        if (collectedBytes < collectedLength) {
            return false;
        }
        begin(enough, 0, collectedLength);
        collected = null;
        return true;
    }

    private void begin(byte[] bytes, int offset, int length) {
        body = bytes;
        next = offset;
        end = offset + length;
    }

    /**
     * Hands over the bodies of all CopyData messages up to a message of another type. The server sends each row as a message of
     * its own.
     *
     * @param lines whether every row has to end with a line feed
     */
    void rows(RowSink sink, boolean lines) throws WireException {
        while (true) {
            require(HEADER_BYTES);
            if (buffer[position] != 'd') {
                return;
            }
            int length = rowLength();
            position += HEADER_BYTES;
            withinRow = true;
            if (length <= buffer.length) {
                require(length);
                piece(sink, length, true, lines);
            } else {
                pieces(sink, length, lines);
            }
            withinRow = false;
        }
    }

    private int rowLength() throws WireException {
        int length = (int) INT32.get(buffer, position + 1);
        if (length <= Integer.BYTES) {
            throw WireException.protocol("the server sent a row message with a length of " + length + " bytes");
        }
        return length - Integer.BYTES;
    }

    private void pieces(RowSink sink, int length, boolean lines) throws WireException {
        int left = length;
        while (left > 0) {
            require(1);
            int count = Math.min(limit - position, left);
            left -= count;
            piece(sink, count, left == 0, lines);
        }
    }

    private void piece(RowSink sink, int length, boolean last, boolean lines) throws WireException {
        int from = position;
        position += length;
        if (last && lines && buffer[position - 1] != '\n') {
            throw WireException.protocol("the server sent a row without a line end");
        }
        sink.bytes(buffer, from, length, last);
    }

    private void require(int bytes) throws WireException {
        while (limit - position < bytes) {
            if (buffer.length - position < bytes) {
                moveToFront();
            }
            receive(true);
        }
    }

    /**
     * @return whether something came
     */
    private boolean receive(boolean wait) throws WireException {
        if (position == limit) {
            position = 0;
            limit = 0;
        } else if (position > 0 && buffer.length - limit < SMALL_READ) {
            moveToFront();
        }
        if (limit == buffer.length) {
            return false;
        }
        space.limit(buffer.length).position(limit);
        while (true) {
            int count = layer.read(space);
            if (count > 0) {
                limit += count;
                return true;
            }
            if (count < 0) {
                throw new WireException(Reason.LOST, "the server closed the connection");
            }
            if (!wait) {
                return false;
            }
            line.await(layer.flush() ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
    }

    private void moveToFront() {
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        limit -= position;
        position = 0;
    }

    /** The text of an error as servers send it that could not even start a process: without a length. Null if it is none. */
    @Nullable
    String unframedError() throws WireException {
        require(HEADER_BYTES);
        int length = (int) INT32.get(buffer, position + 1);
        if (buffer[position] != 'E' || (length >= 8 && length <= LONGEST_OTHER)) {
            return null;
        }
        try {
            while (limit - position < LONGEST_OTHER && buffer[limit - 1] != 0) {
                receive(true);
            }
        } catch (WireException e) {
            if (e.reason() != Reason.LOST) {
                throw e;
            }
        }
        return new String(buffer, position + 1, limit - position - 1, StandardCharsets.UTF_8)
                .replace("\0", "")
                .strip();
    }

    /** Whether bytes came that nobody asked for yet. */
    boolean hasMore() {
        return limit > position;
    }

    int int32() throws WireException {
        need(Integer.BYTES);
        int value = (int) INT32.get(body, next);
        next += Integer.BYTES;
        return value;
    }

    int int16() throws WireException {
        need(Short.BYTES);
        int value = (short) INT16.get(body, next);
        next += Short.BYTES;
        return value;
    }

    char letter() throws WireException {
        need(1);
        return (char) (body[next++] & 0xFF);
    }

    byte[] bytes(int length) throws WireException {
        need(length);
        next += length;
        return Arrays.copyOfRange(body, next - length, next);
    }

    /** All that is left. */
    byte[] rest() throws WireException {
        return bytes(end - next);
    }

    /** A text ended by a zero byte; what is not UTF-8 in it is replaced, as before the session begins any encoding may come. */
    String text() throws WireException {
        for (int i = next; i < end; i++) {
            if (body[i] == 0) {
                String text = new String(body, next, i - next, StandardCharsets.UTF_8);
                next = i + 1;
                return text;
            }
        }
        throw malformed();
    }

    /** A text of known length. */
    String value(int length) throws WireException {
        need(length);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body, next, length))
                    .toString();
            next += length;
            return text;
        } catch (CharacterCodingException e) {
            throw new WireException(Reason.PROTOCOL, "the server sent a value that is not UTF-8", e);
        }
    }

    /** Nothing may be left of the message. */
    void end() throws WireException {
        if (next != end) {
            throw malformed();
        }
    }

    private void need(int bytes) throws WireException {
        if (bytes < 0 || end - next < bytes) {
            throw malformed();
        }
    }

    /** The current message is an error or a notice. */
    Map<Character, String> fields() throws WireException {
        Map<Character, String> fields = new HashMap<>();
        for (char field = letter(); field != 0; field = letter()) {
            fields.put(field, text());
        }
        end();
        return fields;
    }

    /** The current message does not belong here. */
    WireException unexpected() {
        return WireException.protocol("the server sent a message of type " + shown(type) + " out of turn");
    }

    private WireException malformed() {
        return WireException.protocol("the server sent a malformed message of type " + shown(type));
    }

    private static String shown(char type) {
        return type > ' ' && type < 0x7F ? "'" + type + "'" : "0x" + Integer.toHexString(type);
    }
}
