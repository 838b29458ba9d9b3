package dev.holdfast.engine.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds the tree of a sequence of entries, node by node from the leaves up; the same sequence always gives the same tree. Holds
 * one unfinished node a level. For one thread; not to be used further after a failure.
 */
public final class TreeWriter {
    /** Longest entry as encoded: key, attributes and extents together. */
    public static final int MAX_ENTRY_BYTES = 512 << 10;

    private final NodeStore nodes;
    private final long boundarySeed;
    private final List<Level> levels = new ArrayList<>();
    private @Nullable EntryKey last;
    private long entries;
    private long bytes;
    private boolean finished;

    /**
     * @param nodes where nodes go as they are complete
     * @param boundarySeed secret of the repository; trees share nodes only if written with the same
     */
    public TreeWriter(NodeStore nodes, long boundarySeed) {
        this.nodes = nodes;
        this.boundarySeed = boundarySeed;
        levels.add(new Level(0));
    }

    /**
     * Adds the next entry.
     *
     * @throws IllegalArgumentException if its key does not come after the one before, if it takes more than
     *     {@link #MAX_ENTRY_BYTES}, or if its content does not add up
     */
    public void add(Entry entry) {
        requireOpen();
        if (last != null && entry.key().compareTo(last) <= 0) {
            throw new IllegalArgumentException("entry '" + entry.key() + "' does not come after '" + last + "'");
        }
        levels.getFirst().add(entry.key(), 1, entry.content().bytes(), (out, previous) -> {
            int before = out.size();
            NodeFormat.entry(out, previous, entry);
            requireSize(entry.key(), out.size() - before);
        });
        last = entry.key();
        entries++;
        bytes = Math.addExact(bytes, entry.content().bytes());
    }

    /** Stores what is left; gives nothing if no entry was added. */
    public Optional<TreeRoot> finish() {
        requireOpen();
        finished = true;
        return entries == 0 ? Optional.empty() : Optional.of(new TreeRoot(finishLevels(), entries, bytes));
    }

    private ChunkId finishLevels() {
        for (int i = 0; i < levels.size() - 1; i++) {
            levels.get(i).endIfBegun();
        }
        return levels.getLast().storeRoot();
    }

    private void requireOpen() {
        if (finished) {
            throw new IllegalStateException("the tree is finished");
        }
    }

    private static void requireSize(EntryKey key, int length) {
        if (length > MAX_ENTRY_BYTES) {
            throw new IllegalArgumentException("entry '" + key + "' takes " + length
                    + " bytes with its attributes: at most " + MAX_ENTRY_BYTES + " can be kept");
        }
    }

    /** Writes an item behind the one before it in the same node. */
    @FunctionalInterface
    private interface Item {
        void writeTo(NodeBuffer out, @Nullable EntryKey previous);
    }

    /** The unfinished node of one level. */
    private final class Level {
        private final int level;
        private NodeBuffer items = new NodeBuffer();
        private int count;
        private long nodeEntries;
        private long nodeBytes;
        private @Nullable EntryKey lastKey;
        private @Nullable ChunkId lastChild;

        Level(int level) {
            this.level = level;
        }

        void addChild(EntryKey key, ChunkId id, long childEntries, long childBytes) {
            add(
                    key,
                    childEntries,
                    childBytes,
                    (out, previous) -> NodeFormat.child(out, previous, key, id, childEntries, childBytes));
            lastChild = id;
        }

        void add(EntryKey key, long itemEntries, long itemBytes, Item item) {
            int before = items.size();
            item.writeTo(items, lastKey);
            if (count > 0 && NodeBoundary.endsBefore(items.size())) {
                items.truncate(before);
                end();
                before = 0;
                item.writeTo(items, null);
            }
            count++;
            nodeEntries += itemEntries;
            nodeBytes += itemBytes;
            lastKey = key;
            if (NodeBoundary.endsAfter(boundarySeed, level, key, items.size() - before, items.size())) {
                end();
            }
        }

        void endIfBegun() {
            if (count > 0) {
                end();
            }
        }

        /** Stores the node and tells the level above. */
        private void end() {
            EntryKey key = Objects.requireNonNull(lastKey);
            ChunkId id = store();
            if (levels.size() == level + 1) {
                levels.add(new Level(level + 1));
            }
            levels.get(level + 1).addChild(key, id, nodeEntries, nodeBytes);
            items = new NodeBuffer();
            count = 0;
            nodeEntries = 0;
            nodeBytes = 0;
            lastKey = null;
        }

        /** The topmost level ends the tree: a node with one child is not worth being. */
        ChunkId storeRoot() {
            return count == 1 && lastChild != null ? lastChild : store();
        }

        private ChunkId store() {
            return nodes.put(level == 0 ? NodeFormat.leaf(count, items) : NodeFormat.inner(level, count, items));
        }
    }
}
