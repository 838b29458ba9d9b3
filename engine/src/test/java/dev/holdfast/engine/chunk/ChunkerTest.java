package dev.holdfast.engine.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChunkerTest {
    private static final ChunkerParameters SMALL = new ChunkerParameters(1024, 4096, 16384);

    private final Chunker chunker = new Chunker(SMALL, key());

    @Test
    void the_defaults_are_frozen() {
        assertThat(ChunkerParameters.DEFAULT).isEqualTo(new ChunkerParameters(262_144, 1_048_576, 4_194_304));
    }

    /** Lengths computed from the rule as the documentation of {@link Chunker} states it, by another implementation. */
    @Test
    void cuts_are_frozen() throws Exception {
        byte[] data = new byte[8192 * 32];
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < 8192; i++) {
            sha256.update(ByteBuffer.allocate(4).putInt(0, i));
            sha256.digest(data, i * 32, 32);
        }

        assertThat(lengths(chunker, data))
                .containsExactly(
                        4311, 6551, 4598, 5801, 4655, 7819, 4705, 4952, 6118, 6447, 5129, 4969, 5088, 1077, 4672, 6367,
                        4764, 5980, 4457, 1654, 4993, 6040, 4199, 4751, 8000, 4264, 4464, 5787, 5199, 7371, 1391, 1317,
                        4851, 4522, 8328, 4195, 5138, 4306, 6228, 12134, 9759, 5827, 4468, 4364, 8186, 4715, 6470, 5208,
                        4414, 1141);
    }

    @Test
    void nothing_at_all_is_no_chunk() {
        assertThat(chunker.cut(new byte[10], 5, 5, true)).isZero();
        assertThat(chunker.cut(new byte[10], 5, 5, false)).isEqualTo(Chunker.MORE);
    }

    @Test
    void the_last_bytes_are_a_chunk_however_few() {
        for (int length : List.of(1, 63, 64, 1023, 1024)) {
            byte[] data = new byte[length];
            assertThat(chunker.cut(data, 0, length, true)).isEqualTo(length);
            assertThat(chunker.cut(data, 0, length, false)).isEqualTo(Chunker.MORE);
        }
    }

    @Test
    void a_maximum_of_bytes_always_decides() {
        Random random = random();
        for (int i = 0; i < 300; i++) {
            byte[] data = bytes(random, SMALL.maxBytes());
            int length = chunker.cut(data, 0, data.length, false);
            assertThat(length).isBetween(SMALL.minBytes() + 1, SMALL.maxBytes());
        }
    }

    @Test
    void chunks_keep_within_their_bounds_and_near_the_average() {
        byte[] data = bytes(random(), 64 << 20);

        List<Integer> lengths = lengths(chunker, data);

        assertThat(lengths.stream().mapToLong(Integer::longValue).sum()).isEqualTo(data.length);
        assertThat(lengths.subList(0, lengths.size() - 1))
                .allSatisfy(length -> assertThat(length).isBetween(SMALL.minBytes() + 1, SMALL.maxBytes()));
        assertThat((double) data.length / lengths.size()).isBetween(4096 * 1.0, 4096 * 1.3);
        long near = lengths.stream()
                .filter(length -> length > 2048 && length < 8192)
                .count();
        assertThat((double) near / lengths.size()).isGreaterThan(0.8);
    }

    @Test
    void data_without_variety_is_cut_too() {
        byte[] zeros = new byte[1 << 20];

        List<Integer> lengths = lengths(chunker, zeros);

        assertThat(new HashSet<>(lengths.subList(0, lengths.size() - 1))).hasSize(1);
        assertThat(lengths.stream().mapToInt(Integer::intValue).sum()).isEqualTo(zeros.length);
    }

    @Test
    void cuts_do_not_depend_on_how_the_bytes_arrive() {
        Random random = random();
        for (int round = 0; round < 20; round++) {
            byte[] data = bytes(random, random.nextInt(300_000));
            List<Integer> whole = lengths(chunker, data);
            assertThat(fed(data, random)).isEqualTo(whole);
        }
    }

    @Test
    void cuts_do_not_depend_on_where_the_bytes_lie() {
        Random random = random();
        byte[] data = bytes(random, 200_000);
        byte[] shifted = new byte[data.length + 777];
        random.nextBytes(shifted);
        System.arraycopy(data, 0, shifted, 777, data.length);

        for (int offset = 0, length; offset < data.length; offset += length) {
            length = chunker.cut(data, offset, data.length, true);
            assertThat(chunker.cut(shifted, offset + 777, shifted.length, true)).isEqualTo(length);
        }
    }

    @Test
    void an_insertion_changes_only_the_chunks_around_it() {
        Random random = random();
        byte[] data = bytes(random, 4 << 20);
        Set<ByteBuffer> before = new HashSet<>(chunks(data));
        int changed = 0;
        for (int i = 0; i < 20; i++) {
            byte[] edited = inserted(data, random.nextInt(data.length), bytes(random, 1 + random.nextInt(100)));
            List<ByteBuffer> after = chunks(edited);
            long fresh = after.stream().filter(chunk -> !before.contains(chunk)).count();
            assertThat(fresh).isBetween(1L, 40L);
            changed += (int) fresh;
        }
        assertThat(changed / 20.0).isLessThan(6);
    }

    @Test
    void another_key_cuts_elsewhere() {
        byte[] data = bytes(random(), 1 << 20);
        byte[] other = key();
        other[31] ^= 1;

        Set<Integer> ends = ends(lengths(chunker, data));
        Set<Integer> otherEnds = ends(lengths(new Chunker(SMALL, other), data));
        int all = otherEnds.size();
        otherEnds.retainAll(ends);

        assertThat(otherEnds.size()).isLessThan(all / 10);
    }

    @Test
    void sizes_that_make_no_sense_are_refused() {
        assertRefused(63, 4096, 16384);
        assertRefused(1024, 5000, 16384);
        assertRefused(4096, 4096, 16384);
        assertRefused(1024, 16384, 16384);
        assertRefused(1024, 4096, (1 << 28) + 1);
        assertThat(new ChunkerParameters(64, 128, 129).minBytes()).isEqualTo(64);
    }

    @Test
    void a_key_of_another_length_is_refused() {
        assertThatThrownBy(() -> new Chunker(SMALL, new byte[31]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a chunker's key has 32 bytes, not 31");
    }

    @Test
    void a_range_beyond_the_array_is_refused() {
        assertThatThrownBy(() -> chunker.cut(new byte[10], 0, 11, true)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static void assertRefused(int min, int average, int max) {
        assertThatThrownBy(() -> new ChunkerParameters(min, average, max)).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Integer> lengths(Chunker chunker, byte[] data) {
        List<Integer> lengths = new ArrayList<>();
        for (int offset = 0; offset < data.length; ) {
            int length = chunker.cut(data, offset, data.length, true);
            lengths.add(length);
            offset += length;
        }
        return lengths;
    }

    /** Delivers a few bytes at a time and moves what is left to the front, as a reader of a stream would. */
    private List<Integer> fed(byte[] data, Random random) {
        List<Integer> lengths = new ArrayList<>();
        byte[] window = new byte[3 * SMALL.maxBytes()];
        int filled = 0;
        int delivered = 0;
        while (true) {
            boolean last = delivered == data.length;
            int length = chunker.cut(window, 0, filled, last);
            if (length > 0) {
                lengths.add(length);
                System.arraycopy(window, length, window, 0, filled - length);
                filled -= length;
            } else if (last) {
                return lengths;
            } else {
                int more = Math.min(1 + random.nextInt(SMALL.maxBytes()), data.length - delivered);
                System.arraycopy(data, delivered, window, filled, more);
                filled += more;
                delivered += more;
            }
        }
    }

    private List<ByteBuffer> chunks(byte[] data) {
        List<ByteBuffer> chunks = new ArrayList<>();
        int offset = 0;
        for (int length : lengths(chunker, data)) {
            chunks.add(ByteBuffer.wrap(data, offset, length));
            offset += length;
        }
        return chunks;
    }

    private static Set<Integer> ends(List<Integer> lengths) {
        Set<Integer> ends = new HashSet<>();
        int end = 0;
        for (int length : lengths) {
            end += length;
            ends.add(end);
        }
        return ends;
    }

    private static byte[] inserted(byte[] data, int at, byte[] more) {
        byte[] edited = Arrays.copyOf(data, data.length + more.length);
        System.arraycopy(more, 0, edited, at, more.length);
        System.arraycopy(data, at, edited, at + more.length, data.length - at);
        return edited;
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Random random() {
        long seed = Long.getLong("holdfast.test.seed", System.nanoTime());
        System.out.println("repeat with -Dholdfast.test.seed=" + seed);
        return new Random(seed);
    }

    private static byte[] key() {
        byte[] key = new byte[Chunker.KEY_BYTES];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        return key;
    }
}
