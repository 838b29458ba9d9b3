package dev.holdfast.engine.pack;

import dev.holdfast.engine.store.ObjectStore;
import dev.holdfast.engine.store.StoreKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Reads ranges of packs. A range on its own is fetched as it is; ranges that follow one another (chunks lie in packs in the
 * order in which they were read at the source) are fetched in longer reads ahead of need and kept a while. At most 24 MiB are
 * kept. Safe for many threads; no segment is fetched twice at the same time.
 */
public final class SegmentCache {
    private static final int SEGMENT_BYTES = 1 << 20;
    private static final int MAX_SEGMENTS = 24;
    private static final int READ_AHEAD_SEGMENTS = 4;

    private final Map<Segment, CompletableFuture<byte[]>> segments = new HashMap<>();
    private final Deque<Segment> order = new ArrayDeque<>();
    private final Map<PackAt, Long> lastEnd = new HashMap<>();

    private record PackAt(ObjectStore store, StoreKey pack) {}

    private record Segment(PackAt pack, long number) {}

    /** Segments to be fetched by one read. */
    private record Fetch(long first, List<CompletableFuture<byte[]>> results) {}

    /**
     * Reads a range of a pack.
     *
     * @param packBytes length of the pack
     */
    public byte[] read(ObjectStore store, StoreKey pack, long packBytes, long offset, int length) {
        PackAt at = new PackAt(store, pack);
        if (!follows(at, offset, length)) {
            return store.read(pack, offset, length);
        }
        long first = offset / SEGMENT_BYTES;
        long last = (offset + length - 1) / SEGMENT_BYTES;
        long end = Math.min(last + READ_AHEAD_SEGMENTS, (packBytes - 1) / SEGMENT_BYTES);
        List<CompletableFuture<byte[]>> wanted = new ArrayList<>();
        for (Fetch fetch : claim(at, first, last, end, wanted)) {
            fetch(at, packBytes, fetch);
        }
        return assemble(wanted, (int) (offset - first * SEGMENT_BYTES), length);
    }

    private synchronized boolean follows(PackAt at, long offset, int length) {
        long end = offset + length;
        Long before = lastEnd.get(at);
        if (before == null && lastEnd.size() > 1024) {
            lastEnd.clear();
        }
        lastEnd.put(at, before == null ? end : Math.max(end, before - SEGMENT_BYTES));
        return before != null
                && offset + (long) READ_AHEAD_SEGMENTS * SEGMENT_BYTES >= before
                && offset <= before + SEGMENT_BYTES;
    }

    /** Finds what is wanted and, if a part of it is missing, claims it and what lies ahead of it. */
    private synchronized List<Fetch> claim(
            PackAt at, long first, long last, long end, List<CompletableFuture<byte[]>> wanted) {
        List<Fetch> fetches = new ArrayList<>();
        boolean missing = false;
        Fetch open = null;
        for (long number = first; number <= (missing ? end : last); number++) {
            Segment segment = new Segment(at, number);
            CompletableFuture<byte[]> held = segments.get(segment);
            if (held == null) {
                missing = true;
                held = new CompletableFuture<>();
                segments.put(segment, held);
                order.addLast(segment);
                if (open == null) {
                    open = new Fetch(number, new ArrayList<>());
                    fetches.add(open);
                }
                open.results.add(held);
            } else {
                open = null;
            }
            if (number <= last) {
                wanted.add(held);
            }
        }
        while (order.size() > MAX_SEGMENTS) {
            segments.remove(order.removeFirst());
        }
        return fetches;
    }

    private void fetch(PackAt at, long packBytes, Fetch fetch) {
        long from = fetch.first * SEGMENT_BYTES;
        int length = (int) Math.min((long) fetch.results.size() * SEGMENT_BYTES, packBytes - from);
        try {
            byte[] bytes = at.store.read(at.pack, from, length);
            for (int i = 0; i < fetch.results.size(); i++) {
                int begin = i * SEGMENT_BYTES;
                fetch.results
                        .get(i)
                        .complete(Arrays.copyOfRange(bytes, begin, Math.min(begin + SEGMENT_BYTES, length)));
            }
        } catch (RuntimeException | Error e) {
            forget(at, fetch);
            fetch.results.forEach(result -> result.completeExceptionally(e));
            throw e;
        }
    }

    private synchronized void forget(PackAt at, Fetch fetch) {
        for (int i = 0; i < fetch.results.size(); i++) {
            Segment segment = new Segment(at, fetch.first + i);
            if (segments.remove(segment, fetch.results.get(i))) {
                order.remove(segment);
            }
        }
    }

    private static byte[] assemble(List<CompletableFuture<byte[]>> wanted, int skip, int length) {
        byte[] range = new byte[length];
        int done = 0;
        int from = skip;
        for (CompletableFuture<byte[]> segment : wanted) {
            byte[] bytes = await(segment);
            int count = Math.min(length - done, bytes.length - from);
            System.arraycopy(bytes, from, range, done, count);
            done += count;
            from = 0;
        }
        return range;
    }

    private static byte[] await(CompletableFuture<byte[]> segment) {
        try {
            return segment.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
