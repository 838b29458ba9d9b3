package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataTest {
    private static final long SEED = 7;

    @TempDir
    private Path folder;

    private Path tree(String name, long seed) {
        Path root = Trees.create(folder.resolve(name));
        FileTree.HOME.fill(root, 3_000_000, seed);
        return root;
    }

    @Test
    void a_tree_is_the_same_for_the_same_seed_and_another_for_another() throws IOException {
        Path first = tree("first", SEED);
        Path again = tree("again", SEED);
        Path other = tree("other", SEED + 1);

        forgetFolderTimes(first);
        forgetFolderTimes(again);
        assertThatCode(() -> Trees.requireEqual(first, again)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Trees.requireEqual(first, other)).isInstanceOf(BenchFailure.class);
        assertThat(Trees.bytes(first)).isBetween(3_000_000L, 40_000_000L);
    }

    @Test
    void every_difference_of_a_copy_is_seen() throws IOException {
        Path original = tree("original", SEED);
        forgetFolderTimes(original);
        Path copy = folder.resolve("copy");
        Trees.copy(original, copy);
        assertThatCode(() -> Trees.requireEqual(original, copy)).doesNotThrowAnyException();
        Path file;
        try (Stream<Path> all = Files.walk(copy)) {
            file = all.filter(Files::isRegularFile).sorted().findFirst().orElseThrow();
        }

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        assertThatThrownBy(() -> Trees.requireEqual(original, copy)).hasMessageContaining("differs");
        Trees.copy(original, copy);
        Files.delete(file);
        forgetFolderTimes(copy);
        assertThatThrownBy(() -> Trees.requireEqual(original, copy)).hasMessageContaining("absent");
        Trees.copy(original, copy);
        Files.writeString(copy.resolve("extra"), "");
        assertThatThrownBy(() -> Trees.requireEqual(original, copy)).hasMessageContaining("entries, expected");
        Trees.copy(original, copy);
        assertThatThrownBy(() -> Trees.requireEqual(Trees.create(folder.resolve("empty")), copy))
                .hasMessageContaining("nothing was compared");
    }

    /** A folder has the time of its last change, which is the time of the test. */
    private static void forgetFolderTimes(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.filter(Files::isDirectory).toList()) {
                Files.setLastModifiedTime(path, FileTime.fromMillis(0));
            }
        }
    }

    @Test
    void documents_are_the_same_for_the_same_seed_and_have_seven_columns() throws IOException {
        byte[] rows = documents(SEED);

        assertThat(documents(SEED)).isEqualTo(rows);
        assertThat(documents(SEED + 1)).isNotEqualTo(rows);
        assertThat(new String(rows, StandardCharsets.UTF_8).lines())
                .allSatisfy(row -> assertThat(row.split("\t", -1)).hasSize(7));
    }

    @Test
    void documents_compress_as_documents_do() throws IOException {
        byte[] rows = documents(SEED);
        ByteArrayOutputStream small = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(small, new Deflater(6))) {
            out.write(rows);
        }

        assertThat((double) rows.length / small.size()).isBetween(2.0, 4.0);
    }

    private static byte[] documents(long seed) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Documents.write(1_000_000, seed, out);
        return out.toByteArray();
    }
}
