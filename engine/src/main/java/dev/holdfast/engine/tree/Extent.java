package dev.holdfast.engine.tree;

/**
 * A run of bytes inside a chunk.
 *
 * @param chunk which chunk
 * @param offset first byte within the chunk's plain bytes, from 0
 * @param length how many bytes, at least 1
 */
public record Extent(ChunkId chunk, int offset, int length) {
    public Extent {
        if (offset < 0 || length < 1) {
            throw new IllegalArgumentException("extent of " + length + " bytes at " + offset);
        }
    }
}
