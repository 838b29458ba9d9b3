package dev.holdfast.engine.tree;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/** The keyed name of a chunk: HMAC-SHA-256 over its type and its plain bytes, 32 bytes. Immutable. */
public final class ChunkId implements Comparable<ChunkId> {
    /** Length in bytes. */
    public static final int BYTES = 32;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] bytes;

    private ChunkId(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Copies an id out of a larger array.
     *
     * @param offset where its 32 bytes begin
     */
    public static ChunkId copyOf(byte[] source, int offset) {
        return new ChunkId(Arrays.copyOfRange(source, offset, offset + BYTES));
    }

    /** Takes over 32 bytes that nobody else will change. */
    public static ChunkId ofOwned(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a chunk id has " + BYTES + " bytes, not " + bytes.length);
        }
        return new ChunkId(bytes);
    }

    /** First eight bytes, big endian. */
    public long high() {
        return (long) LONG.get(bytes, 0);
    }

    /** Second eight bytes, big endian; with {@link #high} the 16-byte prefix that indexes use. */
    public long low() {
        return (long) LONG.get(bytes, 8);
    }

    /** Writes the 32 bytes. */
    public void writeTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, BYTES);
    }

    /** A copy of the 32 bytes. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Whether the 32 bytes at an offset are this id. */
    public boolean matches(byte[] other, int offset) {
        return Arrays.equals(bytes, 0, BYTES, other, offset, offset + BYTES);
    }

    @Override
    public int compareTo(ChunkId other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChunkId id && Arrays.equals(bytes, id.bytes);
    }

    @Override
    public int hashCode() {
        return (int) high();
    }

    /** All 64 hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
