package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.stand.LocalS3;
import dev.holdfast.demo.stand.Scratch;
import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One repository in two places, a folder and a bucket: each is complete, and none is needed. */
@ExtendWith(Stands.Provided.class)
@Order(5)
class DestinationsIT {
    @Test
    void a_destination_that_is_away_is_named_and_caught_up_by_the_next_backup_or_by_sync(Stands stands)
            throws Exception {
        try (Stack own = Stack.on(stands, "awaystand");
                LocalS3 server = LocalS3.in(own.folder().resolve("s3"));
                Stack stack = twoDestinations(
                        stands,
                        new S3Place(server.endpoint(), server.accessKey(), server.secretKey(), false),
                        "away")) {
            stack.backup();

            server.stop();
            stack.uploads().write("first.bin", 1, 100_000);
            String missed = behind(stack);
            server.start();
            stack.uploads().write("second.bin", 2, 100_000);
            stack.backup();
            onlyOffsite(stack).equal();
            both(stack).sound();

            server.stop();
            stack.uploads().write("third.bin", 3, 100_000);
            behind(stack);
            server.start();
            Outcome synced = stack.json("sync").succeeded();
            assertThat(synced.number("objectsCopied")).as(synced.toString()).isPositive();
            onlyOffsite(stack).equal();
            assertThat(stack.snapshots()).hasSize(4).contains(missed);
            both(stack).sound();

            // the folder is lost, the bucket is there; and the other way round
            Map<String, String> files = stack.uploads().fingerprint();
            Files.move(stack.disk(), stack.folder().resolve("away"));
            restores(stack, files);
            Files.move(stack.folder().resolve("away"), stack.disk());
            server.stop();
            restores(stack, files);
            server.start();
        }
    }

    @Test
    void forget_and_prune_free_space_everywhere_and_what_is_kept_restores(Stands stands) throws Exception {
        try (Stack stack = twoDestinations(stands, stands.s3(), "prune")) {
            int gone = 9_000_000;
            stack.uploads().write("only-in-the-first.bin", 7, gone);
            String first = stack.backup().text("snapshot");
            Files.delete(stack.uploads().root().resolve("only-in-the-first.bin"));
            String second = stack.backup().text("snapshot");
            long before = Size.of(stack.disk());
            long objects = stack.remote().bytes();
            // a pack is written anew when more than a fifth of it, and 64 KiB, are unused: that much may stay
            long freed = gone - before / 5 - 1_000_000;

            stack.json("forget", first).failed(ErrorCode.NOT_CONFIRMED);
            assertThat(stack.snapshots()).containsExactly(first, second);
            stack.json("forget", first, "--yes").succeeded();
            assertThat(stack.snapshots()).containsExactly(second);
            Outcome rehearsed = stack.json("prune", "--dry-run").succeeded();
            assertThat(Size.of(stack.disk())).isGreaterThanOrEqualTo(before);
            Outcome pruned = stack.json("prune").succeeded();

            assertThat(pruned.number("bytesFreed"))
                    .isEqualTo(rehearsed.number("bytesFreed"))
                    .isGreaterThan(freed);
            assertThat(Size.of(stack.disk())).isLessThan(before - freed);
            assertThat(stack.remote().bytes()).isLessThan(objects - freed);
            stack.sound();
            Map<String, String> files = stack.uploads().fingerprint();
            onlyOffsite(stack);
            restores(stack, files);
            stack.describe(List.of(stack.folderSource()), List.of(stack.diskDestination()));
            restores(stack, files);
            both(stack).backup();
            stack.equal();
        }
    }

    @Test
    void a_damaged_pack_is_read_from_the_other_destination(Stands stands) throws Exception {
        try (Stack stack = twoDestinations(stands, stands.s3(), "heal")) {
            stack.backup();
            Path pack = damagedPack(stack);
            String name = stack.disk().relativize(pack).toString();
            Map<String, String> files = stack.uploads().fingerprint();

            restores(stack, files);
            Outcome checked = stack.json("check", "--read-data").failed(ErrorCode.CHECK_FAILED);
            assertThat(checked.texts("problems", "file")).containsExactly(name);
            assertThat(checked.texts("problems", "destination")).containsExactly("disk");
            assertThat(checked.json().path("problems").get(0).path("elsewhere").toString())
                    .contains("offsite");
            Scratch.delete(stack.folder().resolve("copy"));
            onlyOffsite(stack).sound();
        }
    }

    private static Stack twoDestinations(Stands stands, S3Place s3, String name) {
        Stack stack = Stack.on(stands, s3, name);
        stack.uploads().fill(20);
        both(stack);
        return stack.init();
    }

    private static Stack both(Stack stack) {
        return stack.describe(List.of(stack.folderSource()), List.of(stack.diskDestination(), stack.s3Destination()));
    }

    private static Stack onlyOffsite(Stack stack) {
        return stack.describe(List.of(stack.folderSource()), List.of(stack.s3Destination()));
    }

    /** A backup while {@code offsite} is away. */
    private static String behind(Stack stack) {
        Outcome backup = stack.json("backup").degraded();
        assertThat(backup.named("destinations", "offsite").path("state").asString())
                .isEqualTo("behind");
        assertThat(backup.named("destinations", "offsite").path("reason").asString())
                .isNotEmpty();
        assertThat(backup.named("destinations", "disk").path("state").asString())
                .isEqualTo("complete");
        return backup.text("snapshot");
    }

    private static void restores(Stack stack, Map<String, String> files) {
        Folder copy = new Folder(stack.folder().resolve("copy"));
        copy.destroy();
        Outcome restored = stack.json("restore", "--to", "uploads=" + copy.root());
        assertThat(restored.exit()).as(restored.toString()).isIn(0, ErrorCode.FINDINGS.number());
        assertThat(Fingerprints.differences(files, copy.fingerprint())).isEmpty();
    }

    private static Path damagedPack(Stack stack) throws IOException {
        try (Stream<Path> all = Files.walk(stack.disk().resolve("data"))) {
            Path pack = all.filter(Files::isRegularFile).findFirst().orElseThrow();
            try (RandomAccessFile bytes = new RandomAccessFile(pack.toFile(), "rw")) {
                bytes.seek(bytes.length() / 2);
                int was = bytes.read();
                bytes.seek(bytes.length() / 2);
                bytes.write(was ^ 0x80);
            }
            return pack;
        }
    }
}
