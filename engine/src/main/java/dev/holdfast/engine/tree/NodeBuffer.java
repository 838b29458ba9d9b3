package dev.holdfast.engine.tree;

import java.util.Arrays;

/** Bytes of a node in the making; grows as they are appended. For one thread. */
final class NodeBuffer {
    private byte[] bytes = new byte[4096];
    private int size;

    int size() {
        return size;
    }

    /** Forgets what lies beyond. */
    void truncate(int newSize) {
        size = newSize;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    NodeBuffer u8(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
        return this;
    }

    NodeBuffer varint(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("a node holds no negative number such as " + value);
        }
        reserve(9);
        long rest = value;
        while (rest > 0x7f) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    NodeBuffer raw(byte[] value) {
        return raw(value, value.length);
    }

    NodeBuffer id(ChunkId id) {
        reserve(ChunkId.BYTES);
        id.writeTo(bytes, size);
        size += ChunkId.BYTES;
        return this;
    }

    /** A key's bytes from {@code from} on, without a length. */
    NodeBuffer key(EntryKey key, int from) {
        int length = key.length() - from;
        reserve(length);
        key.writeTo(bytes, size, from);
        size += length;
        return this;
    }

    NodeBuffer all(NodeBuffer other) {
        return raw(other.bytes, other.size);
    }

    private NodeBuffer raw(byte[] value, int length) {
        reserve(length);
        System.arraycopy(value, 0, bytes, size, length);
        size += length;
        return this;
    }

    private void reserve(int more) {
        int needed = Math.addExact(size, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, Math.multiplyExact(bytes.length, 2)));
        }
    }
}
