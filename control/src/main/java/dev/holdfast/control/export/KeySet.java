package dev.holdfast.control.export;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Keys of many files, each of which is seen or not: eight bytes and one bit for a file. First all are added, then they are marked. Not
 * safe for several threads.
 */
final class KeySet {
    private long[] keys = new long[1024];
    private int size;
    private final BitSet seen = new BitSet();
    private boolean sorted;

    void add(long key) {
        if (sorted) {
            throw new IllegalStateException("keys are marked already");
        }
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, size + size / 2);
        }
        keys[size++] = key;
    }

    /**
     * It is seen now.
     *
     * @return whether it is one of them
     */
    boolean mark(long key) {
        if (!sorted) {
            Arrays.sort(keys, 0, size);
            sorted = true;
        }
        int at = Arrays.binarySearch(keys, 0, size, key);
        if (at < 0) {
            return false;
        }
        while (at > 0 && keys[at - 1] == key) {
            at--;
        }
        for (int i = at; i < size && keys[i] == key; i++) {
            seen.set(i);
        }
        return true;
    }

    int size() {
        return size;
    }

    /** How many were never marked. */
    int unseen() {
        return size - seen.cardinality();
    }
}
