package dev.holdfast.connectors.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.archive.ArchiveExporter.Format;
import dev.holdfast.connectors.encode.MemoryFile;
import dev.holdfast.connectors.files.DirectoryComparer;
import dev.holdfast.connectors.files.DirectorySource;
import dev.holdfast.connectors.files.FileProperties;
import dev.holdfast.connectors.files.Shell;
import dev.holdfast.connectors.files.TestTree;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.ExportReport;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.PartWriter.Change;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveExporterTest {
    @TempDir
    Path folder;

    private ExportReport report = new ExportReport(0, 0, 0, List.of());

    private static MemoryPart captured(Path tree) {
        MemoryPart part = new MemoryPart("directory");
        try (DirectorySource source = new DirectorySource(tree, List.of(), List.of(), () -> Instant.EPOCH)) {
            source.preflight();
            return part.with(source.capture(part));
        }
    }

    private byte[] exported(MemoryPart part, Format format) {
        MemoryFile file = new MemoryFile("archive");
        try (ArchiveExporter exporter = new ArchiveExporter(format, 6)) {
            exporter.preflight(part);
            report = exporter.export(part, file, Progress.NONE);
        }
        assertThat(report.entries()).isEqualTo(part.entryCount());
        assertThat(report.bytes()).isEqualTo(part.contentBytes());
        assertThat(report.written()).isEqualTo(file.bytes().length);
        return file.bytes();
    }

    /** Unpacked by the real program. */
    private Path unpacked(MemoryPart part, Format format) throws Exception {
        Path archive = Files.write(folder.resolve("archive." + format.label()), exported(part, format));
        Path to = Files.createDirectory(folder.resolve("unpacked"));
        if (format == Format.TAR) {
            Shell.run("tar", "-xpf", archive.toString(), "--xattrs", "--xattrs-include=*", "-C", to.toString());
        } else {
            Shell.run("unzip", "-q", "-^", "-X", "-K", archive.toString(), "-d", to.toString());
        }
        return to;
    }

    private static List<String> differences(Path directory, MemoryPart part) {
        List<String> differences = new ArrayList<>();
        try (DirectoryComparer comparer = new DirectoryComparer(directory, List.of(), List.of())) {
            comparer.compare(part, (subject, what) -> differences.add(subject + " " + what), Progress.NONE);
        }
        return differences;
    }

    private List<String> messages() {
        return report.findings().stream().map(Finding::message).toList();
    }

    @Test
    void a_directory_comes_out_of_tar_as_it_was() throws Exception {
        TestTree tree = new TestTree(folder.resolve("tree"));
        tree.fillWithEverything();
        if (Shell.run("id", "-u").strip().equals("0")) {
            tree.fillWithPrivileged();
        }
        tree.folder("deep");
        String deep = "deep";
        for (int i = 0; i < 4; i++) {
            deep += "/" + Integer.toString(i).repeat(120);
            tree.folder(deep);
        }
        tree.file(deep + "/end", "a path of many bytes");
        MemoryPart part = captured(tree.path());

        Path unpacked = unpacked(part, Format.TAR);

        assertThat(differences(unpacked, part)).allMatch(line -> line.startsWith("socket "));
        assertThat(Files.isSameFile(unpacked.resolve("plain.txt"), unpacked.resolve("hard")))
                .isTrue();
        assertThat(messages())
                .containsExactly(
                        "1 entries are sockets, pipes or devices, which tar cannot hold; the first is 'socket'");
    }

    @Test
    void random_trees_come_out_of_tar_as_they_were() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        TestTree tree = new TestTree(folder.resolve("tree"));
        tree.fillAtRandom(seed);
        MemoryPart part = captured(tree.path());

        assertThat(differences(unpacked(part, Format.TAR), part))
                .as("seed " + seed)
                .isEmpty();
        assertThat(messages()).isEmpty();
    }

    @Test
    void tar_says_sizes_from_8_gib_on() throws Exception {
        long nine = 9L << 30;
        MemoryFile file = new MemoryFile("archive");
        try (TarWriter tar = new TarWriter(file)) {
            FileProperties look = FileProperties.plain(0x1a4, Instant.ofEpochSecond(1_700_000_000));
            tar.begin(new Member(EntryKey.of("large"), EntryType.FILE, nine, look));
        }
        Path archive = Files.write(folder.resolve("head.tar"), file.bytes());

        String listed = Shell.run("sh", "-c", "tar --utc -tvf \"$0\" 2>&1 || true", archive.toString());
        assertThat(listed).contains(" 9663676416 2023-11-14 22:13 large");
    }

    @Test
    void an_empty_bucket_and_an_empty_directory_are_archives() throws Exception {
        for (Format format : Format.values()) {
            Path archive = Files.write(
                    folder.resolve("empty." + format.label()), exported(new TestBucketPart().part(), format));
            Path other = Files.write(
                    folder.resolve("folder." + format.label()),
                    exported(captured(new TestTree(folder.resolve("none" + format)).path()), format));
            for (Path each : List.of(archive, other)) {
                if (format == Format.TAR) {
                    Shell.run("tar", "-tf", each.toString());
                } else {
                    Shell.run("unzip", "-t", each.toString());
                }
            }
        }
    }

    @Test
    void a_directory_comes_out_of_zip_but_for_what_is_told() throws Exception {
        TestTree tree = new TestTree(folder.resolve("tree"));
        tree.file("plain.txt", "hello");
        tree.file("empty", "");
        tree.file("large.bin".getBytes(UTF_8), TestTree.random(3_000_000, 5));
        tree.folder("folder");
        tree.folder("folder/none");
        tree.file("folder/caf\u00e9 \ud83d\ude00", "text");
        tree.file("folder/new\nline", "text");
        tree.file("folder/" + "x".repeat(255), "long");
        tree.file("run", "#!/bin/sh");
        Files.setPosixFilePermissions(tree.path().resolve("run"), PosixFilePermissions.fromString("rwxr-x--x"));
        tree.link("link", "folder/none");
        tree.link("gone", "../no/such");
        Files.setLastModifiedTime(
                tree.path().resolve("plain.txt"), java.nio.file.attribute.FileTime.fromMillis(1_234_567_891_000L));
        MemoryPart part = captured(tree.path());

        Path unpacked = unpacked(part, Format.ZIP);
        Files.delete(unpacked.resolve(NamedEntries.METADATA));

        assertThat(messages()).isEmpty();
        // zip knows seconds, and unzip sets no times of links and of the folder it unpacks into
        assertThat(differences(unpacked, part)).allMatch(line -> line.contains(" time is "));
        assertThat(Files.getLastModifiedTime(unpacked.resolve("plain.txt")).toMillis())
                .isEqualTo(1_234_567_891_000L);
        assertThat(Files.readSymbolicLink(unpacked.resolve("gone"))).hasToString("../no/such");
    }

    @Test
    void what_zip_cannot_hold_is_told() throws Exception {
        TestTree tree = new TestTree(folder.resolve("tree"));
        tree.fillWithEverything();
        MemoryPart part = captured(tree.path());

        Path unpacked = unpacked(part, Format.ZIP);

        assertThat(messages())
                .anyMatch(line -> line.contains("is no text in UTF-8"))
                .anyMatch(line -> line.contains("sockets, pipes or devices"))
                .anyMatch(line -> line.contains("further names of a file"))
                .anyMatch(line -> line.contains("extended attributes"));
        assertThat(Files.readString(unpacked.resolve("hard"))).isEqualTo("hello");
        assertThat(Files.readString(unpacked.resolve("old"))).isEqualTo("1969");
        List<String> lines = Files.readAllLines(unpacked.resolve(NamedEntries.METADATA));
        assertThat((long) lines.size()).isEqualTo(part.entryCount());
        assertThat(lines).anyMatch(line -> line.contains("\"keyBase64\":\"//4=\",\"name\":\"__~"));
    }

    @Test
    void keys_of_a_bucket_are_names_and_the_rest_is_in_the_last_member() throws Exception {
        MemoryPart part = new TestBucketPart()
                .object("a.png", "a")
                .object("deep/er/b.png", "b")
                .object("folder/", "")
                .object("k".repeat(200) + "/" + "l".repeat(200), "long")
                .object("caf\u00e9 \ud83d\ude00", "c")
                .object("with\nline", "d")
                .part();
        for (Format format : Format.values()) {
            Path unpacked = unpacked(part, format);

            assertThat(messages()).isEmpty();
            assertThat(Files.readString(unpacked.resolve("a.png"))).isEqualTo("a");
            assertThat(Files.readString(unpacked.resolve("deep/er/b.png"))).isEqualTo("b");
            assertThat(Files.isDirectory(unpacked.resolve("folder"))).isTrue();
            assertThat(Files.readString(unpacked.resolve("k".repeat(200) + "/" + "l".repeat(200))))
                    .isEqualTo("long");
            assertThat(Files.readString(unpacked.resolve("caf\u00e9 \ud83d\ude00")))
                    .isEqualTo("c");
            assertThat(Files.readString(unpacked.resolve("with\nline"))).isEqualTo("d");
            assertThat(Files.getLastModifiedTime(unpacked.resolve("a.png")).toInstant())
                    .isEqualTo("2026-03-04T05:06:07Z");
            List<String> lines = Files.readAllLines(unpacked.resolve(NamedEntries.METADATA));
            assertThat(lines).hasSize(6);
            assertThat(lines.getFirst())
                    .isEqualTo(
                            "{\"key\":\"a.png\",\"type\":\"object\",\"bytes\":1,\"modified\":\"2026-03-04T05:06:07Z\","
                                    + "\"headers\":{\"content-type\":\"image/png\",\"etag\":\"0123456789abcdef0123456789abcdef\"},"
                                    + "\"metadata\":{\"author\":\"\u00c4nne\",\"x\":\"1\"},\"tags\":{\"kept\":\"yes\"}}");
            Shell.run("rm", "-r", unpacked.toString());
        }
    }

    @Test
    void keys_that_cannot_be_names_get_others_and_nothing_is_lost_or_leads_out() throws Exception {
        List<String> keys = List.of(
                "../up",
                "/absolute",
                "a",
                "a!b",
                "a/b",
                "a//c",
                "a/../../d",
                "./e",
                "f/..",
                "full/",
                "g".repeat(300),
                "x/" + "\u00e4".repeat(400),
                NamedEntries.METADATA,
                NamedEntries.METADATA + "/x");
        TestBucketPart bucket = new TestBucketPart();
        keys.forEach(key -> bucket.object(key, "content of " + key));
        MemoryPart part = bucket.part();
        for (Format format : Format.values()) {
            Path unpacked = unpacked(part, format);
            List<String> contents = new ArrayList<>();
            try (var all = Files.walk(unpacked)) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    if (!file.equals(unpacked.resolve(NamedEntries.METADATA))) {
                        contents.add(Files.readString(file));
                    }
                }
            }

            assertThat(contents)
                    .containsExactlyInAnyOrderElementsOf(
                            keys.stream().map(key -> "content of " + key).toList());
            assertThat(Files.readString(unpacked.resolve("a/b"))).isEqualTo("content of a/b");
            assertThat(messages()).anyMatch(line -> line.contains("is both a file and a folder; the first is 'a'"));
            assertThat(Files.readAllLines(unpacked.resolve(NamedEntries.METADATA)))
                    .hasSize(keys.size())
                    .anyMatch(line -> line.startsWith("{\"key\":\"../up\",\"name\":\"_~"));
            Shell.run("rm", "-r", unpacked.toString());
        }
    }

    @Test
    void a_replaced_name_is_never_that_of_another_key() throws Exception {
        Path first = unpacked(new TestBucketPart().object("q//r", "1").part(), Format.TAR);
        String replaced = Shell.run("ls", first.resolve("q").toString()).strip();
        Shell.run("rm", "-r", folder.resolve("unpacked").toString());
        MemoryPart part = new TestBucketPart()
                .object("q//r", "1")
                .object("q/" + replaced + "/r", "2")
                .part();

        Path unpacked = unpacked(part, Format.TAR);
        assertThat(Files.readString(unpacked.resolve("q/" + replaced + "/r"))).isEqualTo("2");
        assertThat(Files.readString(unpacked.resolve("q/" + replaced + "~/r"))).isEqualTo("1");
    }

    @Test
    void a_directory_whose_names_lead_out_is_refused() throws IOException {
        MemoryPart part = new MemoryPart("directory");
        part.add(new Entry(EntryKey.of(""), EntryType.DIRECTORY, Attributes.NONE, Content.EMPTY), Change.NEW);
        part.add(new Entry(EntryKey.of("../x"), EntryType.FILE, Attributes.NONE, Content.EMPTY), Change.NEW);
        for (Format format : Format.values()) {
            assertThatThrownBy(() -> exported(part, format))
                    .isInstanceOf(Damaged.class)
                    .hasMessageContaining("'../x'");
        }
    }

    @Test
    void a_database_is_refused() {
        try (ArchiveExporter exporter = new ArchiveExporter(Format.TAR, 0)) {
            assertThatThrownBy(() -> exporter.preflight(new MemoryPart("postgres")))
                    .isInstanceOf(Unsupported.class)
                    .hasMessageContaining("postgres");
        }
    }

    @Test
    void a_zip_of_more_members_than_16_bits_count_is_whole() throws Exception {
        TestBucketPart bucket = new TestBucketPart();
        for (int i = 0; i < 70_000; i++) {
            bucket.object("%05d".formatted(i), "");
        }
        Path archive = Files.write(folder.resolve("many.zip"), exported(bucket.part(), Format.ZIP));

        assertThat(Shell.run("unzip", "-tq", archive.toString())).contains("No errors detected");
        assertThat(Shell.run("sh", "-c", "unzip -Z1 \"$0\" | wc -l", archive.toString())
                        .strip())
                .isEqualTo("70001");
    }
}
