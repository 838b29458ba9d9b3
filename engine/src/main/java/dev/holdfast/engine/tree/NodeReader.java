package dev.holdfast.engine.tree;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;

/**
 * Reads the items of a tree node one after the other, as {@link NodeFormat} says, holding one at a time: with keys that share
 * their beginnings a node may be thousands of times larger once spelled out. For one thread.
 */
abstract sealed class NodeReader permits LeafReader, InnerReader {
    private static final byte[] NO_KEY = {};

    final NodeInput in;
    private final int count;
    private int index = -1;
    private byte[] keyBytes = NO_KEY;
    private EntryKey key = EntryKey.ofOwned(NO_KEY);
    private long totalEntries;
    private long totalBytes;

    NodeReader(NodeInput in, int leastItemBytes) {
        this.in = in;
        this.count = in.count("number of items", NodeFormat.MAX_NODE_BYTES, leastItemBytes);
    }

    static NodeReader open(NodeStore nodes, ChunkId id) {
        return of(id, nodes.get(id));
    }

    /** Opens a node at its first item. */
    static NodeReader openFirst(NodeStore nodes, ChunkId id) {
        NodeReader opened = open(nodes, id);
        opened.advance();
        return opened;
    }

    static NodeReader of(ChunkId id, byte[] node) {
        NodeInput in = new NodeInput(id, node);
        int kind = kind(in, node.length);
        return switch (kind) {
            case NodeFormat.LEAF -> new LeafReader(in);
            case NodeFormat.INNER -> InnerReader.of(in);
            default -> throw in.damaged("expected a leaf or an inner node, found kind " + kind);
        };
    }

    /** Reads version and kind. */
    static int kind(NodeInput in, int length) {
        if (length > NodeFormat.MAX_NODE_BYTES) {
            throw in.damaged("expected at most " + NodeFormat.MAX_NODE_BYTES + " bytes, found " + length);
        }
        int version = in.u8();
        if (version > NodeFormat.VERSION) {
            throw tooNew("tree node " + in.node() + " has version " + version + ", this version reads up to "
                    + NodeFormat.VERSION);
        }
        if (version < NodeFormat.VERSION) {
            throw in.damaged("expected version " + NodeFormat.VERSION + ", found " + version);
        }
        return in.u8();
    }

    static Unsupported tooNew(String what) {
        return new Unsupported(
                ErrorCode.REPOSITORY_TOO_NEW,
                what,
                "use the version of holdfast that wrote the snapshot, or a newer one");
    }

    /** 0 for a leaf. */
    abstract int level();

    /** Entries of the current item: 1 in a leaf. */
    abstract long entries();

    /** Bytes of content of the current item. */
    abstract long bytes();

    /** Reads what follows the key of an item, so far that the next can be read. */
    abstract void readItem();

    final ChunkId node() {
        return in.node();
    }

    /**
     * Goes to the next item, or before the first.
     *
     * @return false after the last
     * @throws Damaged if what follows is no item
     */
    final boolean advance() {
        if (index + 1 >= count) {
            in.end();
            return false;
        }
        index++;
        readKey();
        readItem();
        totalEntries = add(totalEntries, entries());
        totalBytes = add(totalBytes, bytes());
        return true;
    }

    /** Key of the current item: an entry's own, or the last one below a child. */
    final EntryKey key() {
        return key;
    }

    /** Entries of the items read so far. */
    final long totalEntries() {
        return totalEntries;
    }

    /** Bytes of the items read so far. */
    final long totalBytes() {
        return totalBytes;
    }

    private void readKey() {
        int before = keyBytes.length;
        int shared = in.number("shared bytes of a key", 0, before);
        int rest = in.number("other bytes of a key", 0, EntryKey.MAX_BYTES - shared);
        byte[] read = new byte[checkedLength(shared, rest)];
        System.arraycopy(keyBytes, 0, read, 0, shared);
        in.copyTo(read, shared, rest);
        if (index > 0 && !follows(read, shared, rest)) {
            throw in.damaged("a key does not follow the one before it");
        }
        keyBytes = read;
        key = EntryKey.ofOwned(read);
    }

    private int checkedLength(int shared, int rest) {
        if (rest > in.remaining()) {
            throw in.damaged("a key of " + rest + " bytes in the " + in.remaining() + " bytes left");
        }
        return shared + rest;
    }

    /** Given that shared bytes are as many as can be, one byte tells the order. */
    private boolean follows(byte[] read, int shared, int rest) {
        if (rest == 0) {
            return false;
        }
        return shared == keyBytes.length || (read[shared] & 0xff) > (keyBytes[shared] & 0xff);
    }

    private long add(long total, long more) {
        try {
            return Math.addExact(total, more);
        } catch (ArithmeticException e) {
            throw in.damaged("the items hold more than can be counted");
        }
    }
}
