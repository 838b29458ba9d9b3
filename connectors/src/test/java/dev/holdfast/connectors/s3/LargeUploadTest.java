package dev.holdfast.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is longer than the memory; {@code bench/upload} sends longer ones. */
final class LargeUploadTest {
    private static final long MIB = 1 << 20;

    @TempDir
    private Path folder;

    private String upload(int mebibytes, int maxParts, String heap) throws IOException, InterruptedException {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        heap,
                        "-XX:+UseSerialGC",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        classes,
                        LargeUpload.class.getName(),
                        Integer.toString(mebibytes),
                        Integer.toString(maxParts),
                        folder.toString()))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void two_gigabytes_are_sent_in_equal_parts_from_little_memory() throws Exception {
        assertThat(upload(2000, 10_000, "-Xmx160m"))
                .contains("sent=" + 2000 * MIB + " parts=125 part=" + 16 * MIB + " equal=true");
    }

    @Test
    void where_few_parts_are_allowed_they_are_longer_and_take_no_more_memory() throws Exception {
        assertThat(upload(1001, 25, "-Xmx96m"))
                .contains("sent=" + 1001 * MIB + " parts=20 part=" + 51 * MIB + " equal=true");
        assertThat(folder).isEmptyDirectory();
    }
}
