package dev.holdfast.connectors.adopt;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.util.Optional;

/**
 * The head of an archive of {@code pg_dump}, versions 1.10 to 1.16 of the format (PostgreSQL 8.0 to 18), whatever database it is of.
 *
 * @param format {@link #CUSTOM}, {@link #TAR} or {@link #FOLDER}; others are not written any more
 * @param made when, by the clock and in the time zone of the machine that made it; empty if that is no time
 * @param database its name
 * @see <a href="https://github.com/postgres/postgres/blob/master/src/bin/pg_dump/pg_backup_archiver.c">ReadHead</a>
 */
record ArchiveHead(int format, Optional<LocalDateTime> made, String database) {
    static final int CUSTOM = 1;
    static final int TAR = 3;
    static final int FOLDER = 5;

    private static final int OLDEST = 1 << 8 | 10;
    private static final int COMPRESSION_IN_A_BYTE = 1 << 8 | 15;
    private static final int LONGEST_NAME = 1024;

    /**
     * @param bytes where it begins at {@code at}
     * @return empty if it does not end within them, or is no such head
     */
    static Optional<ArchiveHead> of(byte[] bytes, int at) {
        try {
            return new Reading(bytes, at).read();
        } catch (ArrayIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** For one thread. */
    private static final class Reading {
        private final byte[] bytes;
        private int position;
        private int numberBytes;

        Reading(byte[] bytes, int at) {
            this.bytes = bytes;
            this.position = at;
        }

        Optional<ArchiveHead> read() {
            for (char c : "PGDMP".toCharArray()) {
                if (octet() != c) {
                    return Optional.empty();
                }
            }
            int version = octet() << 8 | octet();
            octet(); // revision
            numberBytes = octet();
            octet(); // length of an offset
            int format = octet();
            if (version < OLDEST || numberBytes < 1 || numberBytes > 8) {
                return Optional.empty();
            }
            if (version >= COMPRESSION_IN_A_BYTE) {
                octet();
            } else {
                number();
            }
            int second = number();
            int minute = number();
            int hour = number();
            int day = number();
            int month = number() + 1;
            int year = number() + 1900;
            number(); // summer time
            int length = number();
            if (length > LONGEST_NAME) {
                return Optional.empty();
            }
            String database = length <= 0 ? "" : text(length);
            return Optional.of(new ArchiveHead(format, time(year, month, day, hour, minute, second), database));
        }

        private static Optional<LocalDateTime> time(int year, int month, int day, int hour, int minute, int second) {
            try {
                return Optional.of(LocalDateTime.of(year, month, day, hour, minute, Math.min(second, 59)));
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        }

        private String text(int length) {
            position += length;
            if (position > bytes.length) {
                throw new ArrayIndexOutOfBoundsException();
            }
            return new String(bytes, position - length, length, StandardCharsets.UTF_8);
        }

        private int octet() {
            return bytes[position++] & 0xff;
        }

        /** A sign, then the bytes, the lowest first. */
        private int number() {
            boolean negative = octet() != 0;
            int value = 0;
            for (int i = 0; i < numberBytes; i++) {
                int next = octet();
                value |= i < 4 ? next << (8 * i) : 0;
            }
            return negative ? -value : value;
        }
    }
}
