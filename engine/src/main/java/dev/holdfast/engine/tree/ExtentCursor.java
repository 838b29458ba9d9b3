package dev.holdfast.engine.tree;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The extents that hold the bytes of a content, in order, read as needed in constant memory. For one thread; holds nothing that
 * must be closed.
 */
public final class ExtentCursor {
    private final NodeStore nodes;
    private final Content content;
    private final Iterator<Extent> own;
    private final Deque<ListReader> path = new ArrayDeque<>();
    private long passedBytes;

    public ExtentCursor(NodeStore nodes, Content content) {
        this.nodes = nodes;
        this.content = content;
        this.own = content.extents().iterator();
    }

    /**
     * The next extent, or null after the last one.
     *
     * @throws Damaged if a list node is missing or not what was written, or if the extents are not as long as the content
     */
    public @Nullable Extent next() {
        Extent extent = nextAtAnyDepth();
        while (extent != null && depth() > 0) {
            path.push(ListReader.open(nodes, extent, depth() - 1));
            extent = nextAtAnyDepth();
        }
        count(extent);
        return extent;
    }

    /** Depth of the list that gave the last extent. */
    private int depth() {
        ListReader list = path.peek();
        return list == null ? content.depth() : list.depth();
    }

    private @Nullable Extent nextAtAnyDepth() {
        for (ListReader list = path.peek(); list != null; list = path.peek()) {
            if (list.advance()) {
                return list.extent();
            }
            path.pop();
            ListReader parent = path.peek();
            if (parent != null) {
                parent.checkBelow(list);
            }
        }
        return own.hasNext() ? own.next() : null;
    }

    private void count(@Nullable Extent extent) {
        if (extent != null) {
            passedBytes += extent.length();
        } else if (passedBytes != content.bytes()) {
            throw new Damaged(
                    ErrorCode.DAMAGED,
                    "content of " + content.bytes() + " bytes has extents of " + passedBytes,
                    "run 'holdfast check' to see which snapshots and entries are affected");
        }
    }
}
