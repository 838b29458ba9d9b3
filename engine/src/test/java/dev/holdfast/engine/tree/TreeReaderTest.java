package dev.holdfast.engine.tree;

import static dev.holdfast.engine.tree.TreeFixture.all;
import static dev.holdfast.engine.tree.TreeFixture.levelOf;
import static dev.holdfast.engine.tree.TreeFixture.nodesOf;
import static dev.holdfast.engine.tree.TreeFixture.reader;
import static dev.holdfast.engine.tree.TreeFixture.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.Damaged;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TreeReaderTest {
    private final MemoryNodes nodes = new MemoryNodes();

    @Test
    void a_tree_without_entries_can_be_read() {
        TreeReader reader = new TreeReader(nodes, Optional.empty());

        assertThat(reader.entries().next()).isNull();
        assertThat(reader.entriesFrom(EntryKey.of("a")).next()).isNull();
        assertThat(reader.find(EntryKey.of(""))).isEmpty();
        assertThat(nodesOf(reader)).isEmpty();
    }

    @Test
    void finding_and_starting_anywhere_agree_with_a_sorted_map() {
        RandomEntries random = RandomEntries.create();
        NavigableMap<EntryKey, Entry> model = new TreeMap<>();
        for (int i = 0; i < 4000; i++) {
            EntryKey key = random.key();
            model.put(key, random.entry(key));
        }
        TreeReader reader = reader(nodes, write(nodes, model.values()));

        for (int i = 0; i < 500; i++) {
            EntryKey key = random.key();
            assertThat(reader.find(key)).isEqualTo(Optional.ofNullable(model.get(key)));
            EntryCursor cursor = reader.entriesFrom(key);
            model.tailMap(key, true).values().stream()
                    .limit(20)
                    .forEach(entry -> assertThat(cursor.next()).isEqualTo(entry));
        }
        for (EntryKey key : model.keySet()) {
            assertThat(reader.find(key)).contains(model.get(key));
        }
        assertThat(all(reader.entriesFrom(model.lastKey()))).containsExactly(model.get(model.lastKey()));
        assertThat(all(reader.entries())).containsExactlyElementsOf(model.values());
    }

    @Test
    void finding_reads_one_node_a_level() {
        TreeRoot root = write(nodes, TreeWriterTest.files(20_000)).orElseThrow();
        TreeReader reader = new TreeReader(nodes, root.id());
        long before = nodes.reads();

        assertThat(reader.find(EntryKey.of("srv/shop/uploads/013/picture-00013579.jpg")))
                .isPresent();
        assertThat(nodes.reads() - before).isEqualTo(levelOf(nodes, root.id()) + 1);
    }

    @Test
    void all_nodes_and_all_that_they_hold_are_visited_once() {
        RandomEntries random = RandomEntries.create();
        List<Extent> expected = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : TreeWriterTest.files(5000)) {
            boolean big = random.random().nextInt(1000) == 0;
            List<Extent> extents = random.extents(big ? 5000 : 1);
            expected.addAll(extents);
            ContentBuilder builder = new ContentBuilder(nodes);
            extents.forEach(builder::add);
            entries.add(new Entry(entry.key(), entry.type(), entry.attributes(), builder.finish()));
        }
        TreeReader reader = reader(nodes, write(nodes, entries));
        Visited visited = new Visited();

        reader.nodes(visited);

        assertThat(visited.seen).isEqualTo(nodes.ids());
        assertThat(visited.entries).isEqualTo(entries);
        assertThat(visited.extents).isEqualTo(expected);

        reader.nodes(visited);
        assertThat(visited.entries).as("nothing is read twice").isEqualTo(entries);
    }

    @Test
    void a_missing_or_spoilt_node_is_damage() {
        TreeRoot root = write(nodes, TreeWriterTest.files(5000)).orElseThrow();
        TreeReader reader = new TreeReader(nodes, root.id());
        ChunkId leaf = someLeaf(root);
        byte[] whole = nodes.get(leaf);

        nodes.lose(leaf);
        assertThatThrownBy(() -> all(reader.entries())).isInstanceOf(Damaged.class);
        assertThatThrownBy(() -> nodesOf(reader)).isInstanceOf(Damaged.class);

        nodes.spoil(leaf, Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(() -> all(reader.entries())).isInstanceOf(Damaged.class);
        assertThatThrownBy(() -> nodesOf(reader)).isInstanceOf(Damaged.class);
    }

    @Test
    void a_node_that_holds_something_else_than_its_parent_says_is_damage() {
        TreeRoot root = write(nodes, TreeWriterTest.files(5000)).orElseThrow();
        TreeReader reader = new TreeReader(nodes, root.id());
        ChunkId leaf = someLeaf(root);
        TreeRoot other = write(nodes, TreeWriterTest.files(10)).orElseThrow();

        for (ChunkId wrong : List.of(other.id(), root.id())) {
            nodes.spoil(leaf, nodes.get(wrong));
            assertThatThrownBy(() -> all(reader.entries())).isInstanceOf(Damaged.class);
            assertThatThrownBy(() -> nodesOf(reader)).isInstanceOf(Damaged.class);
        }
    }

    @Test
    void a_leaf_without_one_of_its_entries_is_damage() {
        TreeRoot root = write(nodes, TreeWriterTest.files(5000)).orElseThrow();
        TreeReader reader = new TreeReader(nodes, root.id());
        ChunkId leaf = someLeaf(root);
        List<Entry> entries = entriesOf(leaf);
        entries.remove(1);
        nodes.spoil(leaf, nodes.get(write(nodes, entries).orElseThrow().id()));

        assertThatThrownBy(() -> all(reader.entries()))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("expected " + (entries.size() + 1) + " entries");
        assertThatThrownBy(() -> nodesOf(reader)).isInstanceOf(Damaged.class);
    }

    @Test
    void the_walk_over_nodes_can_go_around_damage() {
        List<Entry> entries = TreeWriterTest.files(5000);
        TreeRoot root = write(nodes, entries).orElseThrow();
        ChunkId leaf = someLeaf(root);
        List<Entry> lost = entriesOf(leaf);
        nodes.lose(leaf);
        Visited visited = new Visited();

        new TreeReader(nodes, root.id()).nodes(visited);

        assertThat(visited.damaged).containsExactly(leaf);
        List<Entry> left = new ArrayList<>(entries);
        left.removeAll(lost);
        assertThat(visited.entries).isEqualTo(left);
    }

    private List<Entry> entriesOf(ChunkId leaf) {
        LeafReader reader = (LeafReader) NodeReader.open(nodes, leaf);
        List<Entry> entries = new ArrayList<>();
        while (reader.advance()) {
            entries.add(reader.entry());
        }
        return entries;
    }

    /** A leaf in the middle. */
    private ChunkId someLeaf(TreeRoot root) {
        InnerReader inner = (InnerReader) NodeReader.openFirst(nodes, root.id());
        inner.advance();
        assertThat(inner.level()).isEqualTo(1);
        return inner.child();
    }

    private static final class Visited implements NodeVisitor {
        final Set<ChunkId> seen = new HashSet<>();
        final List<Entry> entries = new ArrayList<>();
        final List<Extent> extents = new ArrayList<>();
        final List<ChunkId> damaged = new ArrayList<>();

        @Override
        public boolean enters(ChunkId node) {
            return seen.add(node);
        }

        @Override
        public void entry(Entry entry) {
            entries.add(entry);
        }

        @Override
        public void extent(Extent extent) {
            extents.add(extent);
        }

        @Override
        public void damaged(ChunkId node, Below below, Damaged problem) {
            damaged.add(node);
        }
    }
}
