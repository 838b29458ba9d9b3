package dev.holdfast.connectors.dump;

import dev.holdfast.connectors.postgres.FolderDump;
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
    private final FolderDump dump;
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
     * @param dump looks at what nobody takes
     * @param taker takes what is in it; null if nobody does
     */
    ZipReading(InputStream in, String where, FolderDump dump, @Nullable MemberTaker taker) {
        this.in = in;
        this.where = where;
        this.dump = dump;
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
        Measure measured = content(name, method == DEFLATED ? new Inflated() : new Stored(large[1]));
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
        filesSum += mixed(start, sum(name), checksum, large[0], large[1]);
    }

    private Measure content(byte[] bytes, Content content) throws IOException {
        String name = new String(bytes, StandardCharsets.ISO_8859_1);
        try {
            if (taker != null) {
                hand(taker, name, content);
            } else if (!name.endsWith("/")) {
                dump.take(Member.shown(name), content);
            }
            return content.toEnd();
        } finally {
            content.close();
        }
    }

    private void hand(MemberTaker to, String name, Content content) throws IOException {
        boolean folder = name.endsWith("/");
        to.begin(new Member(
                folder ? Member.Kind.FOLDER : Member.Kind.FILE,
                name,
                "",
                folder ? FOLDERS_MODE : FILES_MODE,
                Optional.ofNullable(modified)));
        for (int n = content.read(plain); n >= 0; n = content.read(plain)) {
            to.write(plain, 0, n);
        }
        to.end();
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

    /** What one file holds, unpacked. */
    private abstract static class Content extends InputStream {
        private final CRC32 checksum = new CRC32();
        private long length;

        abstract int some(byte[] bytes, int offset, int count) throws IOException;

        abstract long packed();

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            int read = count == 0 ? 0 : some(bytes, offset, count);
            checksum.update(bytes, offset, Math.max(0, read));
            length += Math.max(0, read);
            return read;
        }

        Measure toEnd() throws IOException {
            byte[] rest = new byte[8192];
            while (read(rest, 0, rest.length) >= 0) {
                // only counted
            }
            return new Measure(checksum.getValue(), length, packed());
        }

        /** The zip itself stays open. */
        @Override
        public void close() {}
    }

    private final class Inflated extends Content {
        private final Inflater inflater = new Inflater(true);

        Inflated() {
            inflater.setInput(buffer, at, filled - at);
        }

        @Override
        int some(byte[] bytes, int offset, int count) throws IOException {
            try {
                while (!inflater.finished()) {
                    int read = inflater.inflate(bytes, offset, count);
                    if (read > 0) {
                        return read;
                    }
                    if (inflater.needsDictionary()) {
                        throw new DataFormatException("it wants a dictionary");
                    }
                    if (!inflater.finished()) {
                        at = filled;
                        if (!fill()) {
                            throw cut();
                        }
                        inflater.setInput(buffer, at, filled - at);
                    }
                }
                return -1;
            } catch (DataFormatException e) {
                throw DumpDamage.of(
                        where,
                        "is damaged: a file in it, before byte " + position() + ", cannot be unpacked ("
                                + e.getMessage() + ")",
                        e);
            }
        }

        @Override
        long packed() {
            at = filled - inflater.getRemaining();
            return inflater.getBytesRead();
        }

        @Override
        public void close() {
            inflater.end();
        }
    }

    private final class Stored extends Content {
        private final long packed;
        private long left;

        Stored(long packed) {
            this.packed = packed;
            left = packed;
        }

        @Override
        int some(byte[] bytes, int offset, int count) throws IOException {
            if (left <= 0) {
                return -1;
            }
            if (at == filled && !fill()) {
                throw cut();
            }
            int some = (int) Math.min(Math.min(left, count), filled - at);
            System.arraycopy(buffer, at, bytes, offset, some);
            at += some;
            left -= some;
            return some;
        }

        @Override
        long packed() {
            return packed;
        }
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
