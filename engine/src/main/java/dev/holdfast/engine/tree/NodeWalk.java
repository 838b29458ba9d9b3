package dev.holdfast.engine.tree;

import dev.holdfast.engine.error.Damaged;
import org.jspecify.annotations.Nullable;

/** Walks the nodes that a visitor enters; goes around damaged ones if the visitor lets it. For one thread. */
final class NodeWalk {
    private final NodeStore nodes;
    private final NodeVisitor visitor;
    private @Nullable EntryKey passed;

    NodeWalk(NodeStore nodes, NodeVisitor visitor) {
        this.nodes = nodes;
        this.visitor = visitor;
    }

    void walk(ChunkId root) {
        if (visitor.enters(root)) {
            NodeReader opened = tried(root, NodeVisitor.Below.UNKNOWN, () -> NodeReader.openFirst(nodes, root));
            if (opened != null) {
                items(opened, null);
            }
        }
    }

    private void items(NodeReader node, @Nullable InnerReader parent) {
        do {
            switch (node) {
                case LeafReader leaf -> entry(leaf);
                case InnerReader inner -> child(inner);
            }
            passed = node.key();
        } while (Boolean.TRUE.equals(tried(node.node(), NodeVisitor.Below.UNKNOWN, () -> advanced(node, parent))));
    }

    private static boolean advanced(NodeReader node, @Nullable InnerReader parent) {
        boolean more = node.advance();
        if (!more && parent != null) {
            parent.checkChild(node);
        }
        return more;
    }

    private void child(InnerReader parent) {
        ChunkId id = parent.child();
        if (visitor.enters(id)) {
            NodeVisitor.Below below = new NodeVisitor.Below(passed, parent.key(), parent.entries());
            NodeReader opened = tried(id, below, () -> parent.openChild(nodes, passed));
            if (opened != null) {
                items(opened, parent);
            }
        }
    }

    private void entry(LeafReader leaf) {
        Entry entry = tried(leaf.node(), NodeVisitor.Below.UNKNOWN, leaf::entry);
        if (entry == null) {
            return;
        }
        visitor.entry(entry);
        Content content = entry.content();
        for (Extent extent : content.extents()) {
            extent(extent, content.depth(), null);
        }
    }

    private void extent(Extent extent, int depth, @Nullable ListReader parent) {
        if (depth == 0) {
            visitor.extent(extent);
        } else if (visitor.enters(extent.chunk())) {
            list(extent, depth - 1, parent);
        }
    }

    private void list(Extent node, int depth, @Nullable ListReader parent) {
        ListReader list = tried(node.chunk(), NodeVisitor.Below.UNKNOWN, () -> ListReader.open(nodes, node, depth));
        while (list != null
                && Boolean.TRUE.equals(tried(node.chunk(), NodeVisitor.Below.UNKNOWN, () -> advanced(list, parent)))) {
            extent(list.extent(), depth, list);
        }
    }

    private static boolean advanced(ListReader list, @Nullable ListReader parent) {
        boolean more = list.advance();
        if (!more && parent != null) {
            parent.checkBelow(list);
        }
        return more;
    }

    /** What reading gives, or null if it fails and the visitor does not mind. */
    private <T> @Nullable T tried(ChunkId node, NodeVisitor.Below below, Reading<T> reading) {
        try {
            return reading.read();
        } catch (Damaged e) {
            visitor.damaged(node, below, e);
            return null;
        }
    }

    /** A step that may find damage. */
    @FunctionalInterface
    private interface Reading<T> {
        T read();
    }
}
