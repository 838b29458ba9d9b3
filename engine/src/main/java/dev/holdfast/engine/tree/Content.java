package dev.holdfast.engine.tree;

import java.util.List;

/**
 * Where an entry's bytes are: a list of extents, or, for long content, a list of extents whose bytes are themselves lists of
 * extents, {@code depth} times over. Two contents written with the same chunker and key are equal exactly if their bytes
 * are.
 *
 * @param bytes total length
 * @param depth 0 if the extents hold the bytes themselves
 * @param extents at most {@value #MAX_EXTENTS}; empty exactly if {@code bytes} is 0
 */
public record Content(long bytes, int depth, List<Extent> extents) {
    /** Longest list of extents in an entry. */
    public static final int MAX_EXTENTS = 64;

    /** No bytes at all. */
    public static final Content EMPTY = new Content(0, 0, List.of());

    public Content {
        extents = List.copyOf(extents);
        if (bytes < 0 || depth < 0 || extents.size() > MAX_EXTENTS || (bytes == 0) != extents.isEmpty()) {
            throw new IllegalArgumentException(
                    "content of " + bytes + " bytes, depth " + depth + ", in " + extents.size() + " extents");
        }
    }
}
