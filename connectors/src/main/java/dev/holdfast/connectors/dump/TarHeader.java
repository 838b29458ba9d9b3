package dev.holdfast.connectors.dump;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A header of a tar, of any kind: old, ustar, GNU, pax.
 *
 * @param name as it stands here, a character for each byte; a header before it may say another
 * @param target of a link, in the same way
 * @param bytes length of what follows
 * @param kind the type flag
 * @param mode permissions
 * @param modified when it was changed last
 */
record TarHeader(String name, String target, long bytes, char kind, int mode, Instant modified) {
    static final int BLOCK = 512;
    private static final int MODE_AT = 100;
    private static final int SIZE_AT = 124;
    private static final int MODIFIED_AT = 136;
    private static final int CHECKSUM_AT = 148;
    private static final int KIND_AT = 156;
    private static final int TARGET_AT = 157;
    private static final int MAGIC_AT = 257;
    private static final int PREFIX_AT = 345;
    /** What every file system can keep, and no clock says. */
    private static final long LATEST_SECOND = 1L << 33;

    /** Whether the bytes begin with a header whose checksum holds. */
    static boolean isOne(byte[] head) {
        return head.length >= BLOCK && head[0] != 0 && checksumHolds(head);
    }

    /** Whether there are only zeros. */
    static boolean isEnd(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * @throws NumberFormatException if it is none
     */
    static TarHeader of(byte[] block) {
        if (!checksumHolds(block)) {
            throw new NumberFormatException("its checksum does not hold");
        }
        String name = text(block, 0, 100);
        boolean hasPrefix = text(block, MAGIC_AT, 6).equals("ustar");
        String prefix = hasPrefix ? text(block, PREFIX_AT, 155) : "";
        return new TarHeader(
                prefix.isEmpty() ? name : prefix + "/" + name,
                text(block, TARGET_AT, 100),
                number(block, SIZE_AT, 12),
                (char) (block[KIND_AT] & 0xff),
                (int) number(block, MODE_AT, 8) & 0xfff,
                moment(number(block, MODIFIED_AT, 12)));
    }

    static Instant moment(long second) {
        return Instant.ofEpochSecond(Math.clamp(second, -LATEST_SECOND, LATEST_SECOND));
    }

    private static boolean checksumHolds(byte[] block) {
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < BLOCK; i++) {
            byte b = i >= CHECKSUM_AT && i < CHECKSUM_AT + 8 ? (byte) ' ' : block[i];
            unsigned += b & 0xff;
            signed += b;
        }
        try {
            long said = number(block, CHECKSUM_AT, 8);
            return said == unsigned || said == signed;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Octal digits, or, where they do not suffice, two's complement with its first bit set. */
    private static long number(byte[] block, int at, int length) {
        if ((block[at] & 0x80) != 0) {
            long value = block[at] & 0x3f;
            for (int i = 1; i < length; i++) {
                value = (value << 8) | (block[at + i] & 0xff);
            }
            return value;
        }
        String digits = text(block, at, length).strip();
        return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    }

    private static String text(byte[] block, int at, int length) {
        int end = at;
        while (end < at + length && block[end] != 0) {
            end++;
        }
        return new String(block, at, end - at, StandardCharsets.ISO_8859_1);
    }
}
