package dev.holdfast.connectors.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.holdfast.connectors.files.Shell;
import dev.holdfast.connectors.files.TestTree;
import dev.holdfast.engine.error.Failed;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodedFileTest {
    private static final byte[] CONTENT = content();

    @TempDir
    Path folder;

    private static byte[] content() {
        byte[] content = TestTree.random(3_000_000, 7);
        Arrays.fill(content, 500_000, 2_000_000, (byte) 'x');
        return content;
    }

    private static void write(EncodedFile file) {
        file.preflight();
        for (int from = 0; from < CONTENT.length; from += 77_777) {
            file.write(CONTENT, from, Math.min(77_777, CONTENT.length - from));
        }
    }

    private Path saved(byte[] bytes, String name) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    @Test
    void gzip_gives_back_what_was_compressed() throws Exception {
        MemoryFile out = new MemoryFile("out");
        try (GzipFile file = new GzipFile(out, 6)) {
            write(file);
            file.commit();
        }

        Path zipped = saved(out.bytes(), "content.gz");
        Shell.run("gzip", "-d", zipped.toString());
        assertThat(Files.readAllBytes(folder.resolve("content"))).isEqualTo(CONTENT);
        assertThat(out.isCommitted()).isTrue();
        assertThat(out.timesClosed()).isEqualTo(1);
    }

    @Test
    void gzip_that_is_not_committed_is_cut() {
        MemoryFile out = new MemoryFile("out");
        try (GzipFile file = new GzipFile(out, 1)) {
            write(file);
        }

        assertThat(out.isCommitted()).isFalse();
        assertThatThrownBy(() -> new GZIPInputStream(new ByteArrayInputStream(out.bytes())).readAllBytes())
                .isInstanceOf(EOFException.class);
    }

    @Test
    void gzip_of_nothing_is_a_file() throws Exception {
        MemoryFile out = new MemoryFile("out");
        try (GzipFile file = new GzipFile(out, 9)) {
            file.preflight();
            file.commit();
        }

        assertThat(new GZIPInputStream(new ByteArrayInputStream(out.bytes())).readAllBytes())
                .isEmpty();
    }

    @Test
    void zstd_gives_back_what_was_compressed_and_has_its_length_and_a_checksum() throws Exception {
        for (OptionalLong length : List.of(OptionalLong.empty(), OptionalLong.of(CONTENT.length))) {
            MemoryFile out = new MemoryFile("out");
            try (ZstdFile file = new ZstdFile(out, 3, length)) {
                write(file);
                file.commit();
            }

            Path packed = saved(out.bytes(), "content.zst");
            Shell.run("zstd", "-d", "-f", packed.toString());
            assertThat(Files.readAllBytes(folder.resolve("content"))).isEqualTo(CONTENT);
            assertThat(out.bytes()[4] & 4).as("checksum flag").isEqualTo(4);
            assertThat(Zstd.getFrameContentSize(out.bytes())).isEqualTo(length.orElse(-1));
        }
    }

    @Test
    void zstd_that_is_not_committed_is_cut() throws Exception {
        MemoryFile out = new MemoryFile("out");
        try (ZstdFile file = new ZstdFile(out, 3, OptionalLong.empty())) {
            write(file);
        }

        Path packed = saved(out.bytes(), "cut.zst");
        assertThatThrownBy(() -> Shell.run("zstd", "-t", packed.toString())).isInstanceOf(AssertionError.class);
    }

    @Test
    void zstd_of_nothing_is_a_file() throws Exception {
        MemoryFile out = new MemoryFile("out");
        try (ZstdFile file = new ZstdFile(out, 3, OptionalLong.empty())) {
            file.preflight();
            file.commit();
        }

        Shell.run("zstd", "-t", saved(out.bytes(), "empty.zst").toString());
    }

    @Test
    void zstd_refuses_another_length_than_was_said() {
        MemoryFile out = new MemoryFile("out");
        try (ZstdFile file = new ZstdFile(out, 3, OptionalLong.of(10))) {
            file.write(new byte[9], 0, 9);
            assertThatThrownBy(file::commit).isInstanceOf(Failed.class);
            assertThatThrownBy(() -> file.write(new byte[9], 0, 9)).isInstanceOf(Failed.class);
        }
        assertThat(out.isCommitted()).isFalse();
    }
}
