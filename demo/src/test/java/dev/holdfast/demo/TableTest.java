package dev.holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TableTest {
    @Test
    void names_stand_left_and_numbers_right() {
        Table table = new Table("", "lost", "size")
                .row("database", "1,234 rows", "5.0 MB")
                .row("ürün", "7 objects", "64 MB");
        assertThat(table.toString().lines())
                .containsExactly(
                        "                   lost     size",
                        "  ──────────────────────────────",
                        "  database   1,234 rows   5.0 MB",
                        "  ürün        7 objects    64 MB");
    }

    @Test
    void a_row_with_too_few_cells_is_refused() {
        assertThatThrownBy(() -> new Table("a", "b").row("one")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void numbers_are_short() {
        assertThat(Text.bytes(0)).isEqualTo("0 B");
        assertThat(Text.bytes(999)).isEqualTo("999 B");
        assertThat(Text.bytes(1_000)).isEqualTo("1.0 kB");
        assertThat(Text.bytes(9_949)).isEqualTo("9.9 kB");
        assertThat(Text.bytes(9_950)).isEqualTo("10 kB");
        assertThat(Text.bytes(999_499)).isEqualTo("999 kB");
        assertThat(Text.bytes(999_500)).isEqualTo("1.0 MB");
        assertThat(Text.bytes(67_108_864)).isEqualTo("67 MB");
        assertThat(Text.count(1_234_567)).isEqualTo("1,234,567");
        assertThat(Text.seconds(Duration.ofMillis(1_250))).isEqualTo("1.3 s");
        assertThat(Text.percent(1, 400)).isEqualTo("0.25 %");
        assertThat(Text.percent(1, 0)).isEqualTo("–");
    }
}
