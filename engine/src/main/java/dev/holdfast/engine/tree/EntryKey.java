package dev.holdfast.engine.tree;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The name of an entry within its part: 0 to 4096 opaque bytes, ordered as unsigned bytes. An object's key as S3 gives it;
 * a file's path relative to its root, with a trailing {@code /} for a directory (so that byte order is walk order) and the
 * empty key for the root itself. Immutable.
 */
public final class EntryKey implements Comparable<EntryKey> {
    /** Longest key in bytes. */
    public static final int MAX_BYTES = 4096;

    private final byte[] bytes;

    private EntryKey(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("an entry key has at most " + MAX_BYTES + " bytes, not " + bytes.length);
        }
        this.bytes = bytes;
    }

    public static EntryKey of(String text) {
        return new EntryKey(text.getBytes(StandardCharsets.UTF_8));
    }

    public static EntryKey copyOf(byte[] bytes) {
        return new EntryKey(bytes.clone());
    }

    /** Takes over bytes that nobody else will change. */
    public static EntryKey ofOwned(byte[] bytes) {
        return new EntryKey(bytes);
    }

    public int length() {
        return bytes.length;
    }

    public byte byteAt(int index) {
        return bytes[index];
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Writes the bytes from {@code from} on. */
    public void writeTo(byte[] target, int offset, int from) {
        System.arraycopy(bytes, from, target, offset, bytes.length - from);
    }

    /** How many leading bytes the two keys share. */
    public int commonPrefix(EntryKey other) {
        int mismatch = Arrays.mismatch(bytes, other.bytes);
        return mismatch < 0 ? bytes.length : mismatch;
    }

    public boolean startsWith(EntryKey prefix) {
        return commonPrefix(prefix) == prefix.bytes.length;
    }

    @Override
    public int compareTo(EntryKey other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EntryKey key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** For people: the text where the bytes are UTF-8 without control characters, else every odd byte as {@code \xNN}. */
    @Override
    public String toString() {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (text.chars().noneMatch(c -> Character.isISOControl(c) || c == '\\')) {
                return text;
            }
        } catch (CharacterCodingException e) {
            // not text: shown byte by byte
        }
        StringBuilder shown = new StringBuilder();
        for (byte b : bytes) {
            if (b >= 0x20 && b < 0x7f && b != '\\') {
                shown.append((char) b);
            } else {
                shown.append("\\x").append(HexFormat.of().toHexDigits(b));
            }
        }
        return shown.toString();
    }
}
