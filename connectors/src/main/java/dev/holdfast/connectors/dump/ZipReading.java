package dev.holdfast.connectors.dump;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Proves that a zip is whole while it is read: the checksum and lengths of every file in it, and that its directory at the end names the
 * same files at the same places. Holds nothing for a file but a sum over all of them. For one thread.
 */
final class ZipReading {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int FILE = 0x04034b50;
    private static final int DESCRIPTOR = 0x08074b50;
    private static final int DIRECTORY = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int LARGE_END = 0x06064b50;
    private static final int LARGE_END_PLACE = 0x07064b50;
    private static final int LARGE_EXTRA = 1;
    private static final long UNKNOWN = 0xffffffffL;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    private static final int ENCRYPTED_FLAG = 1;
    private static final int DESCRIPTOR_FLAG = 8;

    private final InputStream in;
    private final String where;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final byte[] plain = new byte[BUFFER_BYTES];
    private int at;
    private int filled;
    private long before;
    private long files;
    private long filesSum;
    private long listed;
    private long listedSum;

    ZipReading(InputStream in, String where) {
        this.in = in;
        this.where = where;
    }

    /** How many files are in it. */
    long read() throws IOException {
        while (true) {
            int signature = (int) number(4);
            switch (signature) {
                case FILE -> file();
                case DIRECTORY -> listed();
                case LARGE_END -> skip(number(8));
                case LARGE_END_PLACE -> skip(16);
                case END -> {
                    end();
                    return files;
                }
                default ->
                    throw DumpDamage.of(where, "is damaged: at byte " + (position() - 4) + " is nothing of a zip");
            }
        }
    }

    private void file() throws IOException {
        long start = position() - 4;
        skip(2);
        int flags = (int) number(2);
        int method = (int) number(2);
        skip(4);
        long checksum = number(4);
        long packed = number(4);
        long length = number(4);
        int nameBytes = (int) number(2);
        int extraBytes = (int) number(2);
        long name = sum(nameBytes);
        long[] large = {length, packed};
        boolean isLarge = extra(extraBytes, large);
        boolean later = (flags & DESCRIPTOR_FLAG) != 0;
        if ((flags & ENCRYPTED_FLAG) != 0) {
            throw DumpDamage.unreadable(
                    where, "has encrypted files in it, which are not read here", "'unzip -t' asks for the password.");
        }
        if ((method != DEFLATED && method != STORED) || (later && method == STORED)) {
            throw DumpDamage.unreadable(
                    where,
                    "has files in it that are packed in way " + method + ", which is not read here",
                    "'unzip -t' may know it.");
        }
        Measure measured = method == DEFLATED ? inflate() : copy(large[1]);
        if (later) {
            long first = number(4);
            checksum = first == DESCRIPTOR ? number(4) : first;
            boolean wide = isLarge || measured.packed() > UNKNOWN || measured.length() > UNKNOWN;
            large[1] = number(wide ? 8 : 4);
            large[0] = number(wide ? 8 : 4);
        }
        if (measured.checksum() != checksum) {
            throw DumpDamage.of(
                    where, "is damaged: the checksum (CRC-32) of the file at byte " + start + " does not hold");
        }
        if (measured.packed() != large[1] || measured.length() != large[0]) {
            throw DumpDamage.of(where, "is damaged: the file at byte " + start + " has another length than it says");
        }
        files++;
        filesSum += mixed(start, name, checksum, large[0], large[1]);
    }

    private record Measure(long checksum, long length, long packed) {}

    private Measure inflate() throws IOException {
        Inflater inflater = new Inflater(true);
        CRC32 checksum = new CRC32();
        try {
            inflater.setInput(buffer, at, filled - at);
            while (!inflater.finished()) {
                int read = inflater.inflate(plain);
                checksum.update(plain, 0, read);
                if (read == 0 && inflater.needsInput()) {
                    at = filled;
                    if (!fill()) {
                        throw cut();
                    }
                    inflater.setInput(buffer, at, filled - at);
                } else if (read == 0 && inflater.needsDictionary()) {
                    throw new DataFormatException("it wants a dictionary");
                }
            }
            at = filled - inflater.getRemaining();
            return new Measure(checksum.getValue(), inflater.getBytesWritten(), inflater.getBytesRead());
        } catch (DataFormatException e) {
            throw DumpDamage.of(
                    where,
                    "is damaged: a file in it, before byte " + position() + ", cannot be unpacked (" + e.getMessage()
                            + ")",
                    e);
        } finally {
            inflater.end();
        }
    }

    private Measure copy(long bytes) throws IOException {
        CRC32 checksum = new CRC32();
        for (long left = bytes; left > 0; ) {
            if (at == filled && !fill()) {
                throw cut();
            }
            int some = (int) Math.min(left, filled - at);
            checksum.update(buffer, at, some);
            at += some;
            left -= some;
        }
        return new Measure(checksum.getValue(), bytes, bytes);
    }

    private void listed() throws IOException {
        skip(12);
        long checksum = number(4);
        long packed = number(4);
        long length = number(4);
        int nameBytes = (int) number(2);
        int extraBytes = (int) number(2);
        int commentBytes = (int) number(2);
        skip(8);
        long start = number(4);
        long name = sum(nameBytes);
        long[] large = {length, packed, start};
        extra(extraBytes, large);
        skip(commentBytes);
        listed++;
        listedSum += mixed(large[2], name, checksum, large[0], large[1]);
    }

    /** Puts what did not fit where it was said into {@code numbers}; tells whether there was such a field. */
    private boolean extra(int bytes, long[] numbers) throws IOException {
        boolean found = false;
        int left = bytes;
        while (left >= 4) {
            int id = (int) number(2);
            int length = Math.min((int) number(2), left - 4);
            left -= 4 + length;
            if (id == LARGE_EXTRA) {
                found = true;
                for (int i = 0; i < numbers.length && length >= 8; i++) {
                    if (numbers[i] == UNKNOWN) {
                        numbers[i] = number(8);
                        length -= 8;
                    }
                }
            }
            skip(length);
        }
        skip(left);
        return found;
    }

    private void end() throws IOException {
        skip(6);
        long count = number(2);
        skip(8);
        skip(number(2));
        if (at < filled || fill()) {
            throw DumpDamage.of(where, "has something behind the end of the zip");
        }
        if (listed != files || listedSum != filesSum || (count != 0xffff && count != (files & 0xffff))) {
            throw DumpDamage.of(where, "is damaged: the directory of the zip does not name the files in it");
        }
    }

    private static long mixed(long... numbers) {
        long mixed = 0x9e3779b97f4a7c15L;
        for (long number : numbers) {
            mixed = (mixed ^ number) * 0xff51afd7ed558ccdL;
            mixed ^= mixed >>> 32;
        }
        return mixed;
    }

    private long sum(int bytes) throws IOException {
        CRC32 checksum = new CRC32();
        for (int i = 0; i < bytes; i++) {
            checksum.update(octet());
        }
        return checksum.getValue();
    }

    private void skip(long bytes) throws IOException {
        for (long i = 0; i < bytes; i++) {
            octet();
        }
    }

    private long number(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) octet() << (8 * i);
        }
        return value;
    }

    private int octet() throws IOException {
        if (at == filled && !fill()) {
            throw cut();
        }
        return buffer[at++] & 0xff;
    }

    private long position() {
        return before + at;
    }

    private boolean fill() throws IOException {
        before += filled;
        at = 0;
        filled = Math.max(0, in.read(buffer, 0, buffer.length));
        return filled > 0;
    }

    private RuntimeException cut() {
        return DumpDamage.of(where, "is cut: the zip ends at byte " + position());
    }
}
