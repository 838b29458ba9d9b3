package dev.holdfast.engine.tree;

import static dev.holdfast.engine.tree.TreeFixture.levelOf;
import static dev.holdfast.engine.tree.TreeFixture.reader;
import static dev.holdfast.engine.tree.TreeFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.tree.TreeDiff.Difference;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TreeDiffTest {
    private final MemoryNodes nodes = new MemoryNodes();

    @Test
    void equal_trees_do_not_differ_and_are_not_read() {
        TreeReader tree = reader(nodes, write(nodes, TreeWriterTest.files(100)));

        assertThat(differences(tree, tree)).isEmpty();
        assertThat(nodes.reads()).isZero();
    }

    @Test
    void everything_differs_from_nothing() {
        List<Entry> entries = TreeWriterTest.files(3000);
        TreeReader full = reader(nodes, write(nodes, entries));
        TreeReader empty = new TreeReader(nodes, Optional.empty());

        assertThat(differences(empty, full))
                .extracting(d -> d.after().orElseThrow())
                .isEqualTo(entries);
        assertThat(differences(full, empty))
                .extracting(d -> d.before().orElseThrow())
                .isEqualTo(entries);
    }

    @Test
    void differences_agree_with_those_of_sorted_maps() {
        RandomEntries random = RandomEntries.create();
        NavigableMap<EntryKey, Entry> model = new TreeMap<>();
        for (int round = 0; round < 60; round++) {
            NavigableMap<EntryKey, Entry> before = new TreeMap<>(model);
            int edits = 1 << random.random().nextInt(11);
            if (random.random().nextInt(8) == 0 && !model.isEmpty()) {
                model.tailMap(random.key()).clear();
            }
            TreeWriterTest.edit(model, random, edits);

            List<Difference> found = differences(
                    reader(nodes, write(nodes, before.values())), reader(nodes, write(nodes, model.values())));

            assertThat(found).isEqualTo(expected(before, model));
        }
    }

    @Test
    void what_two_trees_share_is_not_read() {
        NavigableMap<EntryKey, Entry> model = new TreeMap<>();
        TreeWriterTest.files(50_000).forEach(entry -> model.put(entry.key(), entry));
        TreeRoot root = write(nodes, model.values()).orElseThrow();
        RandomEntries random = RandomEntries.create();

        for (int i = 0; i < 20; i++) {
            NavigableMap<EntryKey, Entry> edited = new TreeMap<>(model);
            TreeWriterTest.edit(edited, random, 1);
            TreeReader after = reader(nodes, write(nodes, edited.values()));
            long reads = nodes.reads();
            List<Difference> found = differences(new TreeReader(nodes, root.id()), after);
            assertThat(found).isEqualTo(expected(model, edited));
            assertThat(nodes.reads() - reads).isLessThanOrEqualTo(12L * (levelOf(nodes, root.id()) + 1));
        }
    }

    private static List<Difference> differences(TreeReader before, TreeReader after) {
        TreeDiff diff = new TreeDiff(before, after);
        List<Difference> found = new ArrayList<>();
        for (Difference next = diff.next(); next != null; next = diff.next()) {
            found.add(next);
        }
        return found;
    }

    private static List<Difference> expected(
            NavigableMap<EntryKey, Entry> before, NavigableMap<EntryKey, Entry> after) {
        TreeSet<EntryKey> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        return keys.stream()
                .filter(key -> !Objects.equals(before.get(key), after.get(key)))
                .map(key ->
                        new Difference(key, Optional.ofNullable(before.get(key)), Optional.ofNullable(after.get(key))))
                .toList();
    }
}
