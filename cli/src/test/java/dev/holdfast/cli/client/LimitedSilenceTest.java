package dev.holdfast.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LimitedSilenceTest {
    /** A connection whose other end is gone without a word. */
    private static final class Silent extends InputStream {
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public int read() throws IOException {
            try {
                closed.await();
                return -1;
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @Test
    @Timeout(60)
    void what_is_silent_for_too_long_is_cut_and_not_taken_for_an_end() throws IOException {
        try (LimitedSilence in = new LimitedSilence(new Silent(), Duration.ofMillis(40))) {
            assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessageContaining("nothing came for");
        }
    }

    @Test
    void what_comes_in_time_passes_as_it_is() throws IOException {
        byte[] bytes = {1, (byte) 200, 3};
        try (LimitedSilence in = new LimitedSilence(new ByteArrayInputStream(bytes), Duration.ofDays(1))) {
            assertThat(in.read()).isEqualTo(1);
            assertThat(in.readAllBytes()).containsExactly(200, 3);
            assertThat(in.read()).isEqualTo(-1);
        }
    }
}
