package dev.holdfast.control.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteSizeTest {
    @Test
    void sizes_are_read_with_their_unit() {
        assertThat(ByteSize.parse("64MiB")).contains(new ByteSize(64 << 20));
        assertThat(ByteSize.parse(" 1.5 GB ")).contains(new ByteSize(1_500_000_000));
        assertThat(ByteSize.parse("0B")).contains(new ByteSize(0));
    }

    @Test
    void what_has_no_known_unit_is_refused() {
        assertThat(ByteSize.parse("64")).isEmpty();
        assertThat(ByteSize.parse("64mb")).isEmpty();
        assertThat(ByteSize.parse("-1MB")).isEmpty();
        assertThat(ByteSize.parse("99999999999TB")).isEmpty();
    }

    @Test
    void a_size_is_shown_as_it_could_be_written() {
        assertThat(ByteSize.mebibytes(64)).hasToString("64MiB");
        assertThat(new ByteSize(1000)).hasToString("1000B");
        assertThat(new ByteSize(0)).hasToString("0B");
    }
}
