package dev.holdfast.engine.index;

import dev.holdfast.engine.pack.PackInfo;
import dev.holdfast.engine.store.StoreKey;
import dev.holdfast.engine.tree.ChunkId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which chunk is where: by the first 16 bytes of its id (a collision among 2^40 chunks has a probability of about 2^-49, and
 * would be found because a blob is bound to its whole id). Outside the heap but for the list of packs. Safe for many threads.
 */
public final class ChunkIndex implements AutoCloseable {
    private static final int PACK = 0;
    private static final int OFFSET = 1;
    private static final int LENGTH = 2;
    private static final int CLAIMED = -1;

    private final OffHeapTable table = new OffHeapTable(3, 4096);
    private final List<PackInfo> packs = new ArrayList<>();
    private final Map<StoreKey, Integer> ordinals = new HashMap<>();

    /**
     * Where a chunk is.
     *
     * @param pack which pack
     * @param offset where its sealed bytes begin
     * @param length how many sealed bytes
     */
    public record Location(PackInfo pack, int offset, int length) {}

    /** One row of the table. */
    public interface RowVisitor {
        void visit(long high, long low, PackInfo pack, int offset, int length);
    }

    /** Takes in an index run; chunks that are known already stay where they are. */
    public synchronized void add(IndexRun run) {
        int[] ordinal = new int[run.packs().size()];
        for (int i = 0; i < ordinal.length; i++) {
            ordinal[i] = ordinal(run.packs().get(i));
        }
        run.forEach((high, low, pack, offset, length) -> {
            long slot = table.insert(high, low);
            if (slot >= 0) {
                fill(slot, ordinal[pack], offset, length);
            }
        });
    }

    /**
     * Claims a chunk for storing.
     *
     * @return whether it was unknown; then the caller stores it and says so by {@link #settle}
     */
    public synchronized boolean claim(ChunkId id) {
        long slot = table.insert(id.high(), id.low());
        if (slot < 0) {
            return false;
        }
        table.set(slot, PACK, CLAIMED);
        return true;
    }

    /** Says where a claimed chunk is. */
    public synchronized void settle(ChunkId id, PackInfo pack, int offset, int length) {
        long slot = table.find(id.high(), id.low());
        fill(slot, ordinal(pack), offset, length);
    }

    public synchronized Optional<Location> find(ChunkId id) {
        long slot = table.find(id.high(), id.low());
        if (slot < 0 || table.get(slot, PACK) == CLAIMED) {
            return Optional.empty();
        }
        return Optional.of(
                new Location(packs.get(table.get(slot, PACK)), table.get(slot, OFFSET), table.get(slot, LENGTH)));
    }

    /** All packs that runs named. */
    public synchronized List<PackInfo> packs() {
        return List.copyOf(packs);
    }

    public synchronized boolean knows(StoreKey pack) {
        return ordinals.containsKey(pack);
    }

    /** How many chunks. */
    public synchronized long size() {
        return table.size();
    }

    /** Bytes used outside the heap. */
    public synchronized long bytes() {
        return table.bytes();
    }

    /** Sees every chunk, in no order. */
    public synchronized void forEach(RowVisitor visitor) {
        table.forEach(slot -> {
            if (table.get(slot, PACK) != CLAIMED) {
                visitor.visit(
                        table.high(slot),
                        table.low(slot),
                        packs.get(table.get(slot, PACK)),
                        table.get(slot, OFFSET),
                        table.get(slot, LENGTH));
            }
        });
    }

    private void fill(long slot, int ordinal, int offset, int length) {
        table.set(slot, PACK, ordinal);
        table.set(slot, OFFSET, offset);
        table.set(slot, LENGTH, length);
    }

    private int ordinal(PackInfo pack) {
        return ordinals.computeIfAbsent(pack.key(), key -> {
            packs.add(pack);
            return packs.size() - 1;
        });
    }

    @Override
    public synchronized void close() {
        table.close();
    }
}
