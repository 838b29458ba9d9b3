package dev.holdfast.engine.tree;

import dev.holdfast.engine.error.Damaged;
import java.util.Optional;

/**
 * Reads a tree in constant memory: the nodes from the root to one leaf. Every node that is read to its end is checked against
 * what its parent says of it. Safe for many threads; the cursors it gives out are each for one.
 */
public final class TreeReader {
    private final NodeStore nodes;
    private final Optional<ChunkId> root;

    public TreeReader(NodeStore nodes, ChunkId root) {
        this(nodes, Optional.of(root));
    }

    /**
     * @param root empty for the tree without entries
     */
    public TreeReader(NodeStore nodes, Optional<ChunkId> root) {
        this.nodes = nodes;
        this.root = root;
    }

    /** Root node; empty for the tree without entries. */
    public Optional<ChunkId> root() {
        return root;
    }

    /**
     * All entries.
     *
     * @throws Damaged here or from the cursor if a node is missing or not what was written
     */
    public EntryCursor entries() {
        return walk()::next;
    }

    /**
     * The entries whose key is {@code from} or comes after it.
     *
     * @throws Damaged here or from the cursor if a node is missing or not what was written
     */
    public EntryCursor entriesFrom(EntryKey from) {
        TreeWalk walk = walk();
        walk.skipTo(from);
        return walk::next;
    }

    /**
     * The entry with a key.
     *
     * @throws Damaged if a node is missing or not what was written
     */
    public Optional<Entry> find(EntryKey key) {
        TreeWalk walk = walk();
        walk.skipTo(key);
        LeafReader leaf = walk.leaf();
        return leaf != null && leaf.key().equals(key) ? Optional.of(leaf.entry()) : Optional.empty();
    }

    /** Tells of all nodes that the visitor enters, and of what they hold, in the order of the entries. */
    public void nodes(NodeVisitor visitor) {
        root.ifPresent(id -> new NodeWalk(nodes, visitor).walk(id));
    }

    private TreeWalk walk() {
        return walk(root);
    }

    TreeWalk walk(Optional<ChunkId> from) {
        return new TreeWalk(nodes, from);
    }
}
