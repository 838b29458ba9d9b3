package dev.holdfast.engine.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.Damaged;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContentBuilderTest {
    private final MemoryNodes nodes = new MemoryNodes();

    @Test
    void no_extents_are_no_content() {
        assertThat(build(List.of())).isEqualTo(Content.EMPTY);
    }

    @Test
    void up_to_64_extents_are_in_the_entry_itself() {
        List<Extent> extents = RandomEntries.create().extents(64);

        Content content = build(extents);

        assertThat(content).isEqualTo(new Content(sum(extents), 0, extents));
        assertThat(nodes.ids()).isEmpty();
    }

    @Test
    void more_extents_are_in_list_nodes() {
        List<Extent> extents = RandomEntries.create().extents(65);

        Content content = build(extents);

        assertThat(content.depth()).isEqualTo(1);
        assertThat(content.bytes()).isEqualTo(sum(extents));
        assertThat(content.extents()).singleElement().satisfies(extent -> {
            assertThat(extent.offset()).isZero();
            assertThat(extent.length()).isEqualTo(nodes.get(extent.chunk()).length);
        });
        assertThat(read(content)).isEqualTo(extents);
    }

    @Test
    void any_number_of_extents_is_read_back_in_order() {
        RandomEntries random = RandomEntries.create();
        for (int count : List.of(1, 63, 127, 128, 129, 511, 2047, 2048, 2049, 5000, 40_000, 100_000)) {
            List<Extent> extents = random.extents(count);
            Content content = build(extents);
            assertThat(content.bytes()).isEqualTo(sum(extents));
            assertThat(content.extents()).hasSizeBetween(1, 64);
            assertThat(read(content)).isEqualTo(extents);
            assertThat(build(extents)).isEqualTo(content);
        }
    }

    @Test
    void very_long_content_is_two_deep() {
        assertThat(build(RandomEntries.create().extents(100_000)).depth()).isEqualTo(2);
    }

    @Test
    void content_of_one_chunk_over_and_over_ends_too() {
        for (int low = 0; low < 2; low++) {
            byte[] id = new byte[ChunkId.BYTES];
            id[8] = (byte) (low * 0x80);
            List<Extent> extents = Collections.nCopies(300_000, new Extent(ChunkId.ofOwned(id), 0, 4 << 20));
            Content content = build(extents);
            assertThat(content.bytes()).isEqualTo(300_000L * (4 << 20));
            assertThat(read(content)).isEqualTo(extents);
        }
    }

    @Test
    void lists_have_512_extents_on_average() {
        Content content = build(RandomEntries.create().extents(100_000));

        assertThat(100_000.0 / nodes.ids().size()).isBetween(400.0, 640.0);
        assertThat(content.extents().size()).isLessThanOrEqualTo(64);
    }

    @Test
    void one_more_extent_changes_one_list_a_level() {
        RandomEntries random = RandomEntries.create();
        List<Extent> extents = random.extents(50_000);
        build(extents);
        Set<ChunkId> before = Set.copyOf(nodes.ids());
        int changed = 0;
        for (int i = 0; i < 50; i++) {
            List<Extent> edited = new ArrayList<>(extents);
            edited.add(random.random().nextInt(extents.size()), random.extent());
            MemoryNodes written = new MemoryNodes();
            ContentBuilder builder = new ContentBuilder(written);
            edited.forEach(builder::add);
            builder.finish();
            Set<ChunkId> fresh = new HashSet<>(written.ids());
            fresh.removeAll(before);
            changed += fresh.size();
        }

        assertThat(changed / 50.0).isLessThan(5);
    }

    @Test
    void a_missing_or_wrong_list_is_damage() {
        RandomEntries random = RandomEntries.create();
        List<Extent> extents = random.extents(3000);
        Content content = build(extents);
        ChunkId list = content.extents().getLast().chunk();
        byte[] whole = nodes.get(list);

        nodes.spoil(list, nodes.get(content.extents().getFirst().chunk()));
        assertThatThrownBy(() -> read(content)).isInstanceOf(Damaged.class);
        nodes.spoil(list, Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(() -> read(content)).isInstanceOf(Damaged.class);
        nodes.lose(list);
        assertThatThrownBy(() -> read(content)).isInstanceOf(Damaged.class);
    }

    @Test
    void a_list_that_holds_something_else_than_the_one_above_says_is_damage() {
        RandomEntries random = RandomEntries.create();
        Content content = build(random.extents(100_000));
        assertThat(content.depth()).isEqualTo(2);
        ListReader upper = ListReader.open(nodes, content.extents().getFirst(), 1);
        upper.advance();
        ListReader lower = ListReader.open(nodes, upper.extent(), 0);
        NodeBuffer other = new NodeBuffer();
        int count = 0;
        for (; lower.advance(); count++) {
            Extent extent = lower.extent();
            NodeFormat.extent(
                    other, new Extent(extent.chunk(), extent.offset(), extent.length() ^ (count == 0 ? 1 : 0)));
        }
        nodes.spoil(upper.extent().chunk(), NodeFormat.list(0, count, other));

        assertThatThrownBy(() -> read(content))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("bytes of content, found");
    }

    @Test
    void extents_that_do_not_add_up_are_damage() {
        List<Extent> extents = RandomEntries.create().extents(300);
        Content content = build(extents);
        Content longer = new Content(content.bytes() + 1, content.depth(), content.extents());

        assertThatThrownBy(() -> read(longer))
                .isInstanceOf(Damaged.class)
                .hasMessage("content of " + longer.bytes() + " bytes has extents of " + content.bytes());
    }

    private Content build(List<Extent> extents) {
        ContentBuilder builder = new ContentBuilder(nodes);
        extents.forEach(builder::add);
        return builder.finish();
    }

    private List<Extent> read(Content content) {
        ExtentCursor cursor = new ExtentCursor(nodes, content);
        List<Extent> read = new ArrayList<>();
        for (Extent extent = cursor.next(); extent != null; extent = cursor.next()) {
            read.add(extent);
        }
        return read;
    }

    private static long sum(List<Extent> extents) {
        return extents.stream().mapToLong(Extent::length).sum();
    }
}
