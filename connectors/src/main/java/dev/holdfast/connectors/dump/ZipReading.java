package dev.holdfast.connectors.dump;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

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
    private static final int TIMES_EXTRA = 0x5455;
    private static final int FILES_MODE = 0x1a4;
    private static final int FOLDERS_MODE = 0x1ed;
    private static final int UNIX = 3;
    private static final int MAC = 19;
    private static final long UNKNOWN = 0xffffffffL;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    private static final int ENCRYPTED_FLAG = 1;
    private static final int DESCRIPTOR_FLAG = 8;

    private final InputStream in;
    private final String where;
    private final @Nullable MemberTaker taker;
    private @Nullable Instant modified;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final byte[] plain = new byte[BUFFER_BYTES];
    private int at;
    private int filled;
    private long before;
    private long files;
    private long filesSum;
    private long listed;
    private long listedSum;

    /**
     * @param taker takes what is in it; null if nobody does
     */
    ZipReading(InputStream in, String where, @Nullable MemberTaker taker) {
        this.in = in;
        this.where = where;
        this.taker = taker;
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
        modified = moment((int) number(2), (int) number(2));
        long checksum = number(4);
        long packed = number(4);
        long length = number(4);
        int nameBytes = (int) number(2);
        int extraBytes = (int) number(2);
        byte[] name = bytes(nameBytes);
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
        begin(new String(name, StandardCharsets.ISO_8859_1));
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
        if (taker != null) {
            taker.end();
        }
        files++;
        filesSum += mixed(start, sum(name), checksum, large[0], large[1]);
    }

    private void begin(String name) {
        if (taker != null) {
            boolean folder = name.endsWith("/");
            taker.begin(new Member(
                    folder ? Member.Kind.FOLDER : Member.Kind.FILE,
                    name,
                    "",
                    folder ? FOLDERS_MODE : FILES_MODE,
                    Optional.ofNullable(modified)));
        }
    }

    private void write(byte[] bytes, int offset, int length) {
        if (taker != null && length > 0) {
            taker.write(bytes, offset, length);
        }
    }

    /** By a clock that nobody names; a field behind the name says it better. */
    private static @Nullable Instant moment(int time, int date) {
        try {
            return LocalDateTime.of(
                            1980 + (date >> 9),
                            date >> 5 & 0xf,
                            date & 0x1f,
                            time >> 11,
                            time >> 5 & 0x3f,
                            Math.min(59, 2 * (time & 0x1f)))
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null;
        }
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
                write(plain, 0, read);
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
            write(buffer, at, some);
            at += some;
            left -= some;
        }
        return new Measure(checksum.getValue(), bytes, bytes);
    }

    private void listed() throws IOException {
        skip(1);
        int system = (int) number(1);
        skip(10);
        long checksum = number(4);
        long packed = number(4);
        long length = number(4);
        int nameBytes = (int) number(2);
        int extraBytes = (int) number(2);
        int commentBytes = (int) number(2);
        skip(6);
        int mode = (int) number(2);
        long start = number(4);
        byte[] name = bytes(nameBytes);
        long[] large = {length, packed, start};
        extra(extraBytes, large);
        skip(commentBytes);
        listed++;
        listedSum += mixed(large[2], sum(name), checksum, large[0], large[1]);
        if (taker != null && mode != 0 && (system == UNIX || system == MAC)) {
            taker.mode(new String(name, StandardCharsets.ISO_8859_1), mode);
        }
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
            } else if (id == TIMES_EXTRA && length >= 5 && (number(1) & 1) != 0) {
                int seconds = (int) number(4);
                modified = Instant.ofEpochSecond(seconds);
                length -= 5;
            } else if (id == TIMES_EXTRA && length >= 5) {
                length--;
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

    private static long sum(byte[] bytes) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        return checksum.getValue();
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) octet();
        }
        return bytes;
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
