package dev.holdfast.server.browse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.operation.Step;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.server.view.ExportNewsView;
import dev.holdfast.server.view.FailureView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ExportFramesTest {
    private static final Duration NEVER = Duration.ofDays(1);
    private static final ExportNewsView END = ExportNewsView.of(new FailureView("damaged", 24, "it is", ""));
    private static final Step STEP = new Step(Step.Phase.EXPORT, "database");

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Each frame as its kind and its text. */
    private List<String> frames() throws IOException {
        List<String> frames = new ArrayList<>();
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(sent.toByteArray()));
        for (int kind = in.read(); kind >= 0; kind = in.read()) {
            byte[] content = in.readNBytes(in.readInt());
            frames.add(kind + " " + new String(content, StandardCharsets.UTF_8).replace("\0", "0"));
        }
        return frames;
    }

    private static String progress(int entries, int bytes) {
        return "1 {\"progress\":{\"phase\":\"export\",\"subject\":\"database\",\"entries\":" + entries
                + ",\"expectedEntries\":9,\"bytes\":" + bytes + ",\"expectedBytes\":0}}";
    }

    @Test
    void bytes_go_out_together_between_how_far_it_is_and_before_how_it_ended() throws IOException {
        try (ExportFrames frames = ExportFrames.to(sent, NEVER)) {
            ExportFile file = frames.file(true);
            Progress progress = frames.began(STEP);
            progress.expect(9, 0);
            file.write(bytes("xone"), 1, 3);
            file.write(bytes("two"), 0, 3);
            progress.advance(2, 6);
            file.patch(1, bytes("N"));
            file.commit();
            file.close();
            frames.ended(STEP);
            frames.tell(END);
        }
        assertThat(frames())
                .containsExactly(
                        progress(0, 0).replace("9", "0"),
                        progress(2, 6),
                        "0 onetwo",
                        "2 0000000\u0001N",
                        "1 {\"error\":{\"code\":\"damaged\",\"number\":24,\"message\":\"it is\",\"hint\":\"\"}}");
    }

    @Test
    void a_large_file_goes_out_in_pieces_and_nothing_of_it_is_lost() throws IOException {
        byte[] large = new byte[200_000];
        try (ExportFrames frames = ExportFrames.to(sent, NEVER)) {
            frames.file(false).write(large, 0, large.length);
            frames.tell(END);
        }
        assertThat(frames().stream().filter(frame -> frame.startsWith("0 ")).mapToInt(frame -> frame.length() - 2))
                .containsExactly(65_536, 65_536, 65_536, 3_392);
    }

    @Test
    void silence_is_broken_by_itself() throws InterruptedException {
        CountDownLatch beats = new CountDownLatch(3);
        OutputStream counting = new OutputStream() {
            @Override
            public void write(int one) {}

            @Override
            public void flush() {
                beats.countDown();
            }
        };
        try (ExportFrames frames = ExportFrames.to(counting, Duration.ofMillis(5))) {
            Progress _ = frames.began(STEP);
            assertThat(beats.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whoever_writes_to_nobody_is_told() {
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("nobody is there");
            }
        };
        try (ExportFrames frames = ExportFrames.to(gone, NEVER)) {
            ExportFile file = frames.file(false);
            byte[] large = new byte[70_000];
            assertThatThrownBy(() -> file.write(large, 0, large.length)).isInstanceOf(Cancelled.class);
            assertThatThrownBy(() -> frames.tell(END)).isInstanceOf(Cancelled.class);
        }
    }

    @Test
    void what_cannot_be_changed_is_not() {
        try (ExportFrames frames = ExportFrames.to(sent, NEVER)) {
            ExportFile file = frames.file(false);
            assertThat(file.seekable()).isFalse();
            assertThat(file.changeable()).isFalse();
            assertThatThrownBy(() -> file.patch(0, bytes("x"))).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> file.read(0, bytes("x"))).isInstanceOf(UnsupportedOperationException.class);
        }
    }
}
