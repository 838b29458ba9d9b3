package dev.holdfast.connectors.archive;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.Locale;

/**
 * Recognises names that a file system without case takes for one, by 64 bits of a hash each, outside the heap. Two names that only seem
 * to be one are named apart too, which does no harm. For one thread.
 */
final class FoldedNames implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment table;
    private final long mask;
    private long left;

    /**
     * @param names how many there will be at most
     */
    FoldedNames(long names) {
        long slots = Math.max(16, Long.highestOneBit(names + names / 2) << 1);
        table = arena.allocate(slots * Long.BYTES, Long.BYTES);
        mask = slots - 1;
        left = slots - 1;
    }

    /** False if it was there. */
    boolean add(byte[] name) {
        long hash = hash(name);
        for (long slot = hash & mask; ; slot = (slot + 1) & mask) {
            long found = table.getAtIndex(ValueLayout.JAVA_LONG, slot);
            if (found == hash) {
                return false;
            }
            if (found == 0) {
                if (--left == 0) {
                    throw new IllegalStateException("more names than were said");
                }
                table.setAtIndex(ValueLayout.JAVA_LONG, slot, hash);
                return true;
            }
        }
    }

    private static long hash(byte[] name) {
        String text = Normalizer.normalize(new String(name, StandardCharsets.UTF_8), Normalizer.Form.NFC);
        String folded = text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(folded.getBytes(StandardCharsets.UTF_8));
            long hash = ByteBuffer.wrap(digest).getLong();
            return hash == 0 ? 1 : hash;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
