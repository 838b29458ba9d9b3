package dev.holdfast.connectors.archive;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Where members of a zip archive begin, how long they became, and their checksums: 20 bytes each, outside the heap. For one thread. */
final class ZipPlaces implements AutoCloseable {
    private static final int PLACE_BYTES = 20;
    private static final int IN_SEGMENT = 50_000;

    private final Arena arena = Arena.ofConfined();
    private final List<MemorySegment> segments = new ArrayList<>();
    private long count;

    /**
     * @param offset of the member's header
     * @param compressed length of its content in the archive
     */
    record Place(long offset, long compressed, int crc) {}

    void add(long offset, long compressed, int crc) {
        if (count % IN_SEGMENT == 0) {
            segments.add(arena.allocate((long) IN_SEGMENT * PLACE_BYTES));
        }
        MemorySegment segment = segments.getLast();
        long at = count % IN_SEGMENT * PLACE_BYTES;
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, at, offset);
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, at + 8, compressed);
        segment.set(ValueLayout.JAVA_INT_UNALIGNED, at + 16, crc);
        count++;
    }

    long count() {
        return count;
    }

    Place get(long index) {
        MemorySegment segment = segments.get(Math.toIntExact(index / IN_SEGMENT));
        long at = index % IN_SEGMENT * PLACE_BYTES;
        return new Place(
                segment.get(ValueLayout.JAVA_LONG_UNALIGNED, at),
                segment.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 8),
                segment.get(ValueLayout.JAVA_INT_UNALIGNED, at + 16));
    }

    @Override
    public void close() {
        arena.close();
    }
}
