package dev.holdfast.engine.index;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An open-addressing hash table from 16-byte keys to a few ints, outside the heap. Keys are uniform already (they are
 * prefixes of keyed hashes), so they are their own hash. Linear probing, at most 70 % full, doubled when fuller. Not safe for
 * threads: its users lock.
 */
final class OffHeapTable implements AutoCloseable {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final int KEY_BYTES = 16;

    private final int slotBytes;
    private Arena arena;
    private MemorySegment slots;
    private long capacity;
    private long size;

    /**
     * @param ints how many ints belong to each key
     * @param expected how many keys to make room for
     */
    OffHeapTable(int ints, long expected) {
        this.slotBytes = KEY_BYTES + 4 * ints;
        this.capacity = Long.highestOneBit(Math.max(512, expected * 10 / 7)) << 1;
        this.arena = Arena.ofShared();
        this.slots = arena.allocate(capacity * slotBytes, 8);
    }

    long size() {
        return size;
    }

    /** Bytes outside the heap. */
    long bytes() {
        return capacity * slotBytes;
    }

    /** The slot of a key, or -1. */
    long find(long high, long low) {
        long slot = probe(high, usedLow(high, low));
        return isFree(slot) ? -1 : slot;
    }

    /** The slot of a key that was not there before, or -1 if it was. All its ints are 0. */
    long insert(long high, long low) {
        if (size * 10 >= capacity * 7) {
            grow();
        }
        long usedLow = usedLow(high, low);
        long slot = probe(high, usedLow);
        if (!isFree(slot)) {
            return -1;
        }
        slots.set(LONG, slot, high);
        slots.set(LONG, slot + 8, usedLow);
        size++;
        return slot;
    }

    int get(long slot, int field) {
        return slots.get(INT, slot + KEY_BYTES + 4L * field);
    }

    void set(long slot, int field, int value) {
        slots.set(INT, slot + KEY_BYTES + 4L * field, value);
    }

    long high(long slot) {
        return slots.get(LONG, slot);
    }

    long low(long slot) {
        return slots.get(LONG, slot + 8);
    }

    /** Sees every used slot. */
    interface SlotVisitor {
        void visit(long slot);
    }

    void forEach(SlotVisitor visitor) {
        for (long slot = 0, end = capacity * slotBytes; slot < end; slot += slotBytes) {
            if (!isFree(slot)) {
                visitor.visit(slot);
            }
        }
    }

    private long probe(long high, long low) {
        long mask = capacity - 1;
        long at = high & mask;
        while (true) {
            long slot = at * slotBytes;
            long heldLow = slots.get(LONG, slot + 8);
            long heldHigh = slots.get(LONG, slot);
            if ((heldHigh == high && heldLow == low) || (heldHigh == 0 && heldLow == 0)) {
                return slot;
            }
            at = (at + 1) & mask;
        }
    }

    private boolean isFree(long slot) {
        return slots.get(LONG, slot) == 0 && slots.get(LONG, slot + 8) == 0;
    }

    /** Two zero longs mark a free slot, so the one key that would look like it is moved aside. */
    private static long usedLow(long high, long low) {
        return high == 0 && low == 0 ? 1 : low;
    }

    private void grow() {
        Arena oldArena = arena;
        MemorySegment old = slots;
        long oldEnd = capacity * slotBytes;
        capacity *= 2;
        arena = Arena.ofShared();
        slots = arena.allocate(capacity * slotBytes, 8);
        for (long slot = 0; slot < oldEnd; slot += slotBytes) {
            long high = old.get(LONG, slot);
            long low = old.get(LONG, slot + 8);
            if (high != 0 || low != 0) {
                MemorySegment.copy(old, slot, slots, probe(high, low), slotBytes);
            }
        }
        oldArena.close();
    }

    @Override
    public void close() {
        arena.close();
    }
}
