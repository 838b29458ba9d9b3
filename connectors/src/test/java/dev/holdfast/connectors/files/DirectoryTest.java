package dev.holdfast.connectors.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.connectors.workers.HookedPart;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.PartWriter.Change;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestoreReport;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Directories captured, restored and compared, on a real file system. */
final class DirectoryTest {
    /** Late enough that nothing was written just now. */
    private static final InstantSource LATER = () -> Instant.now().plusSeconds(10);

    private Path folder;
    private TestTree tree;
    private Path copy;
    private long compared;

    @BeforeEach
    void makeTree() throws IOException {
        folder = Files.createTempDirectory("holdfast-files-");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        tree = new TestTree(folder.resolve("source"));
        copy = folder.resolve("copy");
    }

    @AfterEach
    void removeTree() throws IOException, InterruptedException {
        Shell.run("rm", "-rf", folder.toString());
    }

    private static boolean isRoot() {
        return Posix.open().isRoot();
    }

    @Test
    void a_directory_that_holds_a_repository_is_never_replaced(@TempDir Path place) throws IOException {
        LocalStore store = new LocalStore(place.resolve("files/deep/backup"));
        store.prepare();
        Files.createDirectories(place.resolve("files/deep/backup/keys"));
        Files.writeString(place.resolve("files/deep/backup/config"), "{}");
        try (DirectoryTarget target = new DirectoryTarget(place.resolve("files"))) {
            assertThatThrownBy(() -> target.preflight(new MemoryPart("directory"), true))
                    .isInstanceOf(Invalid.class)
                    .hasMessageContaining("deep/backup' holds a repository");
        }
    }

    @Test
    void everything_comes_back_as_it_was() throws IOException {
        tree.fillWithEverything();
        if (isRoot()) {
            tree.fillWithPrivileged();
        }
        MemoryPart part = capture(new MemoryPart("directory"));
        RestoreReport report = restore(part, copy, false);

        assertThat(report.findings()).isEmpty();
        assertThat(report.entries()).isEqualTo(part.entryCount());
        assertThat(report.bytes()).isEqualTo(part.contentBytes());
        assertThat(differences(part, copy)).isEmpty();
        assertThat(compared).isEqualTo(part.entryCount());
        assertThat(differences(part, tree.path())).isEmpty();
        assertThat(part.findings()).isEmpty();
    }

    @Test
    void a_restored_directory_is_equal_for_other_tools_too() throws IOException, InterruptedException {
        tree.fillWithEverything();
        restore(capture(new MemoryPart("directory")), copy, false);

        String format = "%P %y %m %U %G %s %T@ %l %n\\n";
        assertThat(listing(copy, format)).isEqualTo(listing(tree.path(), format));
        Shell.run(
                "diff",
                "-r",
                "--no-dereference",
                "-x",
                "pipe",
                "-x",
                "socket",
                tree.path().toString(),
                copy.toString());
    }

    /** Lengths of directories are the file system's own business. */
    private static List<String> listing(Path of, String format) throws IOException, InterruptedException {
        return Shell.run("find", of.toString(), "-printf", format)
                .lines()
                .map(line -> line.replaceAll("^(.* d \\d+ \\d+ \\d+) \\d+ (.*)$", "$1 $2"))
                .sorted()
                .toList();
    }

    @Test
    void a_second_capture_reads_nothing_again() throws IOException {
        tree.fillWithEverything();
        MemoryPart first = capture(new MemoryPart("directory"));
        MemoryPart second = capture(first.following());

        assertThat(first.readEntries()).isPositive();
        assertThat(second.readEntries()).isZero();
        assertThat(second.readBytes()).isZero();
        assertThat(second.entryCount()).isEqualTo(first.entryCount());
        assertThat(second.changes().values()).containsOnly(Change.UNCHANGED);
    }

    @Test
    void only_the_changed_file_is_read() throws IOException {
        for (int i = 0; i < 50; i++) {
            tree.file("file-%02d".formatted(i), "content " + i);
        }
        MemoryPart first = capture(new MemoryPart("directory"));
        tree.append("file-20", "more");
        tree.posix.unlink(tree.raw("file-30"));
        MemoryPart second = capture(first.following());

        assertThat(second.readEntries()).isEqualTo(1);
        assertThat(second.changes())
                .containsEntry(EntryKey.of("file-20"), Change.CHANGED)
                .containsEntry(EntryKey.of("file-21"), Change.UNCHANGED)
                .containsEntry(EntryKey.of(""), Change.CHANGED)
                .doesNotContainKey(EntryKey.of("file-30"));
        assertThat(differences(second, tree.path())).isEmpty();
    }

    @Test
    void a_change_that_hides_behind_its_old_time_and_length_is_seen() throws IOException {
        tree.file("file", "aaaa");
        Instant time = tree.posix.stat(tree.raw("file")).modified();
        MemoryPart first = capture(new MemoryPart("directory"));
        Files.writeString(tree.path().resolve("file"), "bbbb");
        tree.posix.changeTime(tree.raw("file"), time);
        MemoryPart second = capture(first.following());

        assertThat(second.readEntries()).isEqualTo(1);
        assertThat(differences(second, tree.path())).isEmpty();
    }

    @Test
    void a_file_written_just_before_it_was_read_is_read_again() throws IOException {
        tree.file("file", "aaaa");
        MemoryPart first = capture(tree.path(), new MemoryPart("directory"), Instant::now);
        MemoryPart second = capture(first.following());
        MemoryPart third = capture(second.following());

        assertThat(second.readEntries()).isEqualTo(1);
        assertThat(third.readEntries()).isZero();
    }

    @Test
    void a_file_replaced_by_a_folder_and_the_other_way_round_is_taken_as_it_is() throws IOException {
        tree.file("a", "file");
        tree.folder("b");
        MemoryPart first = capture(new MemoryPart("directory"));
        tree.posix.unlink(tree.raw("a"));
        tree.folder("a");
        tree.file("a/x", "x");
        tree.posix.removeFolder(tree.raw("b"));
        tree.link("b", "a");
        MemoryPart second = capture(first.following());
        restore(second, copy, false);

        assertThat(differences(second, copy)).isEmpty();
        assertThat(copy.resolve("a/x")).hasContent("x");
    }

    @Test
    void patterns_leave_out_files_and_whole_directories() throws IOException {
        for (String name : List.of("cache", "src", "src/cache", "src/build", "keep", "keep/tmp")) {
            tree.folder(name);
        }
        for (String name : List.of(
                "a.tmp", "src/b.tmp", "src/c.java", "cache/x", "src/cache/y", "src/build/z", "keep/important.tmp")) {
            tree.file(name, "x");
        }
        MemoryPart part = new MemoryPart("directory");
        try (DirectorySource source = new DirectorySource(
                tree.path(), List.of("*.tmp", "cache/", "/src/build", "!important.tmp"), List.of(), LATER)) {
            part.with(source.capture(part));
        }

        assertThat(keys(part)).containsExactly("", "keep/", "keep/important.tmp", "keep/tmp/", "src/", "src/c.java");
        assertThat(part.details()).containsEntry("excluded", "5");
    }

    @Test
    void a_repository_inside_its_own_source_is_left_out_whatever_it_is_called() throws IOException {
        tree.folder("backups");
        tree.file("backups/pack", "x");
        tree.file("file", "x");
        Path alias =
                Files.createSymbolicLink(folder.resolve("alias"), tree.path().resolve("backups"));
        MemoryPart part = new MemoryPart("directory");
        try (DirectorySource source = new DirectorySource(tree.path(), List.of(), List.of(alias), LATER)) {
            source.preflight();
            source.capture(part);
        }

        assertThat(keys(part)).containsExactly("", "file");
        try (DirectorySource itself = new DirectorySource(alias, List.of(), List.of(alias), LATER)) {
            assertThatThrownBy(itself::preflight).isInstanceOf(Invalid.class);
        }
    }

    @Test
    void file_systems_of_the_kernel_are_not_entered() throws Exception {
        assumeTrue(isRoot(), "mounting needs root");
        tree.folder("proc");
        tree.file("file", "x");
        Shell.run("mount", "-t", "proc", "proc", tree.path().resolve("proc").toString());
        try {
            MemoryPart part = capture(new MemoryPart("directory"));

            assertThat(keys(part)).containsExactly("", "file", "proc/");
            assertThat(part.details()).containsEntry("kernel-file-systems", "1");
        } finally {
            Shell.run("umount", tree.path().resolve("proc").toString());
        }
    }

    @Test
    void other_mounted_file_systems_belong_to_the_directory() throws Exception {
        assumeTrue(isRoot(), "mounting needs root");
        try (SmallDisk disk = SmallDisk.mounted(tree.path().resolve("disk"), "1m")) {
            Files.writeString(disk.path().resolve("file"), "x");

            assertThat(keys(capture(new MemoryPart("directory")))).containsExactly("", "disk/", "disk/file");
        }
    }

    @Test
    void files_that_cannot_be_read_end_the_capture_with_their_names() throws Exception {
        for (int i = 0; i < 30; i++) {
            tree.file("secret-%02d".formatted(i), "x");
            tree.posix.changeMode(tree.raw("secret-%02d".formatted(i)), isRoot() ? 0x180 : 0);
        }
        tree.file("public", "x");
        tree.posix.changeMode(tree.raw("public"), 0x1a4);
        tree.folder("closed");
        tree.posix.changeMode(tree.raw("closed"), isRoot() ? 0x1c0 : 0);
        MemoryPart part = new MemoryPart("directory");

        assertThatThrownBy(() -> AsNobody.call(() -> capture(part)))
                .isInstanceOfSatisfying(
                        AccessDenied.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_UNREADABLE))
                .hasMessageContaining("'secret-00' (permission denied)")
                .hasMessageContaining("'closed/' (permission denied)")
                .hasMessageContaining("and 11 more");
        tree.posix.changeMode(tree.raw("closed"), 0x1c0);
    }

    @Test
    void a_directory_that_cannot_be_read_is_refused_beforehand() throws Exception {
        tree.posix.changeMode(RawPath.of(tree.path()), isRoot() ? 0x1c0 : 0);

        assertThatThrownBy(() -> AsNobody.call(() -> {
                    preflight(tree.path());
                    return null;
                }))
                .isInstanceOf(AccessDenied.class);
        tree.posix.changeMode(RawPath.of(tree.path()), 0x1c0);
    }

    @Test
    void a_missing_directory_is_named() throws IOException {
        tree.file("file", "x");
        for (Path missing : List.of(folder.resolve("nowhere"), tree.path().resolve("file"))) {
            assertThatThrownBy(() -> preflight(missing))
                    .isInstanceOfSatisfying(
                            Missing.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DIRECTORY_MISSING))
                    .hasMessageContaining(missing.toString());
        }
    }

    private static void preflight(Path directory) {
        try (DirectorySource source = new DirectorySource(directory, List.of(), List.of(), LATER)) {
            source.preflight();
        }
    }

    @Test
    void a_file_that_changes_while_it_is_read_is_read_again() throws IOException {
        tree.file("log", "first");
        MemoryPart part = new MemoryPart("directory");
        capture(tree.path(), new HookedPart(part, () -> append("log", " more")), LATER);

        assertThat(part.findings()).isEmpty();
        assertThat(part.readEntries()).isEqualTo(2);
        assertThat(differences(part, tree.path())).isEmpty();
    }

    @Test
    void a_file_that_never_holds_still_is_kept_and_named() throws IOException {
        tree.file("log", "first");
        tree.file("other", "x");
        MemoryPart part = new MemoryPart("directory");
        capture(tree.path(), new HookedPart(part, 10, () -> append("log", " more")), LATER);

        assertThat(part.findings()).hasSize(1);
        assertThat(part.findings().getFirst().subject()).isEqualTo("log");
        assertThat(part.findings().getFirst().message()).contains("changed while it was read");
        assertThat(keys(part)).containsExactly("", "log", "other");
        assertThat(capture(part.following()).changes()).containsEntry(EntryKey.of("log"), Change.CHANGED);
    }

    private void append(String name, String more) {
        try {
            tree.append(name, more);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_file_that_disappears_while_the_directory_is_read_is_left_out_and_counted() throws IOException {
        for (int i = 0; i < 3000; i++) {
            tree.file("file-%04d".formatted(i), "x");
        }
        MemoryPart part = new MemoryPart("directory");
        Map<String, String> details = capture(
                tree.path(),
                new HookedPart(part, () -> {
                    try {
                        tree.posix.unlink(tree.raw("file-2999"));
                        tree.posix.unlink(tree.raw("file-2998"));
                    } catch (PosixException e) {
                        throw new UncheckedIOException(e);
                    }
                }),
                LATER);

        assertThat(part.entryCount()).isEqualTo(2999);
        assertThat(details).containsEntry("vanished", "2");
    }

    @Test
    void a_further_name_outlives_a_first_name_that_disappears() throws IOException {
        for (int i = 0; i < 4; i++) {
            tree.file("0" + i, "x");
        }
        tree.file("a", "shared");
        tree.posix.hardLink(tree.raw("a"), tree.raw("b"));
        tree.posix.hardLink(tree.raw("a"), tree.raw("c"));
        MemoryPart part = new MemoryPart("directory");
        Runnable removeFirst = () -> {
            try {
                tree.posix.unlink(tree.raw("a"));
            } catch (PosixException e) {
                throw new UncheckedIOException(e);
            }
        };
        // the other files hold up all readers until the first name is gone
        capture(tree.path(), new HookedPart(part, removeFirst), LATER);

        assertThat(keys(part)).doesNotContain("a").contains("b", "c");
        restore(part, copy, false);
        assertThat(copy.resolve("b")).hasContent("shared");
        assertThat(copy.resolve("c")).hasContent("shared");
        assertThat(differences(part, copy)).isEmpty();
    }

    @Test
    void names_under_another_locale_are_the_same_bytes() throws IOException, InterruptedException {
        tree.fillWithEverything();
        for (String locale : List.of("C", "POSIX", "C.UTF-8")) {
            Path target = folder.resolve("copy-" + locale);
            ProcessBuilder java = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:+UseSerialGC",
                            "-Xmx128m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            RoundTrip.class.getName(),
                            tree.path().toString(),
                            target.toString())
                    .inheritIO();
            java.environment().put("LC_ALL", locale);
            Process process = java.start();
            assertThat(process.onExit().join().exitValue()).as(locale).isZero();
            assertThat(differences(capture(new MemoryPart("directory")), target))
                    .as(locale)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void random_trees_come_back(int round) throws IOException {
        long seed = System.nanoTime() + round;
        tree.fillAtRandom(seed);
        MemoryPart part = capture(new MemoryPart("directory"));
        restore(part, copy, false);

        assertThat(differences(part, copy)).as("seed %d", seed).isEmpty();
        assertThat(capture(part.following()).readEntries()).as("seed %d", seed).isZero();
    }

    @Test
    void a_path_too_long_for_the_system_is_named() throws IOException, InterruptedException {
        String name = "d".repeat(200);
        Shell.run(
                "bash",
                "-c",
                "cd '" + tree.path() + "' && for i in $(seq 30); do mkdir " + name + " && cd -P " + name
                        + "; done; touch x");

        assertThatThrownBy(() -> capture(new MemoryPart("directory")))
                .isInstanceOf(AccessDenied.class)
                .hasMessageContaining("path is");
    }

    @Test
    void a_sparse_file_comes_back_sparse() throws IOException {
        int file = tree.posix.create(tree.raw("sparse"));
        tree.posix.write(file, new byte[] {1}, 0, 1, 20_000_000, tree.raw("sparse"));
        tree.posix.truncate(file, 40_000_000, tree.raw("sparse"));
        tree.posix.close(file);
        MemoryPart part = capture(new MemoryPart("directory"));
        restore(part, copy, false);

        assertThat(differences(part, copy)).isEmpty();
        assertThat(tree.posix.stat(RawPath.of(copy.resolve("sparse"))).blocks()).isLessThan(1000);
    }

    @Test
    void an_existing_empty_directory_may_be_restored_to() throws IOException {
        tree.file("file", "x");
        MemoryPart part = capture(new MemoryPart("directory"));
        Files.createDirectory(copy);
        restore(part, copy, false);

        assertThat(differences(part, copy)).isEmpty();
        assertNothingElse();
    }

    private void assertNothingElse() throws IOException {
        try (Stream<Path> names = Files.list(folder)) {
            assertThat(names.map(name -> name.getFileName().toString()))
                    .allMatch(name -> !name.contains("holdfast"), "nothing unfinished is left");
        }
    }

    @Test
    void a_directory_that_is_not_empty_is_refused() throws IOException {
        tree.file("file", "x");
        MemoryPart part = capture(new MemoryPart("directory"));
        Files.createDirectory(copy);
        Files.writeString(copy.resolve("precious"), "data");

        try (DirectoryTarget target = new DirectoryTarget(copy)) {
            assertThat(target.occupied()).isTrue();
            assertThatThrownBy(() -> target.preflight(part, false))
                    .isInstanceOfSatisfying(
                            AlreadyExists.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DIRECTORY_NOT_EMPTY));
        }
        assertThat(copy.resolve("precious")).hasContent("data");
    }

    @Test
    void with_overwrite_the_directory_becomes_exactly_the_snapshot() throws IOException {
        tree.fillWithEverything();
        MemoryPart part = capture(new MemoryPart("directory"));
        Files.createDirectories(copy.resolve("old/and/deep"));
        Files.writeString(copy.resolve("old/and/deep/file"), "old");
        restore(part, copy, true);

        assertThat(differences(part, copy)).isEmpty();
        assertThat(copy.resolve("old")).isRegularFile();
        assertNothingElse();
    }

    @Test
    void a_restore_that_fails_leaves_what_was_there() throws IOException {
        tree.file("file", "x");
        MemoryPart part = capture(new MemoryPart("directory"));
        Files.createDirectory(copy);
        Files.writeString(copy.resolve("precious"), "data");

        try (DirectoryTarget target = new DirectoryTarget(copy)) {
            PartReader failing = failingToOpen(part);
            target.preflight(failing, true);
            assertThatThrownBy(() -> target.restore(failing, Progress.NONE)).isInstanceOf(Failed.class);
        }
        assertThat(copy.resolve("precious")).hasContent("data");
        assertNothingElse();
    }

    /** A reader whose contents cannot be opened. */
    private static PartReader failingToOpen(MemoryPart part) {
        return (PartReader) Proxy.newProxyInstance(
                PartReader.class.getClassLoader(), new Class<?>[] {PartReader.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("open")) {
                        throw new Failed(ErrorCode.INTERNAL, "told to fail", "");
                    }
                    return method.invoke(part, arguments);
                });
    }

    @Test
    void a_full_disk_is_told_and_leaves_what_was_there() throws Exception {
        assumeTrue(isRoot(), "mounting needs root");
        tree.file(RawPath.of("large"), TestTree.random(3_000_000, 1));
        MemoryPart part = capture(new MemoryPart("directory"));
        try (SmallDisk disk = SmallDisk.mounted(folder.resolve("small"), "1m")) {
            Path target = Files.createDirectory(disk.path().resolve("target"));
            Files.writeString(target.resolve("precious"), "data");

            assertThatThrownBy(() -> restore(part, target, true)).isInstanceOf(NoSpace.class);
            assertThat(target.resolve("precious")).hasContent("data");
            try (Stream<Path> names = Files.list(disk.path())) {
                assertThat(names).containsExactly(target);
            }
        }
    }

    @Test
    void the_root_of_a_file_system_is_restored_from_inside() throws Exception {
        assumeTrue(isRoot(), "mounting needs root");
        tree.fillWithEverything();
        tree.fillWithPrivileged();
        MemoryPart part = capture(new MemoryPart("directory"));
        try (SmallDisk disk = SmallDisk.mounted(folder.resolve("mount"), "20m")) {
            Files.createDirectory(disk.path().resolve("lost+found"));
            try (DirectoryTarget target = new DirectoryTarget(disk.path())) {
                assertThat(target.occupied()).isFalse();
            }
            restore(part, disk.path(), false);
            Files.writeString(disk.path().resolve("extra"), "x");
            restore(part, disk.path(), true);

            // the time of the root changes with the entry that is not ours
            assertThat(differences(part, disk.path()))
                    .containsOnlyKeys("lost+found/")
                    .containsEntry("lost+found/", "is in the directory, not in the snapshot");
        }
    }

    @Test
    void without_the_rights_of_root_owners_are_lost_and_told_once() throws Exception {
        assumeTrue(isRoot(), "only root can make files of others");
        for (int i = 0; i < 5; i++) {
            tree.file("file-" + i, "x");
            tree.posix.changeMode(tree.raw("file-" + i), 0x9ed);
        }
        MemoryPart part = capture(new MemoryPart("directory"));
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        RestoreReport report = AsNobody.call(() -> restore(part, open.resolve("copy"), false));

        assertThat(report.findings()).hasSize(1);
        assertThat(report.findings().getFirst().message()).startsWith("6 files belong to the user that runs holdfast");
        assertThat(differences(part, open.resolve("copy"))).isNotEmpty();
        assertThat(tree.posix.stat(RawPath.of(open.resolve("copy/file-0"))).permissions())
                .as("no program runs as somebody else")
                .isEqualTo(0x1ed);
    }

    @Test
    void a_directory_that_must_not_be_written_is_named() throws Exception {
        tree.file("file", "x");
        MemoryPart part = capture(new MemoryPart("directory"));
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));

        assertThatThrownBy(() -> AsNobody.call(() -> restore(part, closed.resolve("copy"), false)))
                .isInstanceOfSatisfying(
                        AccessDenied.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_UNWRITABLE));
    }

    @Test
    void entries_that_would_lead_outside_are_refused() throws IOException {
        for (List<String> keys : List.of(
                List.of("../escape"),
                List.of(".."),
                List.of("/etc"),
                List.of("a/", "a/../../escape"),
                List.of("a/", "a/./b"),
                List.of("a/", "a//b"),
                List.of("a/b"),
                List.of("nul\0byte"))) {
            MemoryPart part = partOf(keys);
            assertThatThrownBy(() -> restore(part, copy, false))
                    .as("%s", keys)
                    .isInstanceOfSatisfying(
                            Damaged.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED));
            assertThat(copy).doesNotExist();
            assertThat(folder.resolve("escape")).doesNotExist();
            assertNothingElse();
        }
    }

    @Test
    void an_entry_below_a_symbolic_link_is_refused() throws IOException {
        MemoryPart part = partOf(List.of());
        Attributes target = Attributes.builder()
                .put(FileAttributes.TARGET, folder.toString())
                .build();
        part.add(new Entry(EntryKey.of("link"), EntryType.SYMBOLIC_LINK, target, Content.EMPTY), Change.NEW);
        part.add(new Entry(EntryKey.of("link/escape"), EntryType.FILE, Attributes.NONE, Content.EMPTY), Change.NEW);

        assertThatThrownBy(() -> restore(part, copy, false)).isInstanceOf(Damaged.class);
        assertThat(folder.resolve("escape")).doesNotExist();
    }

    @Test
    void a_hard_link_to_what_is_not_in_the_snapshot_is_refused() throws IOException {
        Files.writeString(folder.resolve("outside"), "x");
        for (String target : List.of("../outside", "/etc/passwd", "", "missing")) {
            MemoryPart part = partOf(List.of());
            Attributes kept =
                    Attributes.builder().put(FileAttributes.TARGET, target).build();
            part.add(new Entry(EntryKey.of("link"), EntryType.HARD_LINK, kept, Content.EMPTY), Change.NEW);

            assertThatThrownBy(() -> restore(part, copy, false)).isInstanceOf(Damaged.class);
        }
    }

    private static MemoryPart partOf(List<String> keys) {
        MemoryPart part = new MemoryPart("directory");
        part.add(new Entry(EntryKey.of(""), EntryType.DIRECTORY, Attributes.NONE, Content.EMPTY), Change.NEW);
        for (String key : keys) {
            EntryType type = key.endsWith("/") ? EntryType.DIRECTORY : EntryType.FILE;
            part.add(new Entry(EntryKey.of(key), type, Attributes.NONE, Content.EMPTY), Change.NEW);
        }
        return part;
    }

    @Test
    void a_comparison_finds_every_kind_of_difference() throws IOException {
        for (String name :
                List.of("content", "length", "missing", "mode", "time", "attribute", "type", "hard", "same")) {
            tree.file(name, "aaaa");
        }
        tree.posix.hardLink(tree.raw("hard"), tree.raw("hard-too"));
        tree.link("link", "aaaa");
        MemoryPart part = capture(new MemoryPart("directory"));
        restore(part, copy, false);
        Instant time = tree.posix.stat(tree.raw("content")).modified();
        Files.writeString(copy.resolve("content"), "aaab");
        tree.posix.changeTime(RawPath.of(copy.resolve("content")), time);
        time = tree.posix.stat(tree.raw("length")).modified();
        Files.writeString(copy.resolve("length"), "aaaaa");
        tree.posix.changeTime(RawPath.of(copy.resolve("length")), time);
        Files.delete(copy.resolve("missing"));
        Files.writeString(copy.resolve("extra"), "x");
        tree.posix.changeMode(RawPath.of(copy.resolve("mode")), 0x1ff);
        tree.posix.changeTime(RawPath.of(copy.resolve("time")), Instant.EPOCH);
        tree.posix.setAttribute(RawPath.of(copy.resolve("attribute")), "user.x", RawPath.of("y"));
        Files.delete(copy.resolve("type"));
        Files.createDirectory(copy.resolve("type"));
        Files.delete(copy.resolve("hard-too"));
        Files.copy(copy.resolve("hard"), copy.resolve("hard-too"));
        time = tree.posix.stat(tree.raw("link")).modified();
        Files.delete(copy.resolve("link"));
        Files.createSymbolicLink(copy.resolve("link"), Path.of("bbbb"));
        tree.posix.changeTime(RawPath.of(copy.resolve("link")), time);

        Map<String, String> found = differences(part, copy);
        assertThat(found.remove(".")).startsWith("time is");
        assertThat(found)
                .containsOnlyKeys(
                        "content",
                        "length",
                        "missing",
                        "extra",
                        "mode",
                        "time",
                        "attribute",
                        "type",
                        "type/",
                        "hard-too",
                        "link")
                .containsEntry("content", "has other content of the same length, 4 bytes")
                .containsEntry("length", "has 5 bytes, in the snapshot 4")
                .containsEntry("missing", "is in the snapshot, not in the directory")
                .containsEntry("extra", "is in the directory, not in the snapshot")
                .containsEntry("mode", "mode is '0777', in the snapshot '0600'")
                .containsEntry("attribute", "attribute user.x is 'y', in the snapshot absent")
                .containsEntry("hard-too", "is not the same file as 'hard', in the snapshot it is")
                .containsEntry("link", "target is 'bbbb', in the snapshot 'aaaa'");
    }

    @Test
    void comparing_with_a_missing_directory_is_a_failure_not_a_difference() throws IOException {
        MemoryPart part = capture(new MemoryPart("directory"));

        assertThatThrownBy(() -> differences(part, folder.resolve("nowhere"))).isInstanceOf(Missing.class);
    }

    @Test
    void an_empty_directory_comes_back() throws IOException {
        MemoryPart part = capture(new MemoryPart("directory"));
        RestoreReport report = restore(part, copy, false);

        assertThat(report.entries()).isEqualTo(1);
        assertThat(copy).isEmptyDirectory();
        assertThat(differences(part, copy)).isEmpty();
    }

    private MemoryPart capture(MemoryPart part) {
        return capture(tree.path(), part, LATER);
    }

    private static MemoryPart capture(Path directory, MemoryPart part, InstantSource clock) {
        return part.with(capture(directory, (PartWriter) part, clock));
    }

    private static Map<String, String> capture(Path directory, PartWriter part, InstantSource clock) {
        try (DirectorySource source = new DirectorySource(directory, List.of(), List.of(), clock)) {
            source.preflight();
            source.freeze();
            return source.capture(part);
        }
    }

    private static RestoreReport restore(PartReader part, Path target, boolean overwrite) {
        try (DirectoryTarget restored = new DirectoryTarget(target)) {
            restored.preflight(part, overwrite);
            return restored.restore(part, Progress.NONE);
        }
    }

    private Map<String, String> differences(PartReader part, Path with) {
        Map<String, String> differences = Collections.synchronizedMap(new TreeMap<>());
        try (DirectoryComparer comparer = new DirectoryComparer(with, List.of(), List.of())) {
            compared = comparer.compare(
                    part, (subject, what) -> differences.merge(subject, what, (a, b) -> a + "; " + b), Progress.NONE);
        }
        assertThat(compared).isPositive();
        return differences;
    }

    private static List<String> keys(MemoryPart part) {
        List<String> keys = new ArrayList<>();
        EntryCursor entries = part.entries();
        for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
            keys.add(entry.key().toString());
        }
        return keys;
    }
}
