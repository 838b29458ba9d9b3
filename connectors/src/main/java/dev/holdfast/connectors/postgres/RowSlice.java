package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.tree.Content;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * The rows of a COPY text that begin between two places of it, so that slices which meet have each row once, wherever they
 * meet. In every encoding of a server the byte 0x0A ends a row and nothing else. For one thread.
 */
final class RowSlice extends InputStream {
    private final InputStream text;
    private final long lastLineEnd;
    private long position;
    private boolean begun;
    private boolean ended;

    private RowSlice(InputStream text, long position, long to, boolean begun) {
        this.text = text;
        this.position = position;
        this.lastLineEnd = to - 1;
        this.begun = begun;
    }

    /**
     * @param from rows that begin here or later
     * @param to and before this place
     */
    static RowSlice of(PartReader part, Content content, long from, long to) {
        // a row begins here if the byte before ends one
        long start = Math.max(0, from - 1);
        return new RowSlice(part.open(content, start), start, to >= content.bytes() ? Long.MAX_VALUE : to, from == 0);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        int count = 0;
        while (count == 0 && !ended) {
            int more = text.read(target, offset, length);
            if (more < 0) {
                ended = true;
            } else {
                count = ofSlice(target, offset, more);
            }
        }
        return count == 0 ? -1 : count;
    }

    /** Moves what belongs to the slice to the front, and gives how much that is. */
    private int ofSlice(byte[] target, int offset, int count) {
        int first = begun ? 0 : beginning(target, offset, count);
        int kept = ended ? 0 : ending(target, offset, first, count) - first;
        position += count;
        if (first > 0 && kept > 0) {
            System.arraycopy(target, offset + first, target, offset, kept);
        }
        return kept;
    }

    private int beginning(byte[] target, int offset, int count) {
        int at = lineEnd(target, offset, 0, count);
        if (at == count) {
            return count;
        }
        begun = true;
        ended = position + at >= lastLineEnd;
        return at + 1;
    }

    private int ending(byte[] target, int offset, int first, int count) {
        long from = Math.max(first, lastLineEnd - position);
        if (from >= count) {
            return count;
        }
        int at = lineEnd(target, offset, (int) from, count);
        if (at == count) {
            return count;
        }
        ended = true;
        return at + 1;
    }

    private static int lineEnd(byte[] target, int offset, int from, int count) {
        int at = from;
        while (at < count && target[offset + at] != '\n') {
            at++;
        }
        return at;
    }

    @Override
    public void close() throws IOException {
        text.close();
    }
}
