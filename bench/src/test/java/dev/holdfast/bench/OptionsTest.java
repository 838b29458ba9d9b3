package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

    @Test
    void the_defaults_are_three_pairs_of_all_phases() {
        Options options = Options.parse("database");

        assertThat(options.sizeBytes()).isEqualTo(2_500_000_000L);
        assertThat(options.pairs()).isEqualTo(3);
        assertThat(options.keep()).isFalse();
        assertThat(options.s3()).isEqualTo(Options.S3Kind.STAND);
        assertThat(options.wants("restore")).isTrue();
        assertThat(options.launcher()).isEmpty();
    }

    @Test
    void phases_can_be_chosen() {
        Options options = Options.parse("bucket", "--only", "first", "--only", "restore", "--s3", "rgw", "--keep");

        assertThat(options.wants("first")).isTrue();
        assertThat(options.wants("unchanged")).isFalse();
        assertThat(options.s3()).isEqualTo(Options.S3Kind.RGW);
        assertThat(options.keep()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"500MB, 500000000", "2.5GB, 2500000000", "10kB, 10000"})
    void sizes_have_units(String text, long bytes) {
        assertThat(Options.parse("directory", "--size", text).sizeBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tape",
                "directory --size 5",
                "directory --size 5MiB",
                "directory --pairs 0",
                "directory --pairs many",
                "directory --only second",
                "directory --s3 minio",
                "directory --fast",
                "directory --size"
            })
    void what_makes_no_sense_is_refused(String line) {
        assertThatThrownBy(() -> Options.parse(line.split(" ", -1))).isInstanceOf(BenchFailure.class);
    }
}
