package dev.holdfast.engine.tree;

/**
 * Where a node ends: a function of the keys and sizes of its items and of a secret number, so that equal runs of items make
 * equal nodes wherever they lie. The rule is the same on every level.
 *
 * <pre>
 *   size   bytes of the node's items as encoded, without the node's header
 *   item   bytes of the item last added, as encoded after the item before it
 *   mix(x) x ^= x &gt;&gt;&gt; 30; x *= 0xbf58476d1ce4e5b9; x ^= x &gt;&gt;&gt; 27; x *= 0x94d049bb133111eb; x ^= x &gt;&gt;&gt; 31
 *   hash   h = mix(seed + level · 0x9e3779b97f4a7c15); for each byte b of the item's key: h = (h ^ b) · 0x100000001b3;
 *          mix(h)                                                               (64 bits, modulo 2⁶⁴; a leaf has level 0)
 *
 *   A node ends before an item that would make size exceed 262144, unless the node is empty.
 *   A node ends after an item if size ≥ 16384 and ⌊hash · 49152 / 2⁶⁴⌋ &lt; item.
 * </pre>
 *
 * So every byte beyond the first 16 KiB is equally likely to be the last, and nodes have 64 KiB on average. The item's key is
 * the entry's own, or the last key below the child: a key that ended a leaf is what the levels above look at, and stays.
 */
final class NodeBoundary {
    static final int MIN_BYTES = 16 << 10;
    static final int MAX_BYTES = 256 << 10;

    private static final long SPREAD_BYTES = 48 << 10;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private NodeBoundary() {}

    static boolean endsBefore(int sizeWithItem) {
        return sizeWithItem > MAX_BYTES;
    }

    static boolean endsAfter(long seed, int level, EntryKey key, int itemBytes, int size) {
        return size >= MIN_BYTES && Math.unsignedMultiplyHigh(hash(seed, level, key), SPREAD_BYTES) < itemBytes;
    }

    static long hash(long seed, int level, EntryKey key) {
        long hash = mix(seed + level * GOLDEN);
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ (key.byteAt(i) & 0xff)) * FNV_PRIME;
        }
        return mix(hash);
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
