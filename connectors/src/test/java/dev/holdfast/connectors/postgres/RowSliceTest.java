package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.connectors.postgres.Keys.TableName;
import dev.holdfast.connectors.postgres.RowPieces.Piece;
import dev.holdfast.connectors.postgres.StoredDatabase.StoredTable;
import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowSliceTest {
    private final MemoryPart part = new MemoryPart("postgres");

    private Content content(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (ContentWriter writer = part.content(bytes.length)) {
            writer.write(bytes, 0, bytes.length);
            return writer.finish();
        }
    }

    private String slice(Content content, long from, long to, int bufferBytes) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[bufferBytes + 2];
        try (RowSlice slice = RowSlice.of(part, content, from, to)) {
            for (int n = slice.read(buffer, 1, bufferBytes); n >= 0; n = slice.read(buffer, 1, bufferBytes)) {
                assertThat(n).isBetween(1, bufferBytes);
                all.write(buffer, 1, n);
            }
            assertThat(slice.read(buffer, 1, bufferBytes)).isEqualTo(-1);
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_row_belongs_to_the_slice_it_begins_in() throws IOException {
        Content content = content("aa\nbbbb\n\ncc\n");

        assertThat(slice(content, 0, 3, 64)).isEqualTo("aa\n");
        assertThat(slice(content, 0, 4, 64)).isEqualTo("aa\nbbbb\n");
        assertThat(slice(content, 3, 4, 64)).isEqualTo("bbbb\n");
        assertThat(slice(content, 4, 8, 64)).isEmpty();
        assertThat(slice(content, 4, 9, 64)).isEqualTo("\n");
        assertThat(slice(content, 9, 12, 64)).isEqualTo("cc\n");
        assertThat(slice(content, 0, 12, 64)).isEqualTo("aa\nbbbb\n\ncc\n");
    }

    @Test
    void slices_that_meet_anywhere_have_each_row_once() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder();
            int rows = random.nextInt(60);
            for (int i = 0; i < rows; i++) {
                text.append("x".repeat(random.nextInt(4) == 0 ? random.nextInt(400) : random.nextInt(8)))
                        .append('\n');
            }
            Content content = content(text.toString());
            List<Long> cuts = new ArrayList<>(List.of(0L, content.bytes()));
            for (int i = random.nextInt(12); i > 0; i--) {
                cuts.add((long) random.nextInt((int) content.bytes() + 1));
            }
            cuts.sort(null);
            StringBuilder joined = new StringBuilder();
            for (int i = 1; i < cuts.size(); i++) {
                if (cuts.get(i - 1) < cuts.get(i)) {
                    joined.append(slice(content, cuts.get(i - 1), cuts.get(i), 1 + random.nextInt(50)));
                }
            }
            assertThat(joined.toString()).as("seed %d round %d", seed, round).isEqualTo(text.toString());
        }
    }

    private static StoredTable table(String name, long bytes, Content content) {
        Entry entry = new Entry(
                Keys.table(name), EntryType.TABLE, Attributes.builder().build(), content);
        assertThat(content.bytes()).isEqualTo(bytes);
        TableName own = new TableName("public", name);
        return new StoredTable(entry, own, own, List.of("a"), 0, "", 0);
    }

    @Test
    void each_connection_has_a_table_of_its_own_while_there_is_one_and_then_helps() {
        StoredTable large = table("large", 1000, content("x".repeat(999) + "\n"));
        StoredTable middle = table("middle", 300, content("x".repeat(299) + "\n"));
        StoredTable ordered = table("ordered", 500, content("x".repeat(499) + "\n"));
        StoredTable empty = table("empty", 0, Content.EMPTY);
        RowPieces pieces = new RowPieces(List.of(empty, middle, large, ordered), table -> table.equals(ordered), 100);
        assertThat(pieces.count()).isEqualTo(10 + 3 + 1 + 1);

        List<Piece> given = new ArrayList<>();
        for (Piece piece = pieces.next(); piece != null; piece = pieces.next()) {
            given.add(piece);
        }

        assertThat(given.stream().limit(4).map(Piece::table)).containsExactly(large, ordered, middle, empty);
        assertThat(given.get(1))
                .satisfies(
                        piece -> assertThat(List.of(piece.from(), piece.to())).containsExactly(0L, 500L));
        for (StoredTable table : Arrays.asList(large, middle, ordered, empty)) {
            long next = 0;
            for (Piece piece : given) {
                if (piece.table().equals(table)) {
                    assertThat(piece.from()).isEqualTo(next);
                    next = piece.to();
                }
            }
            assertThat(next).isEqualTo(table.bytes());
        }
    }

    @Test
    void a_table_is_done_with_its_last_piece() {
        StoredTable table = table("t", 8, content("a\nb\nc\nd\n"));
        RowPieces pieces = new RowPieces(List.of(table), whole -> false, 4);
        Piece first = pieces.next();
        Piece second = pieces.next();
        assertThat(first).isNotNull();
        assertThat(second).isNotNull();
        RowDigest one = new RowDigest();
        one.text("a\nb\n".getBytes(StandardCharsets.UTF_8), 0, 4);
        RowDigest other = new RowDigest();
        other.text("c\nd\n".getBytes(StandardCharsets.UTF_8), 0, 4);

        assertThat(second.load().done(other)).isNull();
        RowDigest all = first.load().done(one);

        assertThat(all).isNotNull();
        assertThat(all.rows()).isEqualTo(4);
    }
}
