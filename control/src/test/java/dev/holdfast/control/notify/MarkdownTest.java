package dev.holdfast.control.notify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MarkdownTest {
    @Test
    void markup_is_escaped_and_ordinary_text_stays_readable() {
        assertThat(Markdown.escaped("snapshot of 2026-11-20 (1.5 GB): 50% - fine!"))
                .isEqualTo("snapshot of 2026-11-20 (1.5 GB): 50% - fine!");
        assertThat(Markdown.escaped("*a* _b_ `c` [d](e) ~f~ |g| \\"))
                .isEqualTo("\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\~f\\~ \\|g\\| \\\\");
        assertThat(Markdown.escaped("# a\n > b\n- c\nd # e")).isEqualTo("\\# a\n \\> b\n\\- c\nd # e");
    }

    @Test
    void nobody_is_mentioned() {
        assertThat(Markdown.escaped("@here")).isNotEqualTo("@here").endsWith("here");
    }

    @Test
    void no_escape_and_no_character_is_cut_in_two() {
        for (int most = 3; most < 60; most++) {
            String cut = Markdown.escaped("*_\uD83D\uDE80".repeat(40), most);
            assertThat(cut.length()).isLessThanOrEqualTo(most);
            assertThat(cut.replace("\\*", "")
                            .replace("\\_", "")
                            .replace("\uD83D\uDE80", "")
                            .replace(".", ""))
                    .isEmpty();
        }
        assertThat(Cut.to("ab\uD83D\uDE80cd", 6)).isEqualTo("ab\uD83D\uDE80cd");
        assertThat(Cut.to("abc\uD83D\uDE80cd", 6)).isEqualTo("abc...");
        assertThat(Cut.to("ab\uD83D\uDE80cde", 6)).isEqualTo("ab...");
        assertThat(Cut.tail("one\ntwo\nthree\n", 10)).isEqualTo("three\n");
        assertThat(Cut.tail("\uD83D\uDE80".repeat(10), 10)).isEqualTo("\uD83D\uDE80\uD83D\uDE80");
    }
}
