package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.operation.Step;
import dev.holdfast.engine.source.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTellerTest {
    private static final Step STEP = new Step(Step.Phase.CAPTURE, "media");
    private static final long SECOND = 1_000_000_000L;

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final AtomicLong nanos = new AtomicLong();

    private ProgressTeller teller(boolean live, int width) {
        return new ProgressTeller(
                new PrintStream(written, true, StandardCharsets.UTF_8), live, () -> width, nanos::get);
    }

    private String written() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_gauge_tells_share_rate_and_time_left() {
        Gauge gauge = new Gauge(STEP, 0);
        assertThat(gauge.text(SECOND)).isEqualTo("capturing media");

        gauge.expect(3000, 201_000_000);
        gauge.advance(1234, 90_450_000);

        assertThat(gauge.text(2 * SECOND))
                .isEqualTo("capturing media: 45 %, 90.5 MB of 201 MB, 1,234 of 3,000 entries, 45.2 MB/s, 2.4 s left");
    }

    @Test
    void a_gauge_without_an_expectation_promises_nothing() {
        Gauge gauge = new Gauge(STEP, 0);
        gauge.advance(5, 1000);

        assertThat(gauge.text(SECOND / 2)).isEqualTo("capturing media: 1.0 kB, 5 entries");
    }

    @Test
    void on_a_terminal_one_line_is_drawn_again_within_its_width_and_removed() {
        try (ProgressTeller teller = teller(true, 20)) {
            Progress progress = teller.began(STEP);
            progress.advance(1, 10_000_000);
            teller.tick();
            teller.ended(STEP);
        }

        assertThat(written())
                .contains("\r\u001b[Kcapturing media: 10")
                .endsWith("\r\u001b[K")
                .doesNotContain("\n");
        assertThat(written()).doesNotContain("capturing media: 10.");
    }

    @Test
    void elsewhere_a_line_is_told_every_ten_seconds_and_at_the_end() {
        try (ProgressTeller teller = teller(false, 80)) {
            Progress progress = teller.began(STEP);
            progress.advance(1, 10_000_000);
            nanos.set(9 * SECOND);
            teller.tick();
            nanos.set(10 * SECOND);
            teller.tick();
            teller.tick();
            nanos.set(12 * SECOND);
            teller.ended(STEP);
        }

        assertThat(written())
                .isEqualTo(
                        "capturing media: 10.0 MB, 1 entries, 1.0 MB/s\ncapturing media: done, 10.0 MB, 1 entry in 12 s\n");
    }

    @Test
    void a_step_that_moved_nothing_is_not_worth_a_line() {
        try (ProgressTeller teller = teller(false, 80)) {
            teller.began(STEP);
            teller.ended(STEP);
        }

        assertThat(written()).isEmpty();
    }
}
