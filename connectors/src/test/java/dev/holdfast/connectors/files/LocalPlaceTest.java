package dev.holdfast.connectors.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.connectors.place.FilePlaceContract;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.source.ExportFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalPlaceTest extends FilePlaceContract {
    private static final FileFacts FACTS = FileFacts.of("application/gzip");

    @TempDir
    private Path folder;

    private Path root() {
        return folder.resolve("not yet/there");
    }

    @Override
    protected FilePlace freshPlace() {
        return new LocalPlace(root());
    }

    @Override
    protected FilePlace anotherView(FilePlace same) {
        return new LocalPlace(root());
    }

    @Override
    protected InputStream openCut(FilePlace in, dev.holdfast.engine.place.FileName name) throws IOException {
        InputStream opened = in.open(name);
        try (FileChannel file = FileChannel.open(root().resolve(name.text()), StandardOpenOption.WRITE)) {
            file.truncate(1 << 20);
        }
        return opened;
    }

    private static String mode(Path of) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(of));
    }

    @Test
    void files_and_folders_are_their_owners() throws IOException {
        put("one/two/a", "1");

        assertThat(mode(root())).isEqualTo("rwx------");
        assertThat(mode(root().resolve("one"))).isEqualTo("rwx------");
        assertThat(mode(root().resolve("one/two"))).isEqualTo("rwx------");
        assertThat(mode(root().resolve("one/two/a"))).isEqualTo("rw-------");
    }

    @Test
    void a_link_is_relative_and_survives_a_move_of_the_place() throws IOException {
        put("daily/a", "1");
        place().point(name("here/latest"), name("daily/a"));

        assertThat(Files.readSymbolicLink(root().resolve("here/latest"))).isEqualTo(Path.of("../daily/a"));
        Path moved = Files.move(root(), folder.resolve("moved"));
        assertThat(moved.resolve("here/latest")).hasContent("1");
        try (LocalPlace there = new LocalPlace(moved)) {
            assertThat(content(there, "here/latest")).asString().isEqualTo("1");
        }
    }

    @Test
    void tidying_removes_empty_folders_and_follows_no_link() throws IOException {
        Files.createDirectories(folder.resolve("outside/empty"));
        put("one/two/three/a", "1");
        put("one/four/b", "2");
        place().delete(name("one/two/three/a"));
        Files.createDirectories(root().resolve("five/six"));
        Files.createSymbolicLink(root().resolve("one/out"), folder.resolve("outside"));

        place().tidy(name("one"));
        place().tidy(name("five"));
        place().tidy(name("one/out"));

        assertThat(root().resolve("one/two")).doesNotExist();
        assertThat(root().resolve("one/four/b")).exists();
        assertThat(root().resolve("five")).doesNotExist();
        assertThat(root().resolve("one/out")).isSymbolicLink();
        assertThat(folder.resolve("outside/empty")).exists();
    }

    @Test
    void links_are_neither_listed_nor_found() throws IOException {
        put("a", "1");
        place().point(name("latest"), name("a"));
        Files.createSymbolicLink(root().resolve("up"), folder);
        Files.writeString(folder.resolve("outside"), "x");

        assertThat(listed("")).containsExactly("a");
        assertThat(other().find(name("latest"))).isEmpty();
        assertThat(other().find(name("up/outside"))).isEmpty();
    }

    @Test
    void nothing_is_written_deleted_or_read_through_a_link_that_leads_out() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Path precious = Files.writeString(outside.resolve("precious"), "precious");
        Files.createSymbolicLink(root().resolve("out"), outside);
        Files.createSymbolicLink(root().resolve("direct"), precious);
        put("a", "1");

        try (ExportFile file = place().create(name("out/new"), FACTS, true)) {
            assertThatThrownBy(file::preflight).isInstanceOf(Failed.class).hasMessageContaining("is a link");
        }
        try (ExportFile file = place().create(name("direct"), FACTS, true)) {
            assertThatThrownBy(file::preflight).isInstanceOf(AlreadyExists.class);
        }
        assertThatThrownBy(() -> place().delete(name("out/precious"))).isInstanceOf(Failed.class);
        assertThatThrownBy(() -> place().point(name("out/latest"), name("a"))).isInstanceOf(Failed.class);
        assertThatThrownBy(() -> place().open(name("out/precious"))).isInstanceOf(Missing.class);
        assertThatThrownBy(() -> place().open(name("direct"))).isInstanceOf(Missing.class);
        place().delete(name("direct"));
        assertThat(precious).hasContent("precious");
        assertThat(outside).isDirectoryNotContaining("glob:**new");
        assertThat(root().resolve("direct")).doesNotExist();
    }

    @Test
    void a_folder_that_became_a_link_while_a_file_was_written_is_noticed() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        try (ExportFile file = place().create(name("daily/a"), FACTS, false)) {
            file.preflight();
            Files.move(root().resolve("daily"), root().resolve("moved"));
            Files.createSymbolicLink(root().resolve("daily"), outside);
            assertThatThrownBy(file::commit).isInstanceOf(Failed.class);
        }
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void a_folder_is_never_deleted_or_replaced() throws IOException {
        Files.createDirectory(root().resolve("empty"));
        place().delete(name("empty"));
        try (ExportFile file = place().create(name("empty"), FACTS, true)) {
            assertThatThrownBy(file::preflight).isInstanceOf(AlreadyExists.class);
        }
        put("a", "1");
        assertThatThrownBy(() -> place().point(name("empty"), name("a"))).isInstanceOf(AlreadyExists.class);
        assertThat(root().resolve("empty")).isEmptyDirectory();
    }

    @Test
    void a_place_that_is_not_mounted_is_not_made_by_a_file() throws IOException {
        put("a", "1");
        Files.move(root(), folder.resolve("away"));

        try (ExportFile file = place().create(name("daily/b"), FACTS, false)) {
            assertThatThrownBy(file::preflight).isInstanceOf(Unavailable.class).hasMessageContaining("is not there");
        }
        for (Runnable call : List.<Runnable>of(
                () -> place().find(name("a")),
                () -> place().open(name("a")),
                () -> place().list("", file -> {}),
                () -> place().delete(name("a")))) {
            assertThatThrownBy(call::run).isInstanceOf(Unavailable.class);
        }
        assertThat(root()).doesNotExist();
    }

    @Test
    void only_old_files_with_the_name_of_unfinished_ones_are_swept() throws IOException {
        FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(3)));
        Path mine = Files.createDirectories(root().resolve("daily"))
                .resolve(".holdfast-01234567-89ab-cdef-0123-456789abcdef.part");
        Path young = root().resolve(".holdfast-11234567-89ab-cdef-0123-456789abcdef.part");
        Path foreign = root().resolve(".holdfast-mine.part");
        for (Path file : List.of(mine, young, foreign)) {
            Files.writeString(file, "x");
        }
        Files.setLastModifiedTime(mine, old);
        Files.setLastModifiedTime(foreign, old);

        assertThat(place().sweepUnfinished(Instant.now().minus(Duration.ofDays(2))))
                .isEqualTo(1);
        assertThat(mine).doesNotExist();
        assertThat(young).exists();
        assertThat(foreign).exists();
        assertThatThrownBy(() -> place().create(name(young.getFileName().toString()), FACTS, false))
                .isInstanceOf(Invalid.class);
    }

    @Test
    void names_that_are_no_text_are_left_out() throws Exception {
        byte[] raw = RawPath.join(RawPath.of(root()), new byte[] {'x', (byte) 0xff});
        Files.writeString(RawPath.path(raw), "1");
        put("a", "1");

        assertThat(listed("")).containsExactly("a");
    }

    @Test
    void a_full_disk_is_told_and_leaves_nothing() throws Exception {
        assumeTrue(Files.getOwner(Path.of("/proc/self")).getName().equals("root"), "mounting needs root");
        try (SmallDisk disk = SmallDisk.mounted(folder.resolve("small"), "1m");
                LocalPlace small = new LocalPlace(disk.path())) {
            try (ExportFile file = small.create(name("daily/x.dump"), FACTS, false)) {
                file.preflight();
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 100; i++) {
                                file.write(new byte[64 * 1024], 0, 64 * 1024);
                            }
                        })
                        .isInstanceOfSatisfying(
                                NoSpace.class, e -> assertThat(e.hint()).doesNotContain("--output"));
            }
            assertThat(small.sweepUnfinished(Instant.MAX)).isZero();
            assertThat(small.freeBytes().orElseThrow()).isBetween(1L, 1L << 20);
        }
    }

    @Test
    void a_place_that_may_not_be_written_is_told_with_a_hint() throws Exception {
        Path locked = Files.createDirectory(folder.resolve("locked"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
        HoldfastException failure = AsNobody.call(() -> {
            try (LocalPlace denied = new LocalPlace(locked);
                    ExportFile file = denied.create(name("daily/a"), FACTS, false)) {
                file.preflight();
            } catch (HoldfastException e) {
                return e;
            }
            throw new AssertionError("it was written");
        });
        assertThat(failure).isInstanceOf(AccessDenied.class);
        assertThat(failure.hint()).doesNotContain("--output");
    }
}
