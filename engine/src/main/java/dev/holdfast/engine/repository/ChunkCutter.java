package dev.holdfast.engine.repository;

import dev.holdfast.engine.chunk.Chunker;
import java.util.Arrays;

/** Cuts a stream of bytes into chunks, holding at most one and a little more. For one thread. */
final class ChunkCutter {
    private static final int SLACK_BYTES = 1 << 20;
    private static final int LEAST_BYTES = 4 << 10;

    private final Chunker chunker;
    private final int fullBytes;
    private byte[] window;
    private int begin;
    private int end;

    /** Takes chunks; the bytes are valid only during the call. */
    interface Sink {
        void chunk(byte[] bytes, int offset, int length);
    }

    /**
     * @param expectedBytes how long the stream will probably be, -1 if unknown
     */
    ChunkCutter(Chunker chunker, long expectedBytes) {
        this.chunker = chunker;
        this.fullBytes = fullBytes(chunker);
        this.window = new byte[(int) windowBytes(chunker, expectedBytes)];
    }

    private static int fullBytes(Chunker chunker) {
        return chunker.parameters().maxBytes() + SLACK_BYTES;
    }

    /** How much memory a stream of this length takes, at most. */
    static long windowBytes(Chunker chunker, long expectedBytes) {
        int full = fullBytes(chunker);
        return expectedBytes < 0 ? full : Math.clamp(expectedBytes, LEAST_BYTES, full);
    }

    void write(byte[] bytes, int offset, int length, Sink sink) {
        int from = offset;
        int left = length;
        while (left > 0) {
            if (end == window.length) {
                makeRoom(sink);
            }
            int count = Math.min(left, window.length - end);
            System.arraycopy(bytes, from, window, end, count);
            end += count;
            from += count;
            left -= count;
        }
    }

    private void makeRoom(Sink sink) {
        if (window.length < fullBytes) {
            window = Arrays.copyOf(window, Math.min(fullBytes, window.length * 4));
            return;
        }
        cut(sink, false);
        System.arraycopy(window, begin, window, 0, end - begin);
        end -= begin;
        begin = 0;
    }

    /** Cuts what is left. */
    void end(Sink sink) {
        cut(sink, true);
    }

    private void cut(Sink sink, boolean last) {
        while (begin < end) {
            int length = chunker.cut(window, begin, end, last);
            if (length == Chunker.MORE) {
                return;
            }
            sink.chunk(window, begin, length);
            begin += length;
        }
    }
}
