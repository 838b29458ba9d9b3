package dev.holdfast.engine.tree;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How nodes are written, version 1. All offsets in bytes from where the enclosing item begins.
 *
 * <pre>
 *   u8      one byte, unsigned
 *   varint  0 to 2⁶³-1, seven bits a byte, lowest first, the top bit set in all bytes but the last; shortest form only
 *   id      32 bytes
 *
 *   node   = 0  u8  version, 1
 *            1  u8  kind: 1 leaf, 2 inner, 3 list
 *            2      leaf | inner | list; nothing after it; the whole at most 1 MiB (1048576)
 *
 *   leaf   = varint count, at least 1
 *            count × entry, keys strictly ascending as unsigned bytes
 *   entry  = key
 *            u8     type, see EntryType
 *            varint number of attributes
 *            attributes, names strictly ascending as sequences of UTF-16 code units
 *            content
 *   key    = varint shared: leading bytes taken from the key before it in the same node, as many as the two have in
 *                   common; 0 for the first
 *            varint rest; shared + rest at most 4096
 *            rest bytes
 *   attribute = 0  u8      length n of the name, 1 to 255
 *               1          n bytes of UTF-8
 *               1+n varint length v of the value
 *                          v bytes
 *   content = varint bytes, the length of the content; if 0, nothing follows
 *             u8     depth, 0 to 16
 *             varint number of extents, 1 to 64
 *             extents
 *   extent  = 0  id      chunk; at depth &gt; 0 a list node of depth-1
 *             32 varint  offset, 0 to 2³¹-1; at depth &gt; 0 always 0
 *                varint  length, 1 to 2³¹-1; at depth 0 of bytes, their sum is the content's length;
 *                        at depth &gt; 0 of the encoded list node
 *
 *   inner  = u8     level, 1 to 32; its children have level-1, a leaf has level 0
 *            varint count, at least 1
 *            count × child, keys strictly ascending
 *   child  = key    the last key below the child
 *            id     of the child
 *            varint entries below, at least 1
 *            varint bytes, sum of the contents' lengths below
 *
 *   list   = u8     depth, 0 to 15
 *            varint count, 1 to 2048
 *            count × (depth = 0 : extent | depth &gt; 0 : below)
 *   below  = 0  id      of a list node of depth-1
 *            32 varint  its encoded length, 1 to 1048576
 *               varint  bytes of content below it, at least 1
 * </pre>
 */
final class NodeFormat {
    static final int VERSION = 1;

    static final int LEAF = 1;
    static final int INNER = 2;
    static final int LIST = 3;

    static final int MAX_NODE_BYTES = 1 << 20;
    static final int MAX_LEVEL = 32;
    static final int MAX_DEPTH = 16;
    static final int MAX_LIST = 2048;

    /** key, type, attributes, content */
    static final int LEAST_ENTRY_BYTES = 5;

    static final int LEAST_CHILD_BYTES = 2 + ChunkId.BYTES + 2;
    static final int LEAST_EXTENT_BYTES = ChunkId.BYTES + 2;

    private NodeFormat() {}

    static byte[] leaf(int count, NodeBuffer entries) {
        return new NodeBuffer().u8(VERSION).u8(LEAF).varint(count).all(entries).toBytes();
    }

    static byte[] inner(int level, int count, NodeBuffer children) {
        return new NodeBuffer()
                .u8(VERSION)
                .u8(INNER)
                .u8(level)
                .varint(count)
                .all(children)
                .toBytes();
    }

    static byte[] list(int depth, int count, NodeBuffer items) {
        return new NodeBuffer()
                .u8(VERSION)
                .u8(LIST)
                .u8(depth)
                .varint(count)
                .all(items)
                .toBytes();
    }

    /**
     * @param previous the entry's key before it in the same node
     */
    static void entry(NodeBuffer out, @Nullable EntryKey previous, Entry entry) {
        key(out, previous, entry.key());
        out.u8(entry.type().code());
        attributes(out, entry.attributes());
        content(out, entry.content());
    }

    static void child(
            NodeBuffer out, @Nullable EntryKey previous, EntryKey lastKey, ChunkId id, long entries, long bytes) {
        key(out, previous, lastKey);
        out.id(id).varint(entries).varint(bytes);
    }

    static void extent(NodeBuffer out, Extent extent) {
        out.id(extent.chunk()).varint(extent.offset()).varint(extent.length());
    }

    static void below(NodeBuffer out, Extent node, long bytes) {
        out.id(node.chunk()).varint(node.length()).varint(bytes);
    }

    private static void key(NodeBuffer out, @Nullable EntryKey previous, EntryKey key) {
        int shared = previous == null ? 0 : previous.commonPrefix(key);
        out.varint(shared).varint(key.length() - shared).key(key, shared);
    }

    private static void attributes(NodeBuffer out, Attributes attributes) {
        out.varint(attributes.size());
        attributes.forEach((name, value) -> {
            byte[] encoded = name.getBytes(StandardCharsets.UTF_8);
            if (!new String(encoded, StandardCharsets.UTF_8).equals(name)) {
                throw new IllegalArgumentException("attribute name '" + name + "' is not valid Unicode");
            }
            out.u8(encoded.length).raw(encoded).varint(value.length).raw(value);
        });
    }

    private static void content(NodeBuffer out, Content content) {
        validate(content);
        out.varint(content.bytes());
        if (content.bytes() > 0) {
            out.u8(content.depth()).varint(content.extents().size());
            content.extents().forEach(extent -> extent(out, extent));
        }
    }

    private static void validate(Content content) {
        String problem = problemOf(content);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
    }

    /** What makes a content impossible, or null. */
    static @Nullable String problemOf(Content content) {
        if (content.depth() > MAX_DEPTH) {
            return "content of depth " + content.depth() + ": expected at most " + MAX_DEPTH;
        }
        if (content.depth() > 0) {
            return content.extents().stream().allMatch(NodeFormat::isWholeNode)
                    ? null
                    : "content of depth " + content.depth() + " in something other than whole nodes";
        }
        long sum = content.extents().stream().mapToLong(Extent::length).sum();
        return sum == content.bytes() ? null : "content of " + content.bytes() + " bytes in extents of " + sum;
    }

    private static boolean isWholeNode(Extent extent) {
        return extent.offset() == 0 && extent.length() <= MAX_NODE_BYTES;
    }
}
