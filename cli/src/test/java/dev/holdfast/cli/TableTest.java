package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columns_are_as_wide_as_their_widest_cell() {
        assertThat(new Table("PART", ">SIZE", "KIND")
                        .row("database", "92 MB", "postgres")
                        .row("Bücher", "1.8 GB", "")
                        .lines())
                .containsExactly(
                        "PART        SIZE  KIND", //
                        "database   92 MB  postgres",
                        "Bücher    1.8 GB");
    }

    @Test
    void a_row_has_a_cell_under_every_heading() {
        assertThatThrownBy(() -> new Table("A", "B").row("a")).isInstanceOf(IllegalArgumentException.class);
    }
}
