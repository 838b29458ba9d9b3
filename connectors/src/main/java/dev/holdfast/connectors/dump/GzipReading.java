package dev.holdfast.connectors.dump;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What {@code gzip} compressed (RFC 1952), any number of members one after the other. Each must end, with its checksum and length; behind
 * the last there may be zeros, as tapes have them, and nothing else. For one thread.
 */
final class GzipReading extends InputStream {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int HEADER_CHECKSUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final InputStream in;
    private final String where;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int filled;
    private boolean ended;

    GzipReading(InputStream in, String where) throws IOException {
        this.in = in;
        this.where = where;
        beginMember(octet());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!ended) {
            int read = inflated(bytes, offset, length);
            if (read > 0) {
                checksum.update(bytes, offset, read);
                return read;
            }
            if (inflater.finished()) {
                at = filled - inflater.getRemaining();
                endMember();
            } else if (inflater.needsDictionary()) {
                throw DumpDamage.of(where, "is damaged: its gzip member wants a dictionary");
            } else {
                if (!fill()) {
                    throw cut();
                }
                inflater.setInput(buffer, at, filled - at);
            }
        }
        return -1;
    }

    private int inflated(byte[] bytes, int offset, int length) {
        try {
            return inflater.inflate(bytes, offset, length);
        } catch (DataFormatException e) {
            throw DumpDamage.of(
                    where, "is damaged: what gzip compressed cannot be unpacked (" + e.getMessage() + ")", e);
        }
    }

    private void endMember() throws IOException {
        long expected = number();
        long length = number();
        if (expected != checksum.getValue()) {
            throw DumpDamage.of(where, "is damaged: the checksum of gzip (CRC-32) does not hold");
        }
        if (length != (inflater.getBytesWritten() & 0xffffffffL)) {
            throw DumpDamage.of(where, "is damaged: gzip says another length than it has");
        }
        int next = next();
        if (next == 0) {
            expectZeros();
        } else if (next > 0) {
            beginMember(next);
        } else {
            ended = true;
            inflater.end();
        }
    }

    private void expectZeros() throws IOException {
        for (int next = next(); next >= 0; next = next()) {
            if (next != 0) {
                throw DumpDamage.of(where, "has something behind its end that is not gzip");
            }
        }
        ended = true;
        inflater.end();
    }

    private void beginMember(int first) throws IOException {
        if (first != 0x1f || octet() != 0x8b || octet() != 8) {
            throw DumpDamage.of(where, "has something in it that is not gzip");
        }
        int flags = octet();
        if ((flags & 0xe0) != 0) {
            throw DumpDamage.of(where, "is damaged: the head of a gzip member says what no gzip knows");
        }
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(octet() | octet() << 8);
        }
        for (int text : new int[] {NAME, COMMENT}) {
            if ((flags & text) != 0) {
                skipText();
            }
        }
        if ((flags & HEADER_CHECKSUM) != 0) {
            skip(2);
        }
        inflater.reset();
        checksum.reset();
        inflater.setInput(buffer, at, filled - at);
    }

    private void skipText() throws IOException {
        while (octet() != 0) {
            // to its end
        }
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            octet();
        }
    }

    private long number() throws IOException {
        long value = 0;
        for (int i = 0; i < 4; i++) {
            value |= (long) octet() << (8 * i);
        }
        return value;
    }

    private int octet() throws IOException {
        int next = next();
        if (next < 0) {
            throw cut();
        }
        return next;
    }

    private int next() throws IOException {
        return at < filled || fill() ? buffer[at++] & 0xff : -1;
    }

    private boolean fill() throws IOException {
        at = 0;
        filled = Math.max(0, in.read(buffer, 0, buffer.length));
        return filled > 0;
    }

    private RuntimeException cut() {
        return DumpDamage.of(where, "is cut: it ends in the middle of a gzip member");
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
