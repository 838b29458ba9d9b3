package dev.holdfast.engine.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The vectors here are frozen: a change of one is a change of the format. */
class NodeFormatTest {
    private static final String ID_A = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private static final String ID_B = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";

    private static final String LEAF = "01 01" // version, leaf
            + "03" // entries
            + "00 00" // key: nothing shared, no bytes
            + "02 00 00" // directory, no attributes, no content
            + "00 03 612f62" // "a/b"
            + "01 01" // file, one attribute
            + "04 6d6f6465 03 343230" // mode=420
            + "05 00 01" // 5 bytes, depth 0, one extent
            + ID_A + "ac02 05" // offset 300, length 5
            + "02 01 63" // "a/" shared, "c"
            + "04 02" // hard link, two attributes
            + "06 746172676574 03 612f62" // target=a/b
            + "05 c3bc626572 00" // über=(nothing)
            + "80c8afa025 01 01" // 10000000000 bytes, depth 1, one extent
            + ID_B + "00 e807"; // the whole of a list node of 1000 bytes

    private static final String INNER = "01 02" // version, inner
            + "02 02" // level, children
            + "00 03 612f62" // up to "a/b"
            + ID_A + "02 00" // 2 entries, no bytes
            + "01 01 ff" // up to "a" and ff
            + ID_B + "f0a204 ffffffffffffffff7f"; // 70000 entries, 2^63-1 bytes

    private static final String LIST = "01 03" // version, list
            + "00 02" // depth, extents
            + ID_A + "ac02 05" // offset 300, length 5
            + ID_B + "00 808040"; // length 1 MiB

    private static final String LIST_OF_LISTS = "01 03" // version, list
            + "01 02" // depth, lists
            + ID_A + "e807 959aef3a" // 1000 bytes encoded, 123456789 of content
            + ID_B + "ac02 05"; // 300 bytes encoded, 5 of content

    @Test
    void the_encoding_of_a_leaf_is_frozen() {
        assertThat(leaf(goldenEntries())).isEqualTo(bytes(LEAF));
        assertThat(entries(bytes(LEAF))).isEqualTo(goldenEntries());
    }

    @Test
    void the_encoding_of_an_inner_node_is_frozen() {
        EntryKey first = EntryKey.of("a/b");
        EntryKey second = EntryKey.ofOwned(new byte[] {'a', (byte) 0xff});
        NodeBuffer children = new NodeBuffer();
        NodeFormat.child(children, null, first, id(ID_A), 2, 0);
        NodeFormat.child(children, first, second, id(ID_B), 70_000, Long.MAX_VALUE);
        assertThat(NodeFormat.inner(2, 2, children)).isEqualTo(bytes(INNER));

        InnerReader read = (InnerReader) reader(bytes(INNER));
        assertThat(read.level()).isEqualTo(2);
        assertThat(read.advance()).isTrue();
        assertThat(List.of(read.key(), read.child(), read.entries(), read.bytes()))
                .isEqualTo(List.of(first, id(ID_A), 2L, 0L));
        assertThat(read.advance()).isTrue();
        assertThat(List.of(read.key(), read.child(), read.entries(), read.bytes()))
                .isEqualTo(List.of(second, id(ID_B), 70_000L, Long.MAX_VALUE));
        assertThat(read.advance()).isFalse();
    }

    @Test
    void the_encoding_of_lists_is_frozen() {
        List<Extent> extents = List.of(new Extent(id(ID_A), 300, 5), new Extent(id(ID_B), 0, 1 << 20));
        NodeBuffer list = new NodeBuffer();
        extents.forEach(extent -> NodeFormat.extent(list, extent));
        assertThat(NodeFormat.list(0, 2, list)).isEqualTo(bytes(LIST));
        assertThat(extents(bytes(LIST))).isEqualTo(extents);

        List<Extent> nodes = List.of(new Extent(id(ID_A), 0, 1000), new Extent(id(ID_B), 0, 300));
        NodeBuffer lists = new NodeBuffer();
        NodeFormat.below(lists, nodes.getFirst(), 123_456_789);
        NodeFormat.below(lists, nodes.getLast(), 5);
        assertThat(NodeFormat.list(1, 2, lists)).isEqualTo(bytes(LIST_OF_LISTS));
        assertThat(extents(bytes(LIST_OF_LISTS))).isEqualTo(nodes);
    }

    @Test
    void the_hash_that_ends_nodes_is_frozen() {
        assertThat(NodeBoundary.hash(1, 0, EntryKey.of("a"))).isEqualTo(0x94c2ee3ccf0b8c30L);
        assertThat(NodeBoundary.hash(
                        0xfedcba9876543210L, 3, EntryKey.ofOwned(new byte[] {(byte) 0xff, 0, (byte) 0x80})))
                .isEqualTo(0x6f947990c63135b7L);
        assertThat(NodeBoundary.hash(42, 1, EntryKey.of("uploads/7.jpg"))).isEqualTo(0xb78f463fc3e91828L);
    }

    @Test
    void a_node_cut_short_anywhere_is_damage() {
        for (String node : List.of(LEAF, INNER, LIST, LIST_OF_LISTS)) {
            byte[] whole = bytes(node);
            for (int length = 0; length < whole.length; length++) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertThatThrownBy(() -> readAll(cut)).isInstanceOf(Damaged.class);
            }
        }
    }

    @Test
    void a_byte_too_many_is_damage() {
        for (String node : List.of(LEAF, INNER, LIST, LIST_OF_LISTS)) {
            assertThatThrownBy(() -> readAll(bytes(node + "00")))
                    .isInstanceOf(Damaged.class)
                    .hasMessageEndingWith(": 1 bytes too many");
        }
    }

    @Test
    void damage_tells_the_node_the_place_and_what_to_do() {
        assertThatThrownBy(() -> readAll(bytes("01 01 05 00")))
                .isInstanceOfSatisfying(Damaged.class, damaged -> {
                    assertThat(damaged.code()).isEqualTo(ErrorCode.DAMAGED);
                    assertThat(damaged.hint()).isNotEmpty();
                })
                .hasMessage("tree node " + ID_A
                        + " is damaged at byte 3: number of items: 5 do not fit in the 1 bytes left");
    }

    @Test
    void what_no_writer_writes_is_damage() {
        List.of(
                        "", // nothing
                        "00 01 01 00 00 02 00 00", // version 0
                        "01 04 01 00 00 02 00 00", // kind 4
                        "01 01 00", // no entries
                        "01 01 8100 00 00 02 00 00", // count not in its shortest form
                        "01 01 01 01 00 02 00 00", // shares a byte with nothing
                        "01 01 02 00 01 62 02 00 00 00 01 61 02 00 00", // descending
                        "01 01 02 00 01 61 02 00 00 00 01 61 02 00 00", // twice the same
                        "01 01 02 00 01 61 02 00 00 00 02 6162 02 00 00", // shares less than it could
                        "01 01 01 00 8120 61 02 00 00", // key of 4097 bytes
                        "01 01 01 00 00 02 02 0162 00 0161 00 00", // attributes descending
                        "01 01 01 00 00 02 01 0180 00 00", // name not UTF-8
                        "01 01 01 00 00 02 01 00 00 00", // name empty
                        "01 01 01 00 00 02 01 0161 ffffff7f 00", // value of 256 MiB
                        "01 01 01 00 00 02 00 05 00 00", // bytes without extents
                        "01 01 01 00 00 02 00 05 00 01" + ID_A + "00 04", // extents too short
                        "01 01 01 00 00 02 00 05 00 01" + ID_A + "00 00", // extent of nothing
                        "01 01 01 00 00 02 00 05 01 01" + ID_A + "01 04", // part of a node
                        "01 01 01 00 00 02 00 05 11 01" + ID_A + "00 04", // depth 17
                        "01 02 00 01 00 00" + ID_A + "01 00", // level 0
                        "01 02 21 01 00 00" + ID_A + "01 00", // level 33
                        "01 02 01 01 00 00" + ID_A + "00 00", // child without entries
                        "01 02 01 02 00 00" + ID_A + "ffffffffffffffff7f 00 00 01 61" + ID_B + "01 00", // too many
                        "01 03 00 00", // no extents
                        "01 03 00 8110" + ID_A.repeat(2), // 2049 extents
                        "01 03 10 01" + ID_A + "05 05", // depth 16
                        "01 03 01 01" + ID_A + "05 00", // list without bytes
                        "01 03 01 01" + ID_A + "818040 05") // list longer than a node
                .forEach(node ->
                        assertThatThrownBy(() -> readAll(bytes(node))).as(node).isInstanceOf(Damaged.class));
    }

    @Test
    void a_node_longer_than_1_MiB_is_damage() {
        byte[] node = Arrays.copyOf(bytes(LEAF), (1 << 20) + 1);

        assertThatThrownBy(() -> readAll(node)).isInstanceOf(Damaged.class);
    }

    @Test
    void what_a_later_version_wrote_is_not_called_damage() {
        assertThatThrownBy(() -> readAll(bytes("02 01 01 00 00 02 00 00")))
                .isInstanceOf(Unsupported.class)
                .hasMessage("tree node " + ID_A + " has version 2, this version reads up to 1");
        assertThatThrownBy(() -> readAll(bytes("01 01 01 00 01 61 fe 00 00")))
                .isInstanceOf(Unsupported.class)
                .hasMessage("entry 'a' has type 254, which this version does not know");
    }

    @Test
    void random_bytes_are_damage_and_nothing_worse() {
        Random random = RandomEntries.create().random();
        for (int i = 0; i < 200_000; i++) {
            byte[] node = new byte[random.nextInt(200)];
            random.nextBytes(node);
            if (node.length > 4 && random.nextInt(10) > 0) {
                node[0] = 1;
                node[1] = (byte) (1 + random.nextInt(3));
                node[2] = (byte) random.nextInt(4);
            }
            readsOrIsDamaged(node);
        }
    }

    @Test
    void a_changed_node_is_damage_or_another_node_in_its_one_form() {
        RandomEntries entries = RandomEntries.create();
        Random random = entries.random();
        for (int i = 0; i < 2000; i++) {
            byte[] valid = someNode(entries);
            assertThat(readAll(valid)).isEqualTo(valid);
            for (int j = 0; j < 50; j++) {
                byte[] changed = valid.clone();
                for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
                }
                readsOrIsDamaged(
                        random.nextInt(4) == 0 ? Arrays.copyOf(changed, random.nextInt(changed.length)) : changed);
            }
        }
    }

    private static void readsOrIsDamaged(byte[] node) {
        byte[] again;
        try {
            again = readAll(node);
        } catch (Damaged | Unsupported e) {
            assertThat(e).hasMessageNotContaining("null");
            return;
        } catch (RuntimeException e) {
            fail(HexFormat.of().formatHex(node), e);
            return;
        }
        assertThat(again).isEqualTo(node);
    }

    private static byte[] someNode(RandomEntries random) {
        int count = 1 + random.random().nextInt(6);
        NodeBuffer items = new NodeBuffer();
        return switch (random.random().nextInt(4)) {
            case 0 -> {
                random.extents(count).forEach(extent -> NodeFormat.extent(items, extent));
                yield NodeFormat.list(0, count, items);
            }
            case 1 -> {
                EntryKey previous = null;
                for (int i = 0; i < count; i++) {
                    EntryKey key = EntryKey.of("key/" + i);
                    NodeFormat.child(items, previous, key, random.id(), 1 + i, i);
                    previous = key;
                }
                yield NodeFormat.inner(1, count, items);
            }
            default -> {
                TreeMap<EntryKey, Entry> entries = new TreeMap<>();
                for (int i = 0; i < count; i++) {
                    EntryKey key = random.key();
                    entries.put(key, random.entry(key));
                }
                yield leaf(List.copyOf(entries.values()));
            }
        };
    }

    /** Reads a node of any kind to its end and writes it again. */
    private static byte[] readAll(byte[] node) {
        if (node.length > 1 && node[1] == NodeFormat.LIST) {
            return rewritten(ListReader.of(id(ID_A), node));
        }
        return switch (reader(node)) {
            case LeafReader leaf -> leaf(entries(leaf));
            case InnerReader inner -> rewritten(inner);
        };
    }

    private static byte[] rewritten(ListReader list) {
        NodeBuffer items = new NodeBuffer();
        int count = 0;
        for (; list.advance(); count++) {
            if (list.depth() == 0) {
                NodeFormat.extent(items, list.extent());
            } else {
                NodeFormat.below(items, list.extent(), list.bytes());
            }
        }
        return NodeFormat.list(list.depth(), count, items);
    }

    private static byte[] rewritten(InnerReader inner) {
        NodeBuffer items = new NodeBuffer();
        EntryKey previous = null;
        int count = 0;
        for (; inner.advance(); count++) {
            NodeFormat.child(items, previous, inner.key(), inner.child(), inner.entries(), inner.bytes());
            previous = inner.key();
        }
        return NodeFormat.inner(inner.level(), count, items);
    }

    private static byte[] leaf(List<Entry> entries) {
        NodeBuffer items = new NodeBuffer();
        EntryKey previous = null;
        for (Entry entry : entries) {
            NodeFormat.entry(items, previous, entry);
            previous = entry.key();
        }
        return NodeFormat.leaf(entries.size(), items);
    }

    private static List<Entry> entries(byte[] node) {
        return entries((LeafReader) reader(node));
    }

    private static List<Entry> entries(LeafReader leaf) {
        List<Entry> entries = new ArrayList<>();
        while (leaf.advance()) {
            entries.add(leaf.entry());
        }
        return entries;
    }

    private static List<Extent> extents(byte[] node) {
        ListReader list = ListReader.of(id(ID_A), node);
        List<Extent> extents = new ArrayList<>();
        while (list.advance()) {
            extents.add(list.extent());
        }
        return extents;
    }

    private static NodeReader reader(byte[] node) {
        return NodeReader.of(id(ID_A), node);
    }

    private static List<Entry> goldenEntries() {
        Content five = new Content(5, 0, List.of(new Extent(id(ID_A), 300, 5)));
        Content deep = new Content(10_000_000_000L, 1, List.of(new Extent(id(ID_B), 0, 1000)));
        Attributes mode = Attributes.builder().put("mode", 420).build();
        Attributes two =
                Attributes.builder().put("über", "").put("target", "a/b").build();
        return List.of(
                new Entry(EntryKey.of(""), EntryType.DIRECTORY, Attributes.NONE, Content.EMPTY),
                new Entry(EntryKey.of("a/b"), EntryType.FILE, mode, five),
                new Entry(EntryKey.of("a/c"), EntryType.HARD_LINK, two, deep));
    }

    private static ChunkId id(String hex) {
        return ChunkId.ofOwned(HexFormat.of().parseHex(hex));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
