package dev.holdfast.connectors.postgres;

import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** Writes an archive from its first byte on, gathering small pieces. For one thread. */
final class ArchiveOutput {
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int DEFLATED_BYTES = 64 * 1024;

    private final Sink sink;
    private final ArchiveFormat format;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int used;
    private long flushed;

    /** Takes bytes in order; they are copied before this returns. */
    @FunctionalInterface
    interface Sink {
        void write(byte[] bytes, int offset, int length);
    }

    ArchiveOutput(Sink sink, ArchiveFormat format) {
        this.sink = sink;
        this.format = format;
    }

    /** How many bytes were written. */
    long position() {
        return flushed + used;
    }

    void octet(int value) {
        if (used == buffer.length) {
            flush();
        }
        buffer[used++] = (byte) value;
    }

    /** A number as the format has it: its sign, then its bytes, the least significant first. */
    void number(int value) {
        octet(value < 0 ? 1 : 0);
        little(Integer.toUnsignedLong(Math.abs(value)), format.intBytes());
    }

    /** Where an entry's data are. */
    void place(int state, long position) {
        octet(state);
        little(position, format.offsetBytes());
    }

    private void little(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            octet(i < Long.BYTES ? (int) (value >>> (8 * i)) : 0);
        }
    }

    void text(byte @Nullable [] text) {
        if (text == null) {
            number(-1);
        } else {
            number(text.length);
            bytes(text, 0, text.length);
        }
    }

    void bytes(byte[] bytes, int offset, int length) {
        if (length > buffer.length - used) {
            flush();
        }
        if (length > buffer.length) {
            sink.write(bytes, offset, length);
            flushed += length;
        } else {
            System.arraycopy(bytes, offset, buffer, used, length);
            used += length;
        }
    }

    void flush() {
        if (used > 0) {
            sink.write(buffer, 0, used);
            flushed += used;
            used = 0;
        }
    }

    /**
     * Writes data: chunks with their lengths, one of length 0 at the end; together a zlib stream if they are compressed.
     *
     * @param level 1 to 9, or 0 for no compression
     */
    Data data(int level) {
        return level == 0 ? new Plain() : new Deflated(level);
    }

    /** The data of tables and large objects, one after the other. */
    interface Data extends AutoCloseable {
        void write(byte[] bytes, int offset, int length);

        /** Ends the data of one; those of the next may follow. */
        void end();

        /** Gives memory back. */
        @Override
        void close();
    }

    private void chunk(byte[] bytes, int offset, int length) {
        if (length > 0) {
            number(length);
            bytes(bytes, offset, length);
        }
    }

    private final class Plain implements Data {
        @Override
        public void write(byte[] bytes, int offset, int length) {
            chunk(bytes, offset, length);
        }

        @Override
        public void end() {
            number(0);
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    private final class Deflated implements Data {
        private final Deflater deflater;
        private final byte[] deflated = new byte[DEFLATED_BYTES];

        Deflated(int level) {
            deflater = new Deflater(level);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            deflater.setInput(bytes, offset, length);
            while (!deflater.needsInput()) {
                chunk(deflated, 0, deflater.deflate(deflated));
            }
        }

        @Override
        public void end() {
            deflater.finish();
            while (!deflater.finished()) {
                chunk(deflated, 0, deflater.deflate(deflated));
            }
            number(0);
            deflater.reset();
        }

        @Override
        public void close() {
            deflater.end();
        }
    }
}
