package dev.holdfast.connectors.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.files.SmallDisk;
import dev.holdfast.connectors.ssh.Relay;
import dev.holdfast.connectors.ssh.SshLocation;
import dev.holdfast.connectors.ssh.SshStand;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.store.Body;
import dev.holdfast.engine.store.RetryingStore;
import dev.holdfast.engine.store.StoreKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server that users have: OpenSSH. */
@Timeout(300)
final class SftpStoreTest extends SftpStoreContract {
    @TempDir
    private static Path keys;

    private static SshStand server;

    @BeforeAll
    static void start() throws Exception {
        server = SshStand.openSsh(keys);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    SshStand server() {
        return server;
    }

    private SftpLocation through(Relay relay) {
        SshLocation to = server.location(Path.of("/nowhere"), Optional.of(server.fingerprint()));
        return new SftpLocation(
                new SshLocation(
                        to.host(),
                        relay.port(),
                        to.user(),
                        to.key(),
                        to.keyPassword(),
                        to.password(),
                        to.knownHosts(),
                        to.fingerprint(),
                        to.jump(),
                        to.agent()),
                root().toString());
    }

    @Test
    void a_cut_leaves_nothing_visible_and_the_next_call_logs_in_again() throws Exception {
        byte[] content = random(3_000_000, 5);
        try (Relay relay = new Relay(server.port());
                SftpStore far = new SftpStore(through(relay))) {
            far.create(new StoreKey("log/first"), Body.of(content));
            relay.cutAfter(1_000_000);
            assertThatThrownBy(() -> far.create(KEY, Body.of(content)))
                    .isInstanceOfSatisfying(
                            Unavailable.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE));
            assertThat(relay.cuts()).isEqualTo(1);
            assertThat(names("")).containsExactly("log/first");

            far.create(KEY, Body.of(content));
            assertThat(far.read(KEY)).isEqualTo(content);
            relay.down();
            assertThatThrownBy(() -> far.read(KEY)).isInstanceOf(Unavailable.class);
            relay.up();
            assertThat(far.size(KEY)).isEqualTo(content.length);
        }
    }

    @Test
    void with_attempts_to_come_a_cut_is_not_noticed() throws Exception {
        byte[] content = random(3_000_000, 6);
        try (Relay relay = new Relay(server.port());
                RetryingStore far = new RetryingStore(
                        new SftpStore(through(relay)),
                        new RetryingStore.Policy(3, Duration.ZERO, Duration.ZERO),
                        pause -> {},
                        () -> 0.5)) {
            relay.cutAfter(1_000_000);
            far.create(KEY, Body.of(content));
            assertThat(relay.cuts()).isEqualTo(1);
            assertThat(far.read(KEY)).isEqualTo(content);
        }
    }

    @Test
    void a_full_disk_is_told_as_such_and_leaves_nothing_behind() throws Exception {
        try (SmallDisk disk = SmallDisk.mounted(folder.resolve("small"), "1m");
                SftpStore full = new SftpStore(new SftpLocation(
                        server.location(), disk.path().resolve("repository").toString()))) {
            full.prepare();
            full.create(KEY, Body.of(random(100_000, 1)));
            Path large = Files.write(folder.resolve("large"), random(2_000_000, 2));

            for (Body body : List.of(Body.of(random(2_000_000, 2)), new Body.InFile(large, 2_000_000, true))) {
                assertThatThrownBy(() -> full.create(new StoreKey("data/ab/large"), body))
                        .isInstanceOfSatisfying(
                                NoSpace.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_FULL));
            }
            assertThat(disk.path().resolve("repository/tmp")).isEmptyDirectory();
            assertThat(full.freeBytes().orElseThrow()).isBetween(500_000L, 1_048_576L);
            full.create(new StoreKey("data/ab/small"), Body.of(random(100_000, 3)));
            assertThat(full.read(KEY)).isEqualTo(random(100_000, 1));
        }
    }

    @Test
    void a_read_only_disk_denies_access() throws Exception {
        try (SmallDisk disk = SmallDisk.mounted(folder.resolve("small"), "1m");
                SftpStore local = new SftpStore(new SftpLocation(
                        server.location(), disk.path().resolve("repository").toString()))) {
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
    void a_host_key_that_changed_is_refused_with_what_to_do() throws Exception {
        try (SshStand other = SshStand.openSsh(Files.createDirectory(folder.resolve("other")))) {
            String line = Files.readString(other.knownHosts());
            Path hosts =
                    Files.writeString(folder.resolve("hosts"), line.replace("]:" + other.port(), "]:" + server.port()));
            SftpLocation changed = new SftpLocation(server.location(hosts, Optional.empty()), root().toString());
            try (SftpStore refused = new SftpStore(changed)) {
                assertThatThrownBy(() -> refused.size(KEY)).isInstanceOfSatisfying(AccessDenied.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.STORE_ACCESS_DENIED);
                    assertThat(e).hasMessageContaining("is another one than in '" + hosts + "'");
                    assertThat(e.hint()).contains("ssh-keygen -f " + hosts + " -R '[127.0.0.1]:" + server.port());
                });
            }
        }
    }

    @Test
    void a_key_that_the_server_does_not_know_is_refused() throws Exception {
        try (SshStand other = SshStand.openSsh(Files.createDirectory(folder.resolve("other")))) {
            SshLocation to = server.location();
            SshLocation stranger = new SshLocation(
                    to.host(),
                    to.port(),
                    to.user(),
                    Optional.of(other.key()),
                    to.keyPassword(),
                    to.password(),
                    to.knownHosts(),
                    to.fingerprint(),
                    to.jump(),
                    to.agent());
            try (SftpStore refused = new SftpStore(new SftpLocation(stranger, root().toString()))) {
                assertThatThrownBy(() -> refused.size(KEY))
                        .isInstanceOfSatisfying(
                                AccessDenied.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_ACCESS_DENIED))
                        .hasMessageContaining("refuses user");
            }
        }
    }

    @Test
    void a_server_behind_a_server_is_reached() throws Exception {
        try (SshStand first = SshStand.openSsh(Files.createDirectory(folder.resolve("first")))) {
            SshLocation to = server.location();
            SshLocation behind = new SshLocation(
                    to.host(),
                    to.port(),
                    to.user(),
                    to.key(),
                    to.keyPassword(),
                    to.password(),
                    to.knownHosts(),
                    to.fingerprint(),
                    Optional.of(first.location()),
                    to.agent());
            try (SftpStore far = new SftpStore(new SftpLocation(behind, root().toString()))) {
                far.create(KEY, Body.of(random(500_000, 4)));
                assertThat(far.read(KEY)).isEqualTo(random(500_000, 4));
            }
        }
    }

    @Test
    void it_says_where_it_is_without_secrets() {
        assertThat(store.location()).isEqualTo("sftp://" + SshStand.user() + "@127.0.0.1:" + server.port() + root());
    }
}
