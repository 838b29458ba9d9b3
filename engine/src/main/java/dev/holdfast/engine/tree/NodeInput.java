package dev.holdfast.engine.tree;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the bytes of one node and trusts none of them: whatever does not fit is {@link Damaged}. For one thread. */
final class NodeInput {
    private static final int MAX_VARINT_BYTES = 9;

    private final ChunkId node;
    private final byte[] bytes;
    private int position;

    NodeInput(ChunkId node, byte[] bytes) {
        this.node = node;
        this.bytes = bytes;
    }

    ChunkId node() {
        return node;
    }

    int position() {
        return position;
    }

    void position(int to) {
        position = to;
    }

    int remaining() {
        return bytes.length - position;
    }

    int u8() {
        need(1);
        return bytes[position++] & 0xff;
    }

    /** Seven bits a byte, lowest first, the eighth set in all but the last; the shortest form only; 0 to 2⁶³-1. */
    long varint() {
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            int next = u8();
            value |= (long) (next & 0x7f) << (7 * i);
            if (next < 0x80) {
                if (next == 0 && i > 0) {
                    throw damaged("a number is not in its shortest form");
                }
                return value;
            }
        }
        throw damaged("a number has more than 63 bits");
    }

    /** A varint within bounds. */
    int number(String what, int least, int greatest) {
        long value = varint();
        if (value < least || value > greatest) {
            throw damaged(what + ": expected " + least + " to " + greatest + ", found " + value);
        }
        return (int) value;
    }

    /** How many items follow, each of which takes some bytes. */
    int count(String what, int greatest, int leastBytesEach) {
        int count = number(what, 1, greatest);
        if (count > remaining() / leastBytesEach) {
            throw damaged(what + ": " + count + " do not fit in the " + remaining() + " bytes left");
        }
        return count;
    }

    byte[] raw(int length) {
        need(length);
        byte[] copy = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return copy;
    }

    void copyTo(byte[] target, int offset, int length) {
        need(length);
        System.arraycopy(bytes, position, target, offset, length);
        position += length;
    }

    void skip(int length) {
        need(length);
        position += length;
    }

    ChunkId id() {
        need(ChunkId.BYTES);
        ChunkId id = ChunkId.copyOf(bytes, position);
        position += ChunkId.BYTES;
        return id;
    }

    String text(int length) {
        need(length);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, position, length))
                    .toString();
            position += length;
            return text;
        } catch (CharacterCodingException e) {
            throw damaged("a name is not UTF-8", e);
        }
    }

    /** Makes sure that nothing follows. */
    void end() {
        if (remaining() > 0) {
            throw damaged(remaining() + " bytes too many");
        }
    }

    Damaged damaged(String what) {
        return damaged(what, null);
    }

    private Damaged damaged(String what, @Nullable Throwable cause) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "tree node " + node + " is damaged at byte " + position + ": " + what,
                "run 'holdfast check' to see which snapshots and entries are affected",
                cause);
    }

    private void need(int length) {
        if (length > remaining()) {
            throw damaged("expected " + length + " more bytes, found " + remaining());
        }
    }
}
