package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class FormatTest {
    @Test
    void sizes_have_three_digits() {
        assertThat(Format.bytes(0)).isEqualTo("0 B");
        assertThat(Format.bytes(999)).isEqualTo("999 B");
        assertThat(Format.bytes(1_000)).isEqualTo("1.0 kB");
        assertThat(Format.bytes(1_849_999)).isEqualTo("1.8 MB");
        assertThat(Format.bytes(99_960_000)).isEqualTo("100 MB");
        assertThat(Format.bytes(201_000_000)).isEqualTo("201 MB");
        assertThat(Format.bytes(999_900_000)).isEqualTo("1.0 GB");
        assertThat(Format.bytes(Long.MAX_VALUE)).isEqualTo("9.2 EB");
    }

    @Test
    void counts_are_grouped() {
        assertThat(Format.count(0)).isEqualTo("0");
        assertThat(Format.count(999)).isEqualTo("999");
        assertThat(Format.count(1_234_567)).isEqualTo("1,234,567");
        assertThat(Format.count(-1234)).isEqualTo("-1,234");
        assertThat(Format.count(1, "part", "parts")).isEqualTo("1 part");
        assertThat(Format.count(2, "part", "parts")).isEqualTo("2 parts");
    }

    @Test
    void a_share_is_never_rounded_to_nothing() {
        assertThat(Format.percent(12, 2010)).isEqualTo("0.6 %");
        assertThat(Format.percent(1, 1_000_000)).isEqualTo("under 0.1 %");
        assertThat(Format.percent(0, 100)).isEqualTo("0 %");
        assertThat(Format.percent(50, 100)).isEqualTo("50 %");
        assertThat(Format.percent(0, 0)).isEqualTo("0 %");
        assertThat(Format.percent(5, 0)).isEqualTo("100 %");
    }

    @Test
    void durations_are_as_precise_as_people_need() {
        assertThat(Format.duration(Duration.ofMillis(840))).isEqualTo("0.8 s");
        assertThat(Format.duration(Duration.ofMillis(9_990))).isEqualTo("10 s");
        assertThat(Format.duration(Duration.ofSeconds(42))).isEqualTo("42 s");
        assertThat(Format.duration(Duration.ofSeconds(200))).isEqualTo("3 min 20 s");
        assertThat(Format.duration(Duration.ofMinutes(72))).isEqualTo("1 h 12 min");
    }

    @Test
    void times_are_local_and_say_so() {
        Instant instant = Instant.parse("2026-11-20T05:03:09Z");

        assertThat(Format.time(instant, ZoneOffset.UTC)).isEqualTo("2026-11-20 05:03:09 UTC");
        assertThat(Format.time(instant, ZoneId.of("Europe/Berlin"))).isEqualTo("2026-11-20 06:03:09 +01:00");
    }

    @Test
    void nothing_from_outside_commands_the_terminal() {
        assertThat(Format.clean("a\u001b[31mb\nc")).isEqualTo("a?[31mb\nc");
    }
}
