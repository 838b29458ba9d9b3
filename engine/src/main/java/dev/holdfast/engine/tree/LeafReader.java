package dev.holdfast.engine.tree;

import java.util.ArrayList;
import java.util.List;

/** Reads the entries of a leaf; what is passed over is not spelled out. */
final class LeafReader extends NodeReader {
    private int itemPosition;
    private long bytes;

    LeafReader(NodeInput in) {
        super(in, NodeFormat.LEAST_ENTRY_BYTES);
    }

    @Override
    int level() {
        return 0;
    }

    @Override
    long entries() {
        return 1;
    }

    @Override
    long bytes() {
        return bytes;
    }

    @Override
    void readItem() {
        itemPosition = in.position();
        in.skip(1);
        skipAttributes();
        bytes = in.varint();
        if (bytes > 0) {
            skipExtents();
        }
    }

    private void skipAttributes() {
        for (long left = in.varint(); left > 0; left--) {
            in.skip(in.u8());
            in.skip(in.number("length of an attribute", 0, NodeFormat.MAX_NODE_BYTES));
        }
    }

    private void skipExtents() {
        in.skip(1);
        for (int left = extentCount(); left > 0; left--) {
            in.skip(ChunkId.BYTES);
            in.varint();
            in.varint();
        }
    }

    /** The current entry. */
    Entry entry() {
        int next = in.position();
        in.position(itemPosition);
        try {
            return new Entry(key(), type(), attributes(), content());
        } finally {
            in.position(next);
        }
    }

    private EntryType type() {
        int code = in.u8();
        try {
            return EntryType.of(code);
        } catch (IllegalArgumentException e) {
            throw tooNew("entry '" + key() + "' has type " + code + ", which this version does not know");
        }
    }

    private Attributes attributes() {
        long count = in.varint();
        if (count == 0) {
            return Attributes.NONE;
        }
        Attributes.Builder builder = Attributes.builder();
        String previous = "";
        for (long left = count; left > 0; left--) {
            String name = in.text(in.u8());
            if (name.compareTo(previous) <= 0) {
                throw in.damaged("an attribute's name does not follow the one before it");
            }
            builder.put(name, in.raw(in.number("length of an attribute", 0, NodeFormat.MAX_NODE_BYTES)));
            previous = name;
        }
        return builder.build();
    }

    private Content content() {
        long length = in.varint();
        if (length == 0) {
            return Content.EMPTY;
        }
        int depth = in.u8();
        int count = extentCount();
        List<Extent> extents = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            extents.add(ListReader.extent(in));
        }
        Content content = new Content(length, depth, extents);
        String problem = NodeFormat.problemOf(content);
        if (problem != null) {
            throw in.damaged(problem);
        }
        return content;
    }

    private int extentCount() {
        return in.count("number of extents", Content.MAX_EXTENTS, NodeFormat.LEAST_EXTENT_BYTES);
    }
}
