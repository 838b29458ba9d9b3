package dev.holdfast.engine.tree;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the tests of trees do over and over. */
final class TreeFixture {
    static final long SEED = 0x5eed_5eed_5eedL;

    private TreeFixture() {}

    static Optional<TreeRoot> write(NodeStore nodes, Collection<Entry> entries) {
        TreeWriter writer = new TreeWriter(nodes, SEED);
        entries.forEach(writer::add);
        return writer.finish();
    }

    static TreeReader reader(NodeStore nodes, Optional<TreeRoot> root) {
        return new TreeReader(nodes, root.map(TreeRoot::id));
    }

    static List<Entry> all(EntryCursor cursor) {
        List<Entry> entries = new ArrayList<>();
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            entries.add(entry);
        }
        return entries;
    }

    static Set<ChunkId> nodesOf(TreeReader reader) {
        Set<ChunkId> seen = new HashSet<>();
        reader.nodes(seen::add);
        return seen;
    }

    static int levelOf(NodeStore nodes, ChunkId root) {
        return NodeReader.open(nodes, root).level();
    }
}
