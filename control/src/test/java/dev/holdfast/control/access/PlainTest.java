package dev.holdfast.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainTest {
    @Test
    void what_breaks_lines_or_moves_cursors_is_shown_as_numbers() {
        assertThat(Plain.text("a\nb\r\tc\u001b[2J\u0000", 100)).isEqualTo("a\\u000ab\\u000d\\u0009c\\u001b[2J\\u0000");
        assertThat(Plain.text("x\u2028y\u202ez\u200b\ud800", 100)).isEqualTo("x\\u2028y\\u202ez\\u200b\\ud800");
    }

    @Test
    void ordinary_text_stays_as_it_is() {
        assertThat(Plain.text("Bücher, 本, \"quoted\" \\ 🙂", 100)).isEqualTo("Bücher, 本, \"quoted\" \\ 🙂");
    }

    @Test
    void nothing_is_cut_in_the_middle_and_twice_is_as_once() {
        String once = Plain.text("12345678\u001b\u001b", 15);
        assertThat(once).isEqualTo("12345678\\u001b");
        assertThat(Plain.text(once, 15)).isEqualTo(once);
    }
}
