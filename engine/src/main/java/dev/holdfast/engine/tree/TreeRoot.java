package dev.holdfast.engine.tree;

import java.util.Objects;

/**
 * A finished tree.
 *
 * @param id its root node
 * @param entries how many entries it has, at least 1
 * @param bytes sum of their contents' lengths
 */
public record TreeRoot(ChunkId id, long entries, long bytes) {
    public TreeRoot {
        Objects.requireNonNull(id);
        if (entries < 1 || bytes < 0) {
            throw new IllegalArgumentException("tree of " + entries + " entries and " + bytes + " bytes");
        }
    }
}
