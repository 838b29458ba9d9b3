package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowDigestTest {
    private static RowDigest of(String... rows) {
        RowDigest digest = new RowDigest();
        for (String row : rows) {
            byte[] bytes = row.getBytes(StandardCharsets.UTF_8);
            digest.row(bytes, 0, bytes.length);
        }
        return digest;
    }

    @Test
    void the_order_of_rows_does_not_matter_and_their_number_does() {
        assertThat(of("a", "b", "c").hash()).isEqualTo(of("c", "a", "b").hash());
        assertThat(of("a", "a").hash()).isNotEqualTo(of("b", "b").hash()).isNotEqualTo(of("a").hash());
        assertThat(of("ab", "c").hash()).isNotEqualTo(of("a", "bc").hash());
        assertThat(of("", "").rows()).isEqualTo(2);
        assertThat(of("", "").hash()).isNotEqualTo(of("").hash());
        assertThat(of().hash()).isEqualTo("0".repeat(32));
    }

    @Test
    void the_hash_is_fixed_for_ever() {
        // of XXH3-128 with seed 0: the empty input and its sum with "abc"
        assertThat(of("").hash()).isEqualTo("99aa06d3014798d86001c324468d497f");
        assertThat(of("", "abc").hash())
                .isEqualTo(sum("99aa06d3014798d86001c324468d497f", of("abc").hash()));
    }

    private static String sum(String left, String right) {
        return String.format(
                "%032x",
                new java.math.BigInteger(left, 16)
                        .add(new java.math.BigInteger(right, 16))
                        .mod(java.math.BigInteger.ONE.shiftLeft(128)));
    }

    @Test
    void text_cut_anywhere_has_the_digest_of_its_rows() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        RowDigest rows = new RowDigest();
        for (int i = 0; i < 1000; i++) {
            String row = "x".repeat(random.nextInt(50));
            rows.add(of(row));
            text.append(row).append('\n');
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        RowDigest pieces = new RowDigest();
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, random.nextInt(200));
            pieces.text(bytes, at, length);
            at += length;
        }
        assertThat(pieces.hash()).as("seed %d", seed).isEqualTo(rows.hash());
        assertThat(pieces.rows()).isEqualTo(1000);
        assertThat(pieces.isWithinRow()).isFalse();
        RowDigest again = new RowDigest();
        again.add(pieces.rows(), pieces.hash());
        assertThat(again.hash()).isEqualTo(rows.hash());
        pieces.text("half".getBytes(StandardCharsets.UTF_8), 0, 4);
        assertThat(pieces.isWithinRow()).isTrue();
    }
}
