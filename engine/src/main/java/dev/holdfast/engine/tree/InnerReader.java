package dev.holdfast.engine.tree;

import org.jspecify.annotations.Nullable;

/** Reads the children of an inner node. */
final class InnerReader extends NodeReader {
    private final int level;
    private @Nullable ChunkId child;
    private long entries;
    private long bytes;

    private InnerReader(NodeInput in, int level) {
        super(in, NodeFormat.LEAST_CHILD_BYTES);
        this.level = level;
    }

    static InnerReader of(NodeInput in) {
        int level = in.u8();
        if (level < 1 || level > NodeFormat.MAX_LEVEL) {
            throw in.damaged("level: expected 1 to " + NodeFormat.MAX_LEVEL + ", found " + level);
        }
        return new InnerReader(in, level);
    }

    @Override
    int level() {
        return level;
    }

    @Override
    long entries() {
        return entries;
    }

    @Override
    long bytes() {
        return bytes;
    }

    @Override
    void readItem() {
        child = in.id();
        entries = in.varint();
        if (entries == 0) {
            throw in.damaged("a child without entries");
        }
        bytes = in.varint();
    }

    /** Id of the current child. */
    ChunkId child() {
        if (child == null) {
            throw new IllegalStateException("no child was read yet");
        }
        return child;
    }

    /**
     * Opens the current child and goes to its first item.
     *
     * @param before a key that all keys of the child must follow, if there is one
     */
    NodeReader openChild(NodeStore nodes, @Nullable EntryKey before) {
        NodeReader opened = NodeReader.openFirst(nodes, child());
        if (opened.level() != level - 1) {
            throw opened.in.damaged("expected level " + (level - 1) + ", found " + opened.level());
        }
        if (before != null && opened.key().compareTo(before) <= 0) {
            throw opened.in.damaged("first key '" + opened.key() + "' does not follow '" + before + "'");
        }
        return opened;
    }

    /** Makes sure that the current child, read to its end, held what is said of it here. */
    void checkChild(NodeReader read) {
        if (read.totalEntries() != entries
                || read.totalBytes() != bytes
                || !read.key().equals(key())) {
            throw read.in.damaged("expected " + entries + " entries of " + bytes + " bytes up to '" + key()
                    + "', found " + read.totalEntries() + " of " + read.totalBytes() + " up to '" + read.key() + "'");
        }
    }
}
