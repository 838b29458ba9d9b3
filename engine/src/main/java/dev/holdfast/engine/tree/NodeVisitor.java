package dev.holdfast.engine.tree;

import dev.holdfast.engine.error.Damaged;
import org.jspecify.annotations.Nullable;

/** What {@link TreeReader#nodes} tells about the nodes of a tree and what they hold. */
public interface NodeVisitor {
    /**
     * A leaf, inner or list node is about to be read. Asked each time it is referred to.
     *
     * @return false if it need not be read, because it was seen before
     */
    boolean enters(ChunkId node);

    /** An entry of a leaf; its extents follow, as far as the nodes that list them are entered. */
    default void entry(Entry entry) {}

    /** A run of content. */
    default void extent(Extent extent) {}

    /**
     * A node is missing or not what was written; what could be read of it was told before. The walk goes on with the next
     * unless this throws, as it does by default.
     *
     * @param below what the node above it tells about it
     */
    default void damaged(ChunkId node, Below below, Damaged problem) {
        throw problem;
    }

    /**
     * What lies below a node of entries, as far as the node above it tells.
     *
     * @param after every key below comes after this one; null if it is the first
     * @param last the last key below; null if there is no node above, or for a list of extents
     * @param entries how many entries lie below; 0 if nobody knows
     */
    record Below(@Nullable EntryKey after, @Nullable EntryKey last, long entries) {
        static final Below UNKNOWN = new Below(null, null, 0);
    }
}
