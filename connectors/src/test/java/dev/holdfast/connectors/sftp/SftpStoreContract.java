package dev.holdfast.connectors.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.ssh.SshStand;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
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

/** What a store at an SFTP server keeps, whichever server that is. */
abstract class SftpStoreContract extends ObjectStoreContract {
    static final StoreKey KEY = new StoreKey("data/ab/pack");

    abstract SshStand server();

    @Override
    protected ObjectStore emptyStore() {
        SftpStore empty = new SftpStore(new SftpLocation(server().location(), root().toString()));
        empty.prepare();
        return empty;
    }

    Path root() {
        return folder.resolve("deep/in/repository");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void what_it_makes_only_its_owner_can_read() throws IOException {
        store.create(KEY, Body.of(new byte[] {1}));

        assertThat(mode(root())).isEqualTo("rwx------");
        assertThat(mode(root().resolve("tmp"))).isEqualTo("rwx------");
        assertThat(mode(root().resolve("data/ab"))).isEqualTo("rwx------");
        assertThat(mode(root().resolve("data/ab/pack"))).isEqualTo("rw-------");
    }

    @Test
    void nothing_is_left_in_tmp_and_old_leftovers_are_swept() throws IOException {
        store.create(KEY, Body.of(new byte[] {1}));
        assertThatThrownBy(() -> store.create(new StoreKey("data/ab/pack/below"), Body.of(new byte[] {1})))
                .isInstanceOf(RuntimeException.class);
        store.probe();
        try (Stream<Path> left = Files.list(root().resolve("tmp"))) {
            assertThat(left).isEmpty();
        }
        assertThat(root().resolve("probe")).doesNotExist();

        Path old = Files.write(root().resolve("tmp/w-old"), new byte[10]);
        Path fresh = Files.write(root().resolve("tmp/w-fresh"), new byte[10]);
        Instant now = Files.getLastModifiedTime(fresh).toInstant();
        Files.setLastModifiedTime(old, FileTime.from(now.minusSeconds(7200)));
        assertThat(store.sweepTemporary(now.minusSeconds(3600))).isEqualTo(1);
        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void a_root_that_is_gone_or_empty_is_no_repository_and_never_made_again_by_writing() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        for (Path root : List.of(folder.resolve("nowhere"), empty)) {
            try (SftpStore none = new SftpStore(new SftpLocation(server().location(), root.toString()))) {
                for (Runnable call : List.<Runnable>of(
                        () -> none.create(KEY, Body.of(new byte[] {1})),
                        () -> none.delete(KEY),
                        () -> none.list("log/", object -> {}))) {
                    assertThatThrownBy(call::run)
                            .isInstanceOfSatisfying(
                                    Missing.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REPOSITORY_MISSING));
                }
            }
        }
        assertThat(folder.resolve("nowhere")).doesNotExist();
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void foreign_files_are_neither_listed_nor_followed() throws IOException {
        store.create(KEY, Body.of(new byte[] {1}));
        Files.writeString(root().resolve("README.TXT"), "hands off");
        Files.createDirectory(root().resolve("lost+found"));
        Files.createSymbolicLink(root().resolve("data/link"), folder);

        assertThat(names("")).containsExactly("data/ab/pack");
    }
}
