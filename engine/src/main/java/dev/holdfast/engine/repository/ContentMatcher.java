package dev.holdfast.engine.repository;

import dev.holdfast.engine.chunk.Chunker;
import dev.holdfast.engine.format.BlobType;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Extent;
import dev.holdfast.engine.tree.ExtentCursor;
import dev.holdfast.engine.tree.NodeStore;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Decides whether a stream holds the bytes of a content by cutting and naming it, without fetching the content. */
final class ContentMatcher {
    private static final int BUFFER_BYTES = 256 << 10;

    private final RepositoryKeys keys;
    private final ExtentCursor expected;
    private boolean equal = true;

    private ContentMatcher(RepositoryKeys keys, ExtentCursor expected) {
        this.keys = keys;
        this.expected = expected;
    }

    static boolean matches(RepositoryKeys keys, Chunker chunker, NodeStore nodes, Content content, InputStream live)
            throws IOException {
        ContentMatcher matcher = new ContentMatcher(keys, new ExtentCursor(nodes, content));
        ChunkCutter cutter = new ChunkCutter(chunker, content.bytes());
        byte[] buffer = new byte[Math.clamp(content.bytes() + 1, 4 << 10, BUFFER_BYTES)];
        long total = 0;
        for (int count = live.read(buffer); count >= 0; count = live.read(buffer)) {
            total += count;
            if (total > content.bytes()) {
                return false;
            }
            cutter.write(buffer, 0, count, matcher::chunk);
        }
        if (total != content.bytes()) {
            return false;
        }
        cutter.end(matcher::chunk);
        return matcher.equal && matcher.expected.next() == null;
    }

    private void chunk(byte[] bytes, int offset, int length) {
        if (equal) {
            @Nullable Extent next = expected.next();
            equal = next != null
                    && next.offset() == 0
                    && next.length() == length
                    && next.chunk().equals(keys.chunkId(BlobType.DATA, bytes, offset, length));
        }
    }
}
