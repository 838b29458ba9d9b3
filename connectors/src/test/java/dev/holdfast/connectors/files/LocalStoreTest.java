package dev.holdfast.connectors.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.store.Body;
import dev.holdfast.engine.store.ObjectStore;
import dev.holdfast.engine.store.ObjectStoreContract;
import dev.holdfast.engine.store.StoreKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class LocalStoreTest extends ObjectStoreContract {
    private static final StoreKey KEY = new StoreKey("data/ab/pack");

    @Override
    protected ObjectStore emptyStore() {
        LocalStore local = new LocalStore(root());
        local.prepare();
        return local;
    }

    private Path root() {
        return folder.resolve("deep/in/repository");
    }

    private List<Path> temporaries() throws IOException {
        try (Stream<Path> files = Files.list(root().resolve("tmp"))) {
            return files.toList();
        }
    }

    @Test
    void what_it_makes_only_its_owner_can_read() throws IOException {
        store.create(KEY, Body.of(new byte[] {1}));

        assertThat(mode(root())).isEqualTo("rwx------");
        assertThat(mode(root().resolve("tmp"))).isEqualTo("rwx------");
        assertThat(mode(root().resolve("data/ab"))).isEqualTo("rwx------");
        assertThat(mode(root().resolve("data/ab/pack"))).isEqualTo("rw-------");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void an_adopted_file_is_the_same_file_under_a_second_name() throws IOException {
        Path file = Files.write(store.spool().orElseThrow().resolve("pack"), random(5000, 1));
        store.create(KEY, new Body.InFile(file, 5000, true));

        assertThat(Files.isSameFile(file, root().resolve("data/ab/pack"))).isTrue();
        assertThat(store.read(KEY)).isEqualTo(random(5000, 1));
    }

    @Test
    void a_file_of_another_file_system_is_copied_instead_of_adopted() throws IOException {
        Path file = Files.createTempFile(Path.of("/dev/shm"), "holdfast", "");
        try {
            Files.write(file, random(5000, 1));
            store.create(KEY, new Body.InFile(file, 5000, true));

            assertThat(store.read(KEY)).isEqualTo(random(5000, 1));
            assertThat(Files.isSameFile(file, root().resolve("data/ab/pack"))).isFalse();
            assertThat(temporaries()).isEmpty();
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void nothing_is_left_in_tmp_whether_a_creation_succeeds_or_not() throws IOException {
        store.create(KEY, Body.of(new byte[] {1}));
        assertThatThrownBy(() -> store.create(KEY, Body.of(new byte[] {2}))).isInstanceOf(AlreadyExists.class);
        assertThatThrownBy(() -> store.create(
                        new StoreKey("data/ab/pack/below"), new Body.InFile(folder.resolve("none"), 3, false)))
                .isInstanceOf(RuntimeException.class);

        assertThat(temporaries()).isEmpty();
    }

    @Test
    void a_root_that_is_gone_is_unavailable_and_never_made_again_by_writing() throws IOException {
        store.create(KEY, Body.of(new byte[] {1}));
        Files.move(root(), folder.resolve("elsewhere"));

        for (Runnable call : List.<Runnable>of(
                () -> store.create(KEY, Body.of(new byte[] {1})),
                () -> store.read(KEY),
                () -> store.size(KEY),
                () -> store.delete(KEY),
                () -> store.list("", object -> {}),
                () -> store.list("data/", object -> {}))) {
            assertThatThrownBy(call::run)
                    .isInstanceOfSatisfying(
                            Unavailable.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE))
                    .hasMessageContaining("is not there");
        }
        assertThat(root()).doesNotExist();
    }

    @Test
    void an_empty_mount_point_is_not_taken_for_an_empty_repository() throws IOException {
        Path mountPoint = Files.createDirectory(folder.resolve("mount"));
        try (LocalStore unmounted = new LocalStore(mountPoint)) {
            assertThatThrownBy(() -> unmounted.create(KEY, Body.of(new byte[] {1})))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("is empty");
            assertThatThrownBy(() -> unmounted.list("", object -> {})).isInstanceOf(Unavailable.class);
            assertThatThrownBy(() -> unmounted.list("log/", object -> {})).isInstanceOf(Unavailable.class);
            assertThatThrownBy(() -> unmounted.delete(KEY)).isInstanceOf(Unavailable.class);
        }
        assertThat(mountPoint).isEmptyDirectory();
    }

    @Test
    void a_repository_copied_without_its_empty_tmp_still_works() throws IOException {
        store.create(KEY, Body.of(new byte[] {1}));
        Files.delete(root().resolve("tmp"));

        assertThat(names("")).containsExactly("data/ab/pack");
        store.create(new StoreKey("log/a"), Body.of(new byte[] {2}));
        assertThat(names("")).containsExactly("data/ab/pack", "log/a");
    }

    @Test
    void foreign_files_are_neither_listed_nor_followed() throws IOException {
        store.create(KEY, Body.of(new byte[] {1}));
        Files.writeString(root().resolve("README.TXT"), "hands off");
        Files.createDirectory(root().resolve("lost+found"));
        Files.createSymbolicLink(root().resolve("data/link"), folder);

        assertThat(names("")).containsExactly("data/ab/pack");
    }

    @Test
    void a_full_disk_leaves_nothing_behind() throws Exception {
        try (SmallDisk disk = SmallDisk.mounted(folder.resolve("small"), "1m");
                LocalStore full = new LocalStore(disk.path().resolve("repository"))) {
            full.prepare();
            full.create(KEY, Body.of(random(100_000, 1)));
            Path large = Files.write(folder.resolve("large"), random(2_000_000, 2));

            for (Body body : List.of(Body.of(random(2_000_000, 2)), new Body.InFile(large, 2_000_000, true))) {
                assertThatThrownBy(() -> full.create(new StoreKey("data/ab/large"), body))
                        .isInstanceOfSatisfying(
                                NoSpace.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_FULL));
            }
            assertThat(full.spool().orElseThrow()).isEmptyDirectory();
            full.create(new StoreKey("data/ab/small"), Body.of(random(100_000, 3)));
            assertThat(full.read(KEY)).isEqualTo(random(100_000, 1));
        }
    }

    @Test
    void a_read_only_disk_denies_access() throws Exception {
        try (SmallDisk disk = SmallDisk.mounted(folder.resolve("small"), "1m");
                LocalStore local = new LocalStore(disk.path().resolve("repository"))) {
            local.prepare();
            local.create(KEY, Body.of(new byte[] {1}));
            disk.remount("ro");

            assertThatThrownBy(() -> local.create(new StoreKey("log/a"), Body.of(new byte[] {1})))
                    .isInstanceOfSatisfying(
                            AccessDenied.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_ACCESS_DENIED));
            assertThatThrownBy(() -> local.delete(KEY)).isInstanceOf(AccessDenied.class);
            assertThat(local.read(KEY)).containsExactly(1);
        }
    }

    @Test
    void only_old_leftovers_are_swept() throws IOException {
        Path tmp = store.spool().orElseThrow();
        Path old = Files.write(tmp.resolve("w-old"), new byte[10]);
        Path fresh = Files.write(tmp.resolve("w-fresh"), new byte[10]);
        Instant now = Files.getLastModifiedTime(fresh).toInstant();
        Files.setLastModifiedTime(old, FileTime.from(now.minusSeconds(7200)));

        assertThat(((LocalStore) store).sweepTemporary(now.minusSeconds(3600))).isEqualTo(1);
        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void the_place_of_unfinished_objects_is_not_a_name() {
        assertThatThrownBy(() -> store.create(new StoreKey("tmp/x"), Body.of(new byte[1])))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
