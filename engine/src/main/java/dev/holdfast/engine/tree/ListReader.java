package dev.holdfast.engine.tree;

import org.jspecify.annotations.Nullable;

/** Reads the extents of a list node, or the list nodes below it, one after the other. For one thread. */
final class ListReader {
    private final NodeInput in;
    private final int depth;
    private int left;
    private @Nullable Extent extent;
    private long bytes;
    private long totalBytes;

    private ListReader(NodeInput in) {
        this.in = in;
        this.depth = in.u8();
        if (depth >= NodeFormat.MAX_DEPTH) {
            throw in.damaged("depth: expected at most " + (NodeFormat.MAX_DEPTH - 1) + ", found " + depth);
        }
        this.left = in.count("number of items", NodeFormat.MAX_LIST, NodeFormat.LEAST_EXTENT_BYTES);
    }

    /**
     * @param node where it is, as an extent of the list above
     * @param depth what it must have
     */
    static ListReader open(NodeStore nodes, Extent node, int depth) {
        byte[] bytes = nodes.get(node.chunk());
        ListReader opened = of(node.chunk(), bytes);
        if (bytes.length != node.length()) {
            throw opened.in.damaged("expected " + node.length() + " bytes, found " + bytes.length);
        }
        if (opened.depth != depth) {
            throw opened.in.damaged("depth: expected " + depth + ", found " + opened.depth);
        }
        return opened;
    }

    static ListReader of(ChunkId id, byte[] node) {
        NodeInput in = new NodeInput(id, node);
        int kind = NodeReader.kind(in, node.length);
        if (kind != NodeFormat.LIST) {
            throw in.damaged("expected a list node, found kind " + kind);
        }
        return new ListReader(in);
    }

    /** An extent as the format has it. */
    static Extent extent(NodeInput in) {
        ChunkId chunk = in.id();
        int offset = in.number("offset of an extent", 0, Integer.MAX_VALUE);
        int length = in.number("length of an extent", 1, Integer.MAX_VALUE);
        return new Extent(chunk, offset, length);
    }

    /** 0 if its extents hold the bytes themselves. */
    int depth() {
        return depth;
    }

    /**
     * Goes to the next extent.
     *
     * @return false after the last
     */
    boolean advance() {
        if (left == 0) {
            in.end();
            return false;
        }
        left--;
        if (depth == 0) {
            extent = extent(in);
            bytes = extent.length();
        } else {
            extent = new Extent(in.id(), 0, in.number("length of a node", 1, NodeFormat.MAX_NODE_BYTES));
            bytes = in.varint();
            if (bytes == 0) {
                throw in.damaged("a list node without bytes of content");
            }
        }
        count();
        return true;
    }

    private void count() {
        try {
            totalBytes = Math.addExact(totalBytes, bytes);
        } catch (ArithmeticException e) {
            throw in.damaged("the extents hold more than can be counted");
        }
    }

    /** The current extent: of bytes, or of a list node. */
    Extent extent() {
        if (extent == null) {
            throw new IllegalStateException("no extent was read yet");
        }
        return extent;
    }

    /** Bytes of content of the current extent. */
    long bytes() {
        return bytes;
    }

    /** Makes sure that the current list node, read to its end, held what is said of it here. */
    void checkBelow(ListReader read) {
        read.checkTotal(bytes);
    }

    /** Makes sure that, read to its end, it held so many bytes. */
    void checkTotal(long expected) {
        if (totalBytes != expected) {
            throw in.damaged("expected " + expected + " bytes of content, found " + totalBytes);
        }
    }
}
