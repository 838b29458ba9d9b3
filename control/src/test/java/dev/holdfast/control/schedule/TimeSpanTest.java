package dev.holdfast.control.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeSpanTest {
    @ParameterizedTest
    @CsvSource({
        "90m, PT90M",
        "6h, PT6H",
        "1h30m, PT90M",
        "2 days, PT48H",
        "1 week, PT168H",
        "30s, PT30S",
        "10 min, PT10M",
        "1d 12h, PT36H",
        "0s, PT0S"
    })
    void a_span_is_read(String text, Duration span) {
        assertThat(TimeSpan.parse(text)).contains(span);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "6", "h", "6x", "1.5h", "-6h", "6h!", "h6", "6months", "999999999w", "6h 3"})
    void anything_else_is_none(String text) {
        assertThat(TimeSpan.parse(text)).isEmpty();
    }

    @Test
    void what_is_shown_can_be_read() {
        assertThat(TimeSpan.shown(Duration.ofMinutes(90))).isEqualTo("1h30m");
        assertThat(TimeSpan.shown(Duration.ofDays(36))).isEqualTo("36d");
        assertThat(TimeSpan.shown(Duration.ZERO)).isEqualTo("0s");
        Duration odd = Duration.ofSeconds(100_001);
        assertThat(TimeSpan.parse(TimeSpan.shown(odd))).contains(odd);
    }
}
