package dev.holdfast.engine.tree;

import java.util.ArrayList;
import java.util.List;

/**
 * Builds the content of a stream of extents: in the entry itself as long as they are few, else in list nodes. Holds one unfinished list
 * a depth. The same extents always give equal contents. For one thread; not to be used further after a failure.
 *
 * <p>The rule. Extents are collected at depth 0. A list ends after an extent if it then has 2048 of them, or if it has at
 * least 128 and ⌊low · 384 / 2⁶⁴⌋ = 0, where low is bytes 8 to 15 of the extent's chunk id, big endian, unsigned: 512 on
 * average. It is stored as a list node of its depth, and an extent over that whole node is added to the list one deeper. At
 * the end, beginning with depth 0, a list of at most 64 extents of whose depth none was stored is the content; any other is
 * stored as above.
 */
public final class ContentBuilder {
    private static final int LEAST_LIST = 128;
    private static final long SPREAD = 384;

    private final NodeStore nodes;
    private final List<Level> levels = new ArrayList<>();
    private long bytes;

    /**
     * @param nodes where list nodes go as they are complete
     */
    public ContentBuilder(NodeStore nodes) {
        this.nodes = nodes;
        levels.add(new Level(0));
    }

    /** Adds the bytes that follow. */
    public void add(Extent extent) {
        bytes = Math.addExact(bytes, extent.length());
        levels.getFirst().add(extent, extent.length());
    }

    /** The content of all extents, once they are added. */
    public Content finish() {
        int depth = 0;
        while (!levels.get(depth).fitsEntry()) {
            levels.get(depth).endIfBegun();
            depth++;
        }
        return new Content(bytes, depth, levels.get(depth).extents);
    }

    /** The unfinished list of one depth. */
    private final class Level {
        private final int depth;
        private final List<Extent> extents = new ArrayList<>();
        private NodeBuffer encoded = new NodeBuffer();
        private long listBytes;

        Level(int depth) {
            this.depth = depth;
        }

        void add(Extent extent, long extentBytes) {
            if (depth == 0) {
                NodeFormat.extent(encoded, extent);
            } else {
                NodeFormat.below(encoded, extent, extentBytes);
            }
            extents.add(extent);
            listBytes += extentBytes;
            if (endsAfter(extent.chunk(), extents.size())) {
                end();
            }
        }

        boolean fitsEntry() {
            return extents.size() <= Content.MAX_EXTENTS && levels.size() == depth + 1;
        }

        void endIfBegun() {
            if (!extents.isEmpty()) {
                end();
            }
        }

        private void end() {
            byte[] node = NodeFormat.list(depth, extents.size(), encoded);
            Extent whole = new Extent(nodes.put(node), 0, node.length);
            if (levels.size() == depth + 1) {
                levels.add(new Level(depth + 1));
            }
            levels.get(depth + 1).add(whole, listBytes);
            extents.clear();
            encoded = new NodeBuffer();
            listBytes = 0;
        }
    }

    private static boolean endsAfter(ChunkId chunk, int count) {
        return count == NodeFormat.MAX_LIST
                || (count >= LEAST_LIST && Math.unsignedMultiplyHigh(chunk.low(), SPREAD) == 0);
    }
}
