package dev.holdfast.cli.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.run.Ticker;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Unavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private final Passing ticker = new Passing();
    private final List<String> told = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();

    /** Time that passes only by waiting. */
    private static final class Passing implements Ticker {
        private Duration elapsed = Duration.ZERO;

        @Override
        public Duration elapsed() {
            return elapsed;
        }

        @Override
        public void pause(Duration atMost) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            elapsed = elapsed.plus(atMost);
        }

        @Override
        public void wake() {}
    }

    private Supplier<String> away(int times) {
        return () -> {
            if (asked.incrementAndGet() <= times) {
                throw new Unavailable(ErrorCode.CATALOG_UNAVAILABLE, "away", "");
            }
            return "here";
        };
    }

    private Patience patience() {
        return new Patience(Duration.ofMinutes(1), ticker);
    }

    @Test
    void what_answers_later_is_waited_for_and_the_reason_told_once() {
        assertThat(patience().until(away(5), e -> told.add(e.getMessage()))).isEqualTo("here");
        assertThat(told).containsExactly("away");
    }

    @Test
    void patience_ends() {
        assertThatThrownBy(() -> patience().until(away(Integer.MAX_VALUE), _ -> {}))
                .isInstanceOf(Unavailable.class);
        assertThat(ticker.elapsed()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void what_is_wrong_for_good_is_not_waited_for() {
        assertThatThrownBy(() -> patience()
                        .until(
                                () -> {
                                    throw new Invalid(ErrorCode.CONFIGURATION_INVALID, "never", "");
                                },
                                _ -> {}))
                .isInstanceOf(Invalid.class);
        assertThat(ticker.elapsed()).isZero();
    }

    @Test
    void who_is_told_to_end_waits_no_longer() {
        Patience ended = new Patience(Duration.ofMinutes(1), ticker, () -> asked.get() == 2);

        assertThatThrownBy(() -> ended.until(away(Integer.MAX_VALUE), _ -> {})).isInstanceOf(Cancelled.class);
        assertThat(asked).hasValue(2);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> patience().until(away(Integer.MAX_VALUE), _ -> {}))
                .isInstanceOf(Cancelled.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
