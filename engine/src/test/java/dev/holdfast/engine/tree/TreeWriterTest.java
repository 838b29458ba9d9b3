package dev.holdfast.engine.tree;

import static dev.holdfast.engine.tree.TreeFixture.SEED;
import static dev.holdfast.engine.tree.TreeFixture.all;
import static dev.holdfast.engine.tree.TreeFixture.levelOf;
import static dev.holdfast.engine.tree.TreeFixture.nodesOf;
import static dev.holdfast.engine.tree.TreeFixture.reader;
import static dev.holdfast.engine.tree.TreeFixture.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TreeWriterTest {
    private final MemoryNodes nodes = new MemoryNodes();

    @Test
    void a_tree_without_entries_has_no_root() {
        assertThat(new TreeWriter(nodes, SEED).finish()).isEmpty();
        assertThat(nodes.ids()).isEmpty();
    }

    @Test
    void a_tree_of_one_leaf_has_the_leaf_as_root() {
        Entry entry = RandomEntries.create().entry(EntryKey.of(""));

        TreeRoot root = write(nodes, List.of(entry)).orElseThrow();

        assertThat(root).isEqualTo(new TreeRoot(root.id(), 1, entry.content().bytes()));
        assertThat(levelOf(nodes, root.id())).isZero();
        assertThat(nodes.ids()).containsExactly(root.id());
    }

    @Test
    void keys_are_told_apart_byte_by_byte() {
        RandomEntries random = RandomEntries.create();
        NavigableMap<EntryKey, Entry> model = new TreeMap<>();
        List<byte[]> keys = new ArrayList<>();
        for (String text : List.of("", "\0", "a", "a\0", "a.b", "a/", "a//", "a/b", "b", "\u00e9", "e\u0301")) {
            keys.add(EntryKey.of(text).toBytes());
        }
        for (int length : List.of(1, 2, 4095, 4096)) {
            byte[] high = new byte[length];
            Arrays.fill(high, (byte) 0xff);
            keys.add(high);
            keys.add(new byte[length]);
        }
        keys.forEach(key -> model.put(EntryKey.copyOf(key), random.entry(EntryKey.copyOf(key))));

        TreeReader reader = reader(nodes, write(nodes, model.values()));

        assertThat(all(reader.entries())).containsExactlyElementsOf(model.values());
        keys.forEach(key -> assertThat(reader.find(EntryKey.copyOf(key))).contains(model.get(EntryKey.copyOf(key))));
    }

    @Test
    void entries_must_ascend() {
        RandomEntries random = RandomEntries.create();
        TreeWriter writer = new TreeWriter(nodes, SEED);
        writer.add(random.entry(EntryKey.of("b")));

        assertThatThrownBy(() -> writer.add(random.entry(EntryKey.of("b"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("entry 'b' does not come after 'b'");
        assertThatThrownBy(() -> writer.add(random.entry(EntryKey.of("a"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("entry 'a' does not come after 'b'");
    }

    @Test
    void nothing_can_be_added_to_a_finished_tree() {
        TreeWriter writer = new TreeWriter(nodes, SEED);
        writer.finish();

        assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> writer.add(RandomEntries.create().entry(EntryKey.of("a"))))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void an_entry_that_cannot_be_kept_is_refused() {
        Attributes tooMuch =
                Attributes.builder().put("xattr", new byte[512 << 10]).build();
        Content short1 =
                new Content(3, 0, List.of(new Extent(RandomEntries.of(1).id(), 0, 2)));

        assertThatThrownBy(() -> write(nodes, List.of(entry("a", tooMuch, Content.EMPTY))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("entry 'a' takes ");
        assertThatThrownBy(() -> write(nodes, List.of(entry("a", Attributes.NONE, short1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("content of 3 bytes in extents of 2");
    }

    @Test
    void nodes_keep_within_their_bounds_even_around_huge_entries() {
        RandomEntries random = RandomEntries.create();
        NavigableMap<EntryKey, Entry> model = new TreeMap<>();
        for (int i = 0; i < 2000; i++) {
            EntryKey key = random.key();
            int size = random.random().nextInt(100) == 0 ? random.random().nextInt(520_000) : 10;
            model.put(key, new Entry(key, EntryType.FILE, attribute(size), Content.EMPTY));
        }

        Optional<TreeRoot> root = write(nodes, model.values());

        assertThat(all(reader(nodes, root).entries())).containsExactlyElementsOf(model.values());
        assertThat(nodes.ids()).allSatisfy(id -> assertThat(nodes.get(id)).hasSizeLessThan(600 << 10));
    }

    @Test
    void the_same_entries_make_the_same_tree_whatever_was_edited_before() {
        RandomEntries random = RandomEntries.create();
        NavigableMap<EntryKey, Entry> model = new TreeMap<>();
        for (int round = 0; round < 20; round++) {
            NavigableMap<EntryKey, Entry> before = new TreeMap<>(model);
            edit(model, random, 300);
            NavigableMap<EntryKey, Entry> again = new TreeMap<>();
            all(reader(nodes, write(nodes, model.values())).entries()).forEach(entry -> again.put(entry.key(), entry));
            assertThat(again).isEqualTo(model);
            assertThat(write(nodes, again.values())).isEqualTo(write(new MemoryNodes(), model.values()));
            if (!before.equals(model)) {
                assertThat(write(nodes, before.values())).isNotEqualTo(write(nodes, model.values()));
            }
        }
    }

    @Test
    void another_seed_makes_other_nodes() {
        List<Entry> entries = files(5000);
        TreeWriter other = new TreeWriter(nodes, SEED + 1);
        entries.forEach(other::add);

        TreeReader first = reader(nodes, write(nodes, entries));
        TreeReader second = reader(nodes, other.finish());

        assertThat(nodesOf(second)).doesNotContainAnyElementsOf(nodesOf(first));
        assertThat(all(second.entries())).isEqualTo(entries);
    }

    @Test
    void one_edit_changes_about_one_node_a_level() {
        RandomEntries random = RandomEntries.create();
        NavigableMap<EntryKey, Entry> model = new TreeMap<>();
        files(100_000).forEach(entry -> model.put(entry.key(), entry));
        TreeRoot root = write(nodes, model.values()).orElseThrow();
        int height = levelOf(nodes, root.id()) + 1;
        Set<ChunkId> before = Set.copyOf(nodes.ids());

        int edits = 30;
        int changed = 0;
        for (int i = 0; i < edits; i++) {
            NavigableMap<EntryKey, Entry> edited = new TreeMap<>(model);
            edit(edited, random, 1);
            MemoryNodes written = new MemoryNodes();
            write(written, edited.values());
            Set<ChunkId> fresh = new HashSet<>(written.ids());
            fresh.removeAll(before);
            assertThat(fresh).hasSizeLessThanOrEqualTo(12 * height);
            changed += fresh.size();
        }

        assertThat((double) changed / edits).isLessThan(height + 1.0);
    }

    @Test
    void nodes_are_64_KiB_on_average_on_every_level() {
        List<Entry> entries = files(60_000);
        write(nodes, entries);

        double average = nodes.ids().stream()
                .mapToInt(id -> nodes.get(id).length)
                .average()
                .orElseThrow();

        assertThat(average).isBetween(50_000.0, 80_000.0);
    }

    @Test
    void long_keys_make_a_high_tree_that_still_ends() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            byte[] key = new byte[EntryKey.MAX_BYTES];
            key[0] = (byte) (i >>> 8);
            key[1] = (byte) i;
            entries.add(new Entry(EntryKey.ofOwned(key), EntryType.OBJECT, Attributes.NONE, Content.EMPTY));
        }

        TreeRoot root = write(nodes, entries).orElseThrow();

        assertThat(levelOf(nodes, root.id())).isBetween(2, 5);
        assertThat(all(new TreeReader(nodes, root.id()).entries())).isEqualTo(entries);
    }

    @Test
    void a_tree_of_200_000_entries_is_written_and_read_in_seconds() {
        List<Entry> entries = files(200_000);
        long began = System.nanoTime();
        Optional<TreeRoot> root = write(nodes, entries);
        long written = System.nanoTime();
        EntryCursor cursor = reader(nodes, root).entries();
        long count = 0;
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            count++;
        }
        long read = System.nanoTime();

        System.out.printf(
                "200000 entries in %d nodes: written in %d ms, read in %d ms%n",
                nodes.ids().size(), (written - began) / 1_000_000, (read - written) / 1_000_000);
        assertThat(count).isEqualTo(200_000);
        assertThat(read - began).isLessThan(30_000_000_000L);
    }

    static void edit(NavigableMap<EntryKey, Entry> model, RandomEntries random, int edits) {
        for (int i = 0; i < edits; i++) {
            EntryKey near = model.ceilingKey(random.key());
            if (near == null || random.random().nextInt(3) == 0) {
                EntryKey key = random.key();
                model.put(key, random.entry(key));
            } else if (random.random().nextBoolean()) {
                model.remove(near);
            } else {
                model.put(near, random.entry(near));
            }
        }
    }

    static List<Entry> files(int count) {
        RandomEntries random = RandomEntries.of(7);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            EntryKey key = EntryKey.of("srv/shop/uploads/%03d/picture-%08d.jpg".formatted(i / 1000, i));
            entries.add(random.file(key));
        }
        return entries;
    }

    private static Entry entry(String key, Attributes attributes, Content content) {
        return new Entry(EntryKey.of(key), EntryType.FILE, attributes, content);
    }

    private static Attributes attribute(int size) {
        return Attributes.builder().put("xattr", new byte[size]).build();
    }
}
