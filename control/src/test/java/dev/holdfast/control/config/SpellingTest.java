package dev.holdfast.control.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {
    @Test
    void the_closest_word_is_meant() {
        assertThat(Spelling.meant("databse", List.of("database", "media"))).contains("database");
        assertThat(Spelling.meant("accesKey", List.of("access-key", "secret-key")))
                .contains("access-key");
        assertThat(Spelling.meant("schedule", List.of("stack", "sources"))).isEmpty();
    }

    @Test
    void swapped_neighbours_are_one_slip() {
        assertThat(Spelling.distance("paht", "path")).isEqualTo(1);
        assertThat(Spelling.distance("", "abc")).isEqualTo(3);
    }
}
