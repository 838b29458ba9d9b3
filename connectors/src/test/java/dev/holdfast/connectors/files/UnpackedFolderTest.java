package dev.holdfast.connectors.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.connectors.dump.DumpFile;
import dev.holdfast.connectors.dump.DumpReader;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.Finding;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that people's tools made, and some that nobody who means well would make. */
class UnpackedFolderTest {
    private static final long ROOM = 1L << 40;

    @TempDir
    Path folder;

    private Path scratch;

    @BeforeEach
    void makeScratch() throws IOException {
        scratch = Files.createDirectory(folder.resolve("scratch"));
    }

    private static void sh(Path in, String script) throws Exception {
        Process process = new ProcessBuilder("bash", "-ec", script)
                .directory(in.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    private List<Finding> unpack(UnpackedFolder into, byte[] archive) {
        try (DumpFile file = DumpFile.open(new ByteArrayInputStream(archive), "it", Optional.empty())) {
            DumpReader.unpack(file, into);
        }
        return into.finish();
    }

    /** What {@code find} says of a folder. */
    private static String shape(Path of) throws Exception {
        Path list = Files.createTempFile("shape", "");
        try {
            sh(
                    of,
                    "find . -printf '%P %y %m %T@ %l\\n' | sed 's/0*$//' | LC_ALL=C sort > " + list
                            + "; find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum >> " + list);
            return Files.readString(list, StandardCharsets.ISO_8859_1);
        } finally {
            Files.delete(list);
        }
    }

    private Path source() throws Exception {
        Path source = Files.createDirectory(folder.resolve("source"));
        sh(source, """
                mkdir -p a/b 'c ü' empty
                seq 1 20000 > a/big; : > a/none; echo x > 'c ü/ä"; echo y > a/$(printf 'n%.0s' {1..150})
                ln -s ../a/big a/b/link; chmod 640 a/big; chmod 750 a
                printf z > $(printf 'a/\\xff')
                touch -h -d '2025-01-15 02:00:00 UTC' a/b/link; find . -type f -exec touch -d '2024-02-29 12:34:56 UTC' {} +
                touch -d '2024-02-29 12:34:56 UTC' a/b empty; chmod 700 .
                touch -d '2023-01-01 00:00:00 UTC' a 'c ü' .
                """.replace("ä\"", "ä'"));
        return source;
    }

    @ParameterizedTest
    @ValueSource(strings = {"--format=gnu", "--format=pax", "--format=gnu -z", "--format=ustar --exclude=n*"})
    void a_tar_comes_out_as_it_went_in(String how) throws Exception {
        Path source = source();
        if (how.contains("exclude")) {
            sh(source, "rm a/n?*; touch -d '2023-01-01 00:00:00 UTC' a");
        }
        sh(folder, "tar " + how + " -cf it.tar -C source .");
        try (UnpackedFolder unpacked = UnpackedFolder.in(scratch)) {
            List<Finding> findings = unpack(unpacked, Files.readAllBytes(folder.resolve("it.tar")));

            assertThat(findings).singleElement().asString().contains("no UTF-8");
            assertThat(shape(unpacked.path())).isEqualTo(shape(source));
        }
        assertThat(scratch).isEmptyDirectory();
    }

    @Test
    void hard_links_stay_links() throws Exception {
        sh(folder, "mkdir l; echo one > l/a; ln l/a l/b; tar -cf it.tar -C l .");
        try (UnpackedFolder unpacked = UnpackedFolder.in(scratch)) {
            assertThat(unpack(unpacked, Files.readAllBytes(folder.resolve("it.tar"))))
                    .isEmpty();
            assertThat(Files.isSameFile(
                            unpacked.path().resolve("a"), unpacked.path().resolve("b")))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip -qry ../it.zip .", "zip -qry0 ../it.zip ."})
    void a_zip_comes_out_as_it_went_in(String how) throws Exception {
        Path source = source();
        sh(source, "rm a/$(printf '\\xff'); touch -d '2023-01-01 00:00:00 UTC' a; " + how);
        sh(source, "touch -h -d '2025-01-15 02:00:00 UTC' a/b/link; touch -d '2024-02-29 12:34:56 UTC' a/b");
        try (UnpackedFolder unpacked = UnpackedFolder.in(scratch)) {
            assertThat(unpack(unpacked, Files.readAllBytes(folder.resolve("it.zip"))))
                    .isEmpty();
            sh(unpacked.path(), "touch -d '2023-01-01 00:00:00 UTC' .");
            assertThat(shape(unpacked.path())).isEqualTo(shape(source));
        }
    }

    @Test
    void a_zip_that_was_streamed_comes_out_too() throws Exception {
        sh(folder, "mkdir z; seq 1 9999 > z/a; seq 1 999 > z/b; (cd z; zip -qr - . | cat > ../it.zip)");
        try (UnpackedFolder unpacked = UnpackedFolder.in(scratch)) {
            assertThat(unpack(unpacked, Files.readAllBytes(folder.resolve("it.zip"))))
                    .isEmpty();
            assertThat(unpacked.path().resolve("a")).hasSameBinaryContentAs(folder.resolve("z/a"));
            assertThat(unpacked.path().resolve("b")).hasSameBinaryContentAs(folder.resolve("z/b"));
        }
    }

    @Test
    void nothing_is_written_outside_or_through_a_link_and_what_is_refused_is_told() throws Exception {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        byte[] tar = tar(
                entry("../out1", '0', "", "evil"),
                entry(outside + "/out2", '0', "", "evil"),
                entry("a/../../out3", '0', "", "evil"),
                entry("way", '2', outside.toString(), ""),
                entry("way/out4", '0', "", "evil"),
                entry("up", '2', "../outside", ""),
                entry("up/out5", '0', "", "evil"),
                entry("dir/", '5', "", ""),
                entry("dir/in", '2', ".", ""),
                entry("dir/in/out6", '0', "", "evil"),
                entry("back", '2', "dir/in/../../../outside", ""),
                entry("hard", '1', "../outside/old", ""),
                entry("hard2", '1', "dir/in/old", ""),
                entry("disk", '4', "", ""),
                entry("pipe", '6', "", ""),
                entry("dir", '0', "", "evil"),
                entry("dir/in", '0', "", "good"),
                entry("dir/in/", '5', "", ""),
                entry("good", '0', "", "good"));
        Files.writeString(outside.resolve("old"), "untouched");
        try (UnpackedFolder unpacked = UnpackedFolder.in(scratch)) {
            List<Finding> findings = unpack(unpacked, tar);

            assertThat(findings)
                    .extracting(finding -> finding.subject() + ": " + finding.message())
                    .anyMatch(said -> said.startsWith("../out1:") && said.contains("leads out"))
                    .anyMatch(said -> said.contains("out2:") && said.contains("absolute"))
                    .anyMatch(said -> said.startsWith("way:") && said.contains("link that leads out"))
                    .anyMatch(said -> said.startsWith("disk:") && said.contains("device"))
                    .anyMatch(said -> said.startsWith("hard2:") && said.contains("not there"))
                    .anyMatch(said -> said.startsWith("dir:") && said.contains("folder of its name"));
            assertThat(outside.resolve("old")).hasContent("untouched");
            try (Stream<Path> left = Files.walk(folder)) {
                assertThat(left.map(path -> String.valueOf(path.getFileName())))
                        .doesNotContain("out1", "out2", "out3", "out6");
            }
            assertThat(outside).isDirectoryContaining("glob:**/old");
            assertThat(outside.toFile().list()).containsExactly("old");
            assertThat(unpacked.path().resolve("dir/in")).hasContent("good");
            assertThat(Files.isSymbolicLink(unpacked.path().resolve("dir/in"))).isFalse();
            assertThat(unpacked.path().resolve("way/out4")).hasContent("evil");
            assertThat(Files.isDirectory(unpacked.path().resolve("way"), LinkOption.NOFOLLOW_LINKS))
                    .isTrue();
            assertThat(unpacked.path().resolve("good")).hasContent("good");
        }
        assertThat(scratch).isEmptyDirectory();
    }

    @Test
    void a_link_in_a_zip_never_leads_out() throws Exception {
        sh(
                folder,
                "mkdir l; echo secret > other; cd l; ln -s ../other out; ln -s in in2; echo x > in; zip -qry ../it.zip .");
        try (UnpackedFolder unpacked = UnpackedFolder.in(scratch)) {
            List<Finding> findings = unpack(unpacked, Files.readAllBytes(folder.resolve("it.zip")));

            assertThat(findings)
                    .singleElement()
                    .isEqualTo(new Finding("out", "it was left out: it is a link that leads out of the folder"));
            assertThat(unpacked.path().toFile().list()).containsExactlyInAnyOrder("in", "in2");
            assertThat(Files.readSymbolicLink(unpacked.path().resolve("in2"))).hasToString("in");
        }
    }

    @Test
    void a_bomb_ends_where_the_room_does_and_leaves_nothing() throws Exception {
        sh(folder, "head -c 100000000 /dev/zero > zeros; zip -q bomb.zip zeros; rm zeros");
        byte[] bomb = Files.readAllBytes(folder.resolve("bomb.zip"));
        assertThat(bomb.length).isLessThan(200_000);
        long[] left = {(256L << 20) + (20L << 20)};
        Path here = scratch.resolve("x");
        try (UnpackedFolder unpacked = new UnpackedFolder(here, null, () -> left[0] - bytes(here))) {
            assertThatExceptionOfType(NoSpace.class).isThrownBy(() -> unpack(unpacked, bomb));
            assertThat(bytes(here)).isLessThan(40L << 20);
        }
        assertThat(scratch).isEmptyDirectory();
    }

    private static long bytes(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void what_is_cut_or_sparse_is_refused_whole() throws Exception {
        byte[] tar = tar(entry("a", '0', "", "x".repeat(5000)));
        sh(folder, "truncate -s 10M hole; echo x >> hole; tar -Scf old.tar hole; tar -Scf new.tar --format=pax hole");
        try (UnpackedFolder unpacked = new UnpackedFolder(scratch.resolve("x"), null, () -> ROOM)) {
            assertThatExceptionOfType(Damaged.class).isThrownBy(() -> unpack(unpacked, Arrays.copyOf(tar, 3000)));
            for (String name : List.of("old.tar", "new.tar")) {
                byte[] sparse = Files.readAllBytes(folder.resolve(name));
                assertThatExceptionOfType(Unsupported.class)
                        .as(name)
                        .isThrownBy(() -> unpack(unpacked, sparse))
                        .withMessageContaining("sparse");
            }
        }
        assertThat(scratch).isEmptyDirectory();
    }

    @Test
    void a_folder_gets_its_name_when_it_is_complete_and_never_over_another() throws Exception {
        Path target = folder.resolve("new/here");
        try (UnpackedFolder unpacked = UnpackedFolder.becoming(target)) {
            unpack(unpacked, tar(entry("a", '0', "", "one")));
            assertThat(target).doesNotExist();
            unpacked.commit();
        }
        assertThat(target.resolve("a")).hasContent("one");
        assertThatExceptionOfType(AlreadyExists.class).isThrownBy(() -> UnpackedFolder.becoming(target));
        Path late = Files.createDirectory(folder.resolve("new/late"));
        try (UnpackedFolder unpacked = UnpackedFolder.becoming(late)) {
            unpack(unpacked, tar(entry("a", '0', "", "two")));
            Files.writeString(late.resolve("b"), "came meanwhile");
            assertThatExceptionOfType(HoldfastException.class).isThrownBy(unpacked::commit);
        }
        assertThat(late.toFile().list()).containsExactly("b");
        assertThat(target.resolve("a")).hasContent("one");
        assertThat(folder.resolve("new").toFile().list()).containsExactlyInAnyOrder("here", "late");
    }

    private record TarEntry(String name, char kind, String target, String content) {}

    private static TarEntry entry(String name, char kind, String target, String content) {
        return new TarEntry(name, kind, target, content);
    }

    /** By hand: no tar that people have would write these. */
    private static byte[] tar(TarEntry... entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (TarEntry entry : entries) {
            byte[] content = entry.content().getBytes(StandardCharsets.UTF_8);
            byte[] header = new byte[512];
            put(header, 0, entry.name());
            put(header, 100, "0000644\0");
            put(header, 124, "%011o".formatted(content.length));
            put(header, 136, "14741006000");
            put(header, 148, "        ");
            header[156] = (byte) entry.kind();
            put(header, 157, entry.target());
            put(header, 257, "ustar\0" + "00");
            int sum = 0;
            for (byte b : header) {
                sum += b & 0xff;
            }
            put(header, 148, "%06o\0 ".formatted(sum));
            out.writeBytes(header);
            out.writeBytes(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
        }
        out.writeBytes(new byte[1024]);
        return out.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
