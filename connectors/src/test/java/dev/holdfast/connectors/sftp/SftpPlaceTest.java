package dev.holdfast.connectors.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.files.SmallDisk;
import dev.holdfast.connectors.place.FilePlaceContract;
import dev.holdfast.connectors.sftp.SftpPlace.Patience;
import dev.holdfast.connectors.ssh.Relay;
import dev.holdfast.connectors.ssh.SshLocation;
import dev.holdfast.connectors.ssh.SshStand;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.source.ExportFile;
import java.io.ByteArrayOutputStream;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class SftpPlaceTest extends FilePlaceContract {
    private static final FileFacts FACTS = FileFacts.of("application/gzip");
    private static final Patience SHORT = new Patience(2, 4, Duration.ofMillis(500), Duration.ofSeconds(1));

    @TempDir
    private static Path keys;

    private static SshStand server;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws Exception {
        server = SshStand.openSsh(keys);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private Path root() {
        return folder.resolve("not yet/there");
    }

    @Override
    protected FilePlace freshPlace() {
        return new SftpPlace(new SftpLocation(server.location(), root().toString()));
    }

    @Override
    protected FilePlace anotherView(FilePlace same) {
        return freshPlace();
    }

    @Override
    protected InputStream openCut(FilePlace in, FileName name) throws IOException {
        InputStream opened = in.open(name);
        try (FileChannel file = FileChannel.open(root().resolve(name.text()), StandardOpenOption.WRITE)) {
            file.truncate(1 << 20);
        }
        return opened;
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

    private List<Path> unfinished() throws IOException {
        try (Stream<Path> files = Files.list(root())) {
            return files.filter(file -> file.getFileName().toString().endsWith(".part"))
                    .toList();
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
    void a_file_whose_wire_is_cut_again_and_again_arrives_as_it_was() throws Exception {
        byte[] content = random(24 << 20, 11);
        List<Duration> pauses = new ArrayList<>();
        try (Relay relay = new Relay(server.port());
                SftpPlace far = new SftpPlace(through(relay), SHORT, pauses::add);
                ExportFile file = far.create(name("large"), FACTS, false)) {
            file.preflight();
            for (int part = 0; part < 4; part++) {
                relay.cutAfter(3_000_000 + part * 17_321);
                file.write(content, part * (6 << 20), 6 << 20);
            }
            file.commit();
            assertThat(relay.cuts()).isEqualTo(4);
            assertThat(pauses).hasSizeBetween(4, 12);
        }
        assertThat(Files.readAllBytes(root().resolve("large"))).isEqualTo(content);
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void wherever_the_wire_is_cut_around_a_commit_the_file_is_there_once_and_whole() throws Exception {
        byte[] content = random(20_000, 12);
        int cut = 0;
        for (boolean replace : new boolean[] {false, true}) {
            for (int after = 1; after < 60; after += 3) {
                String name = "file-" + replace + "-" + (replace ? 0 : after);
                try (Relay relay = new Relay(server.port());
                        SftpPlace far = new SftpPlace(through(relay), SHORT, pause -> {});
                        ExportFile file = far.create(name(name), FACTS, replace)) {
                    file.preflight();
                    file.write(content, 0, content.length);
                    relay.cutAfter(content.length + after * 25L);
                    file.commit();
                    cut += relay.cuts();
                }
                assertThat(Files.readAllBytes(root().resolve(name))).isEqualTo(content);
                assertThat(mode(root().resolve(name))).isEqualTo("rw-------");
            }
        }
        assertThat(cut).as("cuts").isGreaterThan(12);
        assertThat(place().sweepUnfinished(Instant.MAX)).isZero();
    }

    @Test
    void wherever_the_wire_is_cut_while_a_file_is_begun_it_is_begun_again() throws Exception {
        int cut = 0;
        for (int after = 100; after < 6000; after += 250) {
            try (Relay relay = new Relay(server.port());
                    SftpPlace far = new SftpPlace(through(relay), SHORT, pause -> {})) {
                relay.cutAfter(after);
                write(far, "file-" + after, random(10, after), false);
                cut += relay.cuts();
            }
            assertThat(Files.readAllBytes(root().resolve("file-" + after))).isEqualTo(random(10, after));
        }
        assertThat(cut).as("cuts").isGreaterThan(10);
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void a_file_of_somebody_else_is_not_taken_for_ours_after_a_cut() throws Exception {
        byte[] content = random(20_000, 12);
        for (int after = 1; after < 60; after += 6) {
            String name = "file-" + after;
            try (Relay relay = new Relay(server.port());
                    SftpPlace far = new SftpPlace(through(relay), SHORT, pause -> {});
                    ExportFile file = far.create(name(name), FACTS, false)) {
                file.preflight();
                file.write(content, 0, content.length);
                write(other(), name, content, false);
                relay.cutAfter(content.length + after * 25L);
                assertThatThrownBy(file::commit).isInstanceOf(AlreadyExists.class);
            }
        }
    }

    @Test
    void a_server_that_stays_away_is_given_up_after_a_few_pauses() throws Exception {
        List<Duration> pauses = new ArrayList<>();
        try (Relay relay = new Relay(server.port());
                SftpPlace far = new SftpPlace(through(relay), SHORT, pauses::add);
                ExportFile file = far.create(name("a"), FACTS, false)) {
            file.preflight();
            file.write(new byte[100_000], 0, 100_000);
            relay.down();
            assertThatThrownBy(file::commit).isInstanceOf(Unavailable.class);
            assertThat(pauses).containsExactly(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(1));
            assertThatThrownBy(() -> far.find(name("a"))).isInstanceOf(Unavailable.class);
        }
        assertThat(unfinished()).hasSize(1);
        assertThat(place().find(name("a"))).isEmpty();
    }

    @Test
    void a_file_is_read_on_where_the_wire_was_cut() throws Exception {
        byte[] content = random(12 << 20, 13);
        write(place(), "large", content, false);
        try (Relay relay = new Relay(server.port());
                SftpPlace far = new SftpPlace(through(relay), SHORT, pause -> {});
                InputStream in = far.open(name("large"))) {
            ByteArrayOutputStream came = new ByteArrayOutputStream();
            for (int part = 0; part < 4; part++) {
                relay.cutAfter(2_000 + part * 711); // of requests
                came.write(in.readNBytes(3 << 20));
            }
            assertThat(came.toByteArray()).isEqualTo(content);
            assertThat(in.read()).isNegative();
            assertThat(relay.cuts()).isEqualTo(4);
        }
    }

    @Test
    void a_file_that_was_replaced_while_the_wire_was_cut_is_not_read_on() throws Exception {
        byte[] content = random(12 << 20, 13);
        write(place(), "large", content, false);
        try (Relay relay = new Relay(server.port());
                SftpPlace far = new SftpPlace(through(relay), SHORT, pause -> {});
                InputStream in = far.open(name("large"))) {
            in.readNBytes(1 << 20);
            Path file = root().resolve("large");
            Files.delete(file);
            Files.write(file, random(12 << 20, 14));
            Files.setLastModifiedTime(file, FileTime.fromMillis(0));
            relay.cutAfter(1_000);
            assertThatThrownBy(in::readAllBytes).isInstanceOf(Failed.class).hasMessageContaining("while it was read");
        }
    }

    @Test
    void a_server_that_was_never_there_is_given_up_sooner() throws Exception {
        List<Duration> pauses = new ArrayList<>();
        try (Relay relay = new Relay(server.port());
                SftpPlace far = new SftpPlace(through(relay), SHORT, pauses::add)) {
            relay.down();
            assertThatThrownBy(far::prepare).isInstanceOf(Unavailable.class);
            assertThat(pauses).containsExactly(Duration.ofMillis(500));
        }
    }

    @Test
    void a_directory_that_is_not_there_is_made_by_preparing_alone() throws Exception {
        try (FilePlace away = new SftpPlace(
                new SftpLocation(server.location(), folder.resolve("disk").toString()))) {
            ThrowingCallable[] calls = {
                () -> write(away, "a/b.sql", new byte[3], false),
                () -> away.delete(name("a/b.sql")),
                () -> away.find(name("a/b.sql")),
                () -> away.open(name("a/b.sql")),
                () -> away.list("", _ -> {}),
                () -> away.point(name("latest"), name("a/b.sql")),
                () -> away.sweepUnfinished(Instant.MAX)
            };
            for (ThrowingCallable call : calls) {
                assertThatThrownBy(call).isInstanceOf(Missing.class).hasMessageContaining("is not there");
            }
            assertThat(folder.resolve("disk")).doesNotExist();
            away.prepare();
            write(away, "a/b.sql", new byte[3], false);
            assertThat(folder.resolve("disk/a/b.sql")).hasSize(3);
        }
    }

    @Test
    void nothing_is_written_or_deleted_through_a_link_that_leads_out() throws Exception {
        Path out = Files.createDirectory(folder.resolve("elsewhere"));
        Files.writeString(out.resolve("theirs.sql"), "theirs");
        Files.createSymbolicLink(root().resolve("app"), out);
        ThrowingCallable[] calls = {
            () -> write(place(), "app/ours.sql", new byte[3], false),
            () -> write(place(), "app/below/ours.sql", new byte[3], false),
            () -> place().delete(name("app/theirs.sql"))
        };
        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call).isInstanceOf(Failed.class).hasMessageContaining("no link is followed");
        }
        try (Stream<Path> left = Files.list(out)) {
            assertThat(left).containsExactly(out.resolve("theirs.sql"));
        }
    }

    @Test
    void a_part_that_lost_what_was_confirmed_is_not_continued() throws Exception {
        try (Relay relay = new Relay(server.port());
                SftpPlace far = new SftpPlace(through(relay), SHORT, pause -> {});
                ExportFile file = far.create(name("a"), FACTS, false)) {
            file.preflight();
            file.write(new byte[8 << 20], 0, 8 << 20);
            Path written = unfinished().getFirst();
            // nothing is under way any more that would make it longer again
            while (Files.size(written) < 8 << 20) {
                Thread.onSpinWait();
            }
            relay.down();
            try (FileChannel part = FileChannel.open(written, StandardOpenOption.WRITE)) {
                part.truncate(1000);
            }
            relay.up();
            assertThatThrownBy(file::commit)
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("cannot be continued");
        }
        assertThat(place().find(name("a"))).isEmpty();
    }

    @Test
    void a_full_disk_is_told_as_such_and_leaves_nothing_behind() throws Exception {
        try (SmallDisk disk = SmallDisk.mounted(folder.resolve("small"), "6m");
                SftpPlace full = new SftpPlace(
                        new SftpLocation(server.location(), disk.path().toString()))) {
            try (ExportFile file = full.create(name("large"), FACTS, false)) {
                file.preflight();
                assertThatThrownBy(() -> {
                            file.write(new byte[20 << 20], 0, 20 << 20);
                            file.commit();
                        })
                        .isInstanceOf(NoSpace.class);
            }
            assertThat(disk.path()).isEmptyDirectory();
            write(full, "small", random(100_000, 3), false);
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void only_its_owner_can_read_what_it_makes() throws Exception {
        write(place(), "daily/a", new byte[1], false);

        assertThat(mode(root())).isEqualTo("rwx------");
        assertThat(mode(root().resolve("daily"))).isEqualTo("rwx------");
        assertThat(mode(root().resolve("daily/a"))).isEqualTo("rw-------");
    }

    @Test
    void a_name_leads_by_a_relative_link() throws Exception {
        write(place(), "daily/old/1", new byte[1], false);
        place().point(name("daily/new/latest"), name("daily/old/1"));

        assertThat(Files.readSymbolicLink(root().resolve("daily/new/latest"))).hasToString("../old/1");
    }
}
