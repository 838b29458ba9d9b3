package dev.holdfast.server.browse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.tree.EntryKey;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntryKeysTest {
    @Test
    void a_key_is_its_text_where_it_is_plain() {
        assertThat(EntryKeys.text(EntryKey.of("a/ü b.txt"))).isEqualTo("a/ü b.txt");
        assertThat(EntryKeys.text(EntryKey.of("50%\n"))).isEqualTo("50%25%0A");
    }

    @Test
    void every_key_comes_back_whatever_its_bytes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            EntryKey key = EntryKey.copyOf(bytes);
            assertThat(EntryKeys.key(EntryKeys.text(key))).as("seed " + seed).isEqualTo(key);
        }
    }

    @Test
    void what_is_no_key_is_refused() {
        for (String text : new String[] {"%", "%4", "%zz", "x".repeat(5000)}) {
            assertThatThrownBy(() -> EntryKeys.key(text)).isInstanceOf(Invalid.class);
        }
    }
}
