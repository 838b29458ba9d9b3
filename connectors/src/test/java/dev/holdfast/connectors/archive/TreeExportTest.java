package dev.holdfast.connectors.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.encode.MemoryFile;
import dev.holdfast.connectors.files.DirectorySource;
import dev.holdfast.connectors.files.TestTree;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.source.ExportReport;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.Progress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeExportTest {
    private static final String PREFIX = "shop/2026-01-01/";

    @TempDir
    Path folder;

    private final Map<String, MemoryFile> files = new ConcurrentSkipListMap<>();
    private final Map<String, FileFacts> facts = new ConcurrentSkipListMap<>();

    private MemoryFile create(FileName name, FileFacts told) {
        MemoryFile file = new MemoryFile(name.text());
        assertThat(files.put(name.text(), file)).as("a second file " + name).isNull();
        facts.put(name.text(), told);
        return file;
    }

    private ExportReport exported(MemoryPart part) {
        TreeExport export = new TreeExport(PREFIX, this::create);
        export.preflight(part);
        ExportReport report = export.export(part, Progress.NONE);
        assertThat(report.entries()).isEqualTo(part.entryCount());
        assertThat(report.bytes()).isEqualTo(part.contentBytes());
        assertThat(files.values())
                .allMatch(MemoryFile::isCommitted)
                .allMatch(MemoryFile::isOpen)
                .allMatch(file -> file.timesClosed() == 1);
        assertThat(report.written())
                .isEqualTo(files.values().stream()
                        .mapToLong(file -> file.bytes().length)
                        .sum());
        return report;
    }

    private String content(String name) {
        return new String(files.get(PREFIX + name).bytes(), StandardCharsets.UTF_8);
    }

    private List<String> metadata() {
        return content(NamedEntries.METADATA).lines().toList();
    }

    @Test
    void no_file_is_called_as_one_that_is_not_finished() {
        String name = ".holdfast-01234567-89ab-cdef-0123-456789abcdef.part";

        ExportReport report =
                exported(new TestBucketPart().object("a/" + name, "a").part());

        assertThat(report.findings()).hasSize(1);
        assertThat(files.keySet()).anyMatch(file -> file.startsWith(PREFIX + "a/" + name + "~"));
    }

    @Test
    void objects_are_files_behind_a_prefix_with_what_they_had() {
        ExportReport report = exported(new TestBucketPart()
                .object("a.png", "a")
                .object("deep/er/b.png", "b")
                .object("folder/", "")
                .part());

        assertThat(report.findings()).isEmpty();
        assertThat(files.keySet())
                .containsExactly(PREFIX + NamedEntries.METADATA, PREFIX + "a.png", PREFIX + "deep/er/b.png");
        assertThat(content("deep/er/b.png")).isEqualTo("b");
        FileFacts told = facts.get(PREFIX + "a.png");
        assertThat(told.contentType()).isEqualTo("image/png");
        assertThat(told.expectedBytes()).hasValue(1);
        // what is no ASCII is in the list alone
        assertThat(told.metadata()).containsExactly(Map.entry("x", "1"));
        assertThat(metadata()).hasSize(3).anyMatch(line -> line.contains("{\"key\":\"folder/\",\"type\":\"object\""));
    }

    @Test
    void keys_that_cannot_be_names_or_differ_only_in_case_get_others_and_are_told() {
        List<String> keys = List.of(
                "../up",
                "A.png",
                "a",
                "a.PNG",
                "a.png",
                "a/b",
                "a//c",
                "back\\slash",
                "CAF\u00c9",
                "caf\u00e9",
                "cafe\u0301",
                "line\nend",
                "s".repeat(241),
                "long/" + ("x".repeat(200) + "/").repeat(5) + "end");
        TestBucketPart bucket = new TestBucketPart();
        keys.forEach(key -> bucket.object(key, "content of " + key));
        ExportReport report = exported(bucket.part());

        assertThat(files.values().stream()
                        .map(file -> new String(file.bytes(), StandardCharsets.UTF_8))
                        .filter(text -> text.startsWith("content of ")))
                .containsExactlyInAnyOrderElementsOf(
                        keys.stream().map(key -> "content of " + key).toList());
        Set<String> folded = files.keySet().stream()
                .map(name -> name.toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.toSet());
        assertThat(folded).hasSameSizeAs(files.keySet());
        assertThat(content("a/b")).isEqualTo("content of a/b");
        assertThat(content("A.png")).isEqualTo("content of A.png");
        List<String> messages = report.findings().stream().map(Finding::message).toList();
        assertThat(messages)
                .anyMatch(line -> line.startsWith("4 entries") && line.contains("only in the case of letters"))
                .anyMatch(line -> line.contains("is both a file and a folder; the first is 'a'"))
                .anyMatch(line -> line.startsWith("2 entries") && line.contains("control character or a backslash"))
                .anyMatch(line -> line.contains("'.' or '..'"))
                .anyMatch(line -> line.contains("empty name"))
                .anyMatch(line -> line.contains("more than 240 bytes"))
                .anyMatch(line -> line.contains("is longer than 884 bytes"));
        assertThat(metadata()).hasSize(keys.size()).anyMatch(line -> line.contains("\"key\":\"../up\",\"name\":\"_~"));
        assertThat(metadata().stream().filter(line -> line.contains("\"name\"")))
                .hasSize(11);
    }

    @Test
    void a_second_export_gives_the_same_names() {
        MemoryPart part = new TestBucketPart()
                .object("a//b", "1")
                .object("x", "2")
                .object("X", "3")
                .object("x/y", "4")
                .part();
        exported(part);
        Set<String> first = Set.copyOf(files.keySet());
        files.clear();
        exported(part);

        assertThat(files.keySet()).isEqualTo(first);
    }

    @Test
    void a_directory_is_files_and_a_list_of_what_files_are_not() throws Exception {
        TestTree tree = new TestTree(folder.resolve("tree"));
        tree.fillWithEverything();
        MemoryPart part = new MemoryPart("directory");
        try (DirectorySource source = new DirectorySource(tree.path(), List.of(), List.of(), () -> Instant.EPOCH)) {
            source.preflight();
            part.with(source.capture(part));
        }
        ExportReport report = exported(part);

        assertThat(content("plain.txt")).isEqualTo("hello");
        assertThat(content("hard")).isEqualTo("hello");
        assertThat(content("folder/inside")).isEqualTo("inside");
        assertThat(files).doesNotContainKey(PREFIX + "link");
        assertThat((long) metadata().size()).isEqualTo(part.entryCount());
        assertThat(metadata())
                .anyMatch(line -> line.contains("\"key\":\"link\",\"type\":\"symbolic-link\"")
                        && line.contains("\"target\":\"plain.txt\""))
                .anyMatch(line -> line.contains("\"key\":\"mode-4755\"") && line.contains("\"mode\":\"4755\""))
                .anyMatch(line -> line.contains("\"xattrs\":{\"user.empty\":\"\",\"user.one\":\"AAH/\"}"));
        assertThat(report.findings().stream().map(Finding::message))
                .anyMatch(line -> line.contains("are links or special files, and only in " + NamedEntries.METADATA))
                .anyMatch(line -> line.contains("are further names of a file"))
                .anyMatch(line -> line.contains("is no text in UTF-8"));
    }

    @Test
    void a_file_that_cannot_be_written_fails_the_export_and_is_not_committed() {
        MemoryPart part = new TestBucketPart().object("a", "1").object("b", "2").part();
        MemoryFile full = new MemoryFile("full") {
            @Override
            public void write(byte[] bytes, int offset, int length) {
                throw new NoSpace(ErrorCode.STORE_FULL, "full", "");
            }
        };
        TreeExport export =
                new TreeExport("", (name, told) -> name.text().equals("b") ? full : new MemoryFile(name.text()));

        assertThatThrownBy(() -> export.export(part, Progress.NONE)).isInstanceOf(NoSpace.class);
        assertThat(full.isCommitted()).isFalse();
        assertThat(full.timesClosed()).isEqualTo(1);
    }

    @Test
    void a_database_is_refused() {
        assertThatThrownBy(() -> new TreeExport("", this::create).preflight(new MemoryPart("postgres")))
                .isInstanceOf(Unsupported.class);
    }
}
