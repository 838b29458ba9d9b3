package dev.holdfast.connectors.postgres.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A small message under construction: an optional type, the length, the body. For one thread. */
final class Outgoing {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final int type;

    private Outgoing(int type) {
        this.type = type;
    }

    static Outgoing message(char type) {
        return new Outgoing(type);
    }

    /** The first message of a connection has no type. */
    static Outgoing untyped() {
        return new Outgoing(-1);
    }

    Outgoing int32(int value) {
        body.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
        return this;
    }

    Outgoing bytes(byte[] bytes) {
        body.writeBytes(bytes);
        return this;
    }

    /** In UTF-8, ended by a zero byte. */
    Outgoing text(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a text with a zero character cannot be sent");
        }
        body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        body.write(0);
        return this;
    }

    ByteBuffer done() {
        ByteBuffer message = ByteBuffer.allocate(1 + Integer.BYTES + body.size());
        if (type >= 0) {
            message.put((byte) type);
        }
        return message.putInt(Integer.BYTES + body.size())
                .put(body.toByteArray())
                .flip();
    }
}
