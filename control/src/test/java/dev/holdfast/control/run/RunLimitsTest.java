package dev.holdfast.control.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RunLimitsTest {
    @Test
    void a_small_heap_has_room_for_fewer_runs() {
        assertThat(RunLimits.placesIn(64L << 20)).isEqualTo(1);
        assertThat(RunLimits.placesIn(256L << 20)).isEqualTo(2);
        assertThat(RunLimits.placesIn(64L << 30)).isEqualTo(4);
    }

    @Test
    void what_is_usual_stays_so() {
        assertThat(RunLimits.USUAL.stalledAfter()).isEqualTo(Duration.ofMinutes(30));
        assertThat(RunLimits.USUAL.lostAfter()).isEqualTo(Duration.ofSeconds(60));
        assertThat(RunLimits.USUAL.beat()).isEqualTo(Duration.ofSeconds(5));
        assertThat(RunLimits.USUAL.lateAfter()).isEqualTo(Duration.ofMinutes(10));
        assertThat(RunLimits.USUAL.keepEvents()).isEqualTo(Duration.ofDays(30));
    }
}
