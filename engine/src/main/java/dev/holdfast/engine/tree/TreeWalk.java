package dev.holdfast.engine.tree;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A place in a tree: at an entry, at a subtree that may be entered or skipped whole, or at the end. Holds the nodes from the root
 * down to that place and checks on the way that each holds what its parent says. For one thread.
 */
final class TreeWalk {
    private final NodeStore nodes;
    private final Deque<NodeReader> path = new ArrayDeque<>();
    private @Nullable EntryKey passed;

    /** At the first item of the root, or at the end if there is none. */
    TreeWalk(NodeStore nodes, Optional<ChunkId> root) {
        this.nodes = nodes;
        root.ifPresent(id -> path.push(NodeReader.openFirst(nodes, id)));
    }

    /** The subtree it is at, or null if it is at an entry or the end. */
    @Nullable
    InnerReader subtree() {
        return path.peek() instanceof InnerReader inner ? inner : null;
    }

    /** The leaf whose entry it is at, or null if it is at a subtree or the end. */
    @Nullable
    LeafReader leaf() {
        return path.peek() instanceof LeafReader leaf ? leaf : null;
    }

    /** Into the subtree it is at, to its first item. */
    void enter() {
        path.push(((InnerReader) path.element()).openChild(nodes, passed));
    }

    /** Past the entry or the whole subtree it is at. */
    void skip() {
        passed = path.element().key();
        while (!path.element().advance()) {
            NodeReader read = path.pop();
            if (path.isEmpty()) {
                return;
            }
            InnerReader parent = (InnerReader) path.element();
            parent.checkChild(read);
        }
    }

    /** Past everything before a key, reading one path of nodes. */
    void skipTo(EntryKey from) {
        while (!path.isEmpty()) {
            if (path.element().key().compareTo(from) < 0) {
                skip();
            } else if (subtree() != null) {
                enter();
            } else {
                return;
            }
        }
    }

    /** The entry it is at, which is then passed. */
    Entry take() {
        Entry entry = ((LeafReader) path.element()).entry();
        skip();
        return entry;
    }

    /** The entry it is at or comes to next, which is then passed; null at the end. */
    @Nullable
    Entry next() {
        while (subtree() != null) {
            enter();
        }
        return path.isEmpty() ? null : take();
    }
}
