package dev.holdfast.engine.chunk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Objects;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Cuts a stream where its content says so: Gear hashing with normalised chunking (Xia et al., FastCDC, USENIX ATC 2016),
 * keyed, so that the lengths of chunks do not tell what they hold. Immutable and safe for many threads.
 *
 * <p>The rule. {@code G} is a table of 256 unsigned 64-bit numbers: HKDF-Expand (RFC 5869, SHA-256) of the key with the
 * info {@code "holdfast v1 gear"} to 2048 bytes, read as big-endian numbers one after the other. With {@code h} of 64 bits,
 * modulo 2⁶⁴,
 *
 * <pre>
 *   h(i) = Σ G[b[i-k]] · 2^k  for k = 0 … 63
 *   bits = log2(average)
 *   a chunk ends after its byte i (from 0), for the smallest i ≥ min with
 *     i &lt; average  and the upper bits+2 bits of h(i) all zero, or
 *     i ≥ average  and the upper bits-2 bits of h(i) all zero, or
 *     i = max-1, or
 *     i = the last byte of the stream
 * </pre>
 *
 * A rest of {@code min} bytes or fewer is one chunk.
 */
public final class Chunker {
    /** Length of the key in bytes. */
    public static final int KEY_BYTES = 32;

    /** What {@link #cut} gives when it cannot tell yet. */
    public static final int MORE = -1;

    private static final byte[] INFO = "holdfast v1 gear".getBytes(StandardCharsets.US_ASCII);
    private static final int WINDOW = Long.SIZE;
    private static final int SYMBOLS = 256;
    private static final int NORMALISATION = 2;

    private final ChunkerParameters parameters;
    private final long[] gear;
    private final long strict;
    private final long loose;

    /**
     * @param key {@value #KEY_BYTES} secret bytes
     */
    public Chunker(ChunkerParameters parameters, byte[] key) {
        this.parameters = Objects.requireNonNull(parameters);
        gear = gear(key);
        int bits = Integer.numberOfTrailingZeros(parameters.averageBytes());
        strict = upperBits(bits + NORMALISATION);
        loose = upperBits(bits - NORMALISATION);
    }

    public ChunkerParameters parameters() {
        return parameters;
    }

    /**
     * Finds the end of the chunk that begins at {@code offset}.
     *
     * @param bytes holds the chunk's bytes from {@code offset} to before {@code end}; best many times the maximum, so
     *     that little is looked at twice
     * @param last whether the stream ends at {@code end}
     * @return length of the chunk; {@link #MORE} if bytes beyond {@code end} are needed to tell, which never happens with
     *     {@code maxBytes} of them or more at hand; 0 only if {@code last} and there are no bytes at all
     */
    public int cut(byte[] bytes, int offset, int end, boolean last) {
        Objects.checkFromToIndex(offset, end, bytes.length);
        int available = end - offset;
        int length = Math.min(available, parameters.maxBytes());
        int found = find(bytes, offset, length);
        boolean decided = found < length || last || available >= parameters.maxBytes();
        return decided ? found : MORE;
    }

    private int find(byte[] bytes, int offset, int length) {
        if (length <= parameters.minBytes()) {
            return length;
        }
        int normal = offset + Math.min(parameters.averageBytes(), length);
        int end = search(bytes, offset + parameters.minBytes(), normal, strict, gear);
        if (end < 0 && normal < offset + length) {
            end = search(bytes, normal, offset + length, loose, gear);
        }
        return end < 0 ? length : end - offset;
    }

    /**
     * @param from the window before it is looked at too
     * @return behind the first byte where the masked hash is 0, or -1
     */
    private static int search(byte[] b, int from, int to, long mask, long[] gear) {
        long hash = 0;
        for (int i = from - WINDOW; i < from; i++) {
            hash = (hash << 1) + gear[b[i] & 0xff];
        }
        int i = from;
        // two at a time: each hash waits for the one before, and so it waits half as often
        for (; i < to - 1; i += 2) {
            long first = gear[b[i] & 0xff];
            long second = gear[b[i + 1] & 0xff];
            long between = (hash << 1) + first;
            hash = (hash << 2) + ((first << 1) + second);
            if ((between & mask) == 0) {
                return i + 1;
            }
            if ((hash & mask) == 0) {
                return i + 2;
            }
        }
        return i < to && (((hash << 1) + gear[b[i] & 0xff]) & mask) == 0 ? to : -1;
    }

    private static long upperBits(int count) {
        return -1L << (Long.SIZE - count);
    }

    private static long[] gear(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("a chunker's key has " + KEY_BYTES + " bytes, not " + key.length);
        }
        long[] table = new long[SYMBOLS];
        ByteBuffer.wrap(expand(key, SYMBOLS * Long.BYTES)).asLongBuffer().get(table);
        return table;
    }

    private static byte[] expand(byte[] key, int length) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.expandOnly(new SecretKeySpec(key, "Generic"), INFO, length));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no HKDF-SHA256", e);
        }
    }
}
