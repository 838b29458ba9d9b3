package dev.holdfast.connectors.postgres;

import com.dynatrace.hash4j.hashing.HashStream128;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
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
    private final HashStream128 begun = HASHER.hashStream();
    private long begunBytes;

    /** One row, without its line end. */
    void row(byte[] bytes, int offset, int length) {
        addHash(HASHER.hashBytesTo128Bits(bytes, offset, length));
    }

    /**
     * A piece of a row with its line end, which is the last byte of the piece that ends the row.
     *
     * @param endsRow whether the row ends with this piece
     */
    void piece(byte[] bytes, int offset, int length, boolean endsRow) {
        if (endsRow) {
            end(bytes, offset, length - 1);
        } else {
            begin(bytes, offset, length);
        }
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
                end(bytes, start, i - start);
                start = i + 1;
            }
        }
        begin(bytes, start, end - start);
    }

    private void begin(byte[] bytes, int offset, int length) {
        begun.putBytes(bytes, offset, length);
        begunBytes += length;
    }

    private void end(byte[] bytes, int offset, int length) {
        if (begunBytes == 0) {
            row(bytes, offset, length);
            return;
        }
        addHash(begun.putBytes(bytes, offset, length).get());
        begun.reset();
        begunBytes = 0;
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

    private void addHash(HashValue128 hash) {
        addHash(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
        rows++;
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
        return begunBytes > 0;
    }

    /** 32 hexadecimal digits. */
    String hash() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
