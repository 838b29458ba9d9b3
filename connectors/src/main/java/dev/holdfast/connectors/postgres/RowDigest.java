package dev.holdfast.connectors.postgres;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A count of rows and a hash of their set: the sum modulo 2^128 of the XXH3-128 of each row's COPY text without its line end.
 * The order of rows does not matter; digests of the parts of a table add up to the digest of the table. For one thread.
 */
final class RowDigest {
    private static final Hasher128 HASHER = Hashing.xxh3_128();

    private long rows;
    private long high;
    private long low;
    private byte[] carried = new byte[0];
    private int carriedBytes;

    /** One row, without its line end. */
    void row(byte[] bytes, int offset, int length) {
        HashValue128 hash = HASHER.hashBytesTo128Bits(bytes, offset, length);
        addHash(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
        rows++;
    }

    /**
     * A piece of COPY text, cut anywhere. In every encoding of a server the byte 0x0A ends a row and nothing else: line ends
     * within values are escaped.
     */
    void text(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int start = offset;
        for (int i = offset; i < end; i++) {
            if (bytes[i] == '\n') {
                if (carriedBytes > 0) {
                    carry(bytes, start, i - start);
                    row(carried, 0, carriedBytes);
                    carriedBytes = 0;
                } else {
                    row(bytes, start, i - start);
                }
                start = i + 1;
            }
        }
        carry(bytes, start, end - start);
    }

    private void carry(byte[] bytes, int offset, int length) {
        if (length == 0) {
            return;
        }
        if (carried.length < carriedBytes + length) {
            carried = Arrays.copyOf(carried, Math.max(2 * carried.length, carriedBytes + length));
        }
        System.arraycopy(bytes, offset, carried, carriedBytes, length);
        carriedBytes += length;
    }

    /** Takes in the rows of another part. */
    void add(RowDigest other) {
        addHash(other.high, other.low);
        rows += other.rows;
    }

    /** Takes in rows that are known by count and hash alone. */
    void add(long count, String hash) {
        addHash(HexFormat.fromHexDigitsToLong(hash, 0, 16), HexFormat.fromHexDigitsToLong(hash, 16, 32));
        rows += count;
    }

    private void addHash(long addedHigh, long addedLow) {
        long sum = low + addedLow;
        high += addedHigh + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
        low = sum;
    }

    /** Rows so far, complete ones. */
    long rows() {
        return rows;
    }

    /** Whether the text so far ends within a row. */
    boolean isWithinRow() {
        return carriedBytes > 0;
    }

    /** 32 hexadecimal digits. */
    String hash() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
