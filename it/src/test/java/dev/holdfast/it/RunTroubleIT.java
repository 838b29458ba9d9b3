package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that meet each other, are ended from outside, would replace something, or have the wrong tools or time. */
@ExtendWith(Stands.Provided.class)
@Order(2)
class RunTroubleIT {
    @Test
    void of_two_backups_at_once_one_wins_and_the_other_names_it(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "twice")) {
            Gate.Held held = heldInTheBucket(stack);
            try (Running first = stack.start("backup", "--json")) {
                held.awaitArrival();

                Outcome second = stack.json("backup").failed(ErrorCode.REPOSITORY_BUSY);
                Outcome prune = stack.json("prune").failed(ErrorCode.REPOSITORY_BUSY);

                String host =
                        Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
                second.saying("'shop'", "host '" + host + "'", "process " + first.pid())
                        .hinting("Wait");
                prune.saying("process " + first.pid());
                held.release();
                first.outcome().succeeded();
            }
            assertThat(stack.snapshots()).hasSize(2);
            stack.backup();
            stack.json("prune").succeeded();
            stack.equal();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void a_backup_that_is_asked_to_end_does_so_and_nothing_of_it_is_visible(String signal, Stands stands)
            throws Exception {
        try (Stack stack = Stack.on(stands, "signal")) {
            Gate.Held held = heldInTheBucket(stack);
            try (Running backup = stack.start("backup", "--json")) {
                held.awaitArrival();
                backup.signal(signal);
                Outcome ended = backup.outcome().exited(ErrorCode.CANCELLED.number());
                held.release();
                assertThat(ended.seconds()).as(ended.toString()).isLessThan(60);
                assertThat(ended.err())
                        .as(ended.toString())
                        .contains("cancelled")
                        .doesNotContain("Exception");
            }
            assertThat(stack.snapshots()).hasSize(1);
            stack.backup();
            stack.sound();
            assertThat(stack.spool()).as("nothing is left in the spool").isEmptyDirectory();
        }
    }

    @Test
    void a_restore_replaces_nothing_unless_it_is_told_so_twice(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "overwrite")) {
            stack.uploads().fill(5);
            stack.database().fill(50);
            stack.bucket().fill(5);
            stack.describe(
                    List.of(stack.databaseSource(), stack.bucketSource(), stack.folderSource()),
                    List.of(stack.diskDestination()));
            stack.init().backup();
            Map<String, String> rows = stack.database().fingerprint();
            stack.database().run("DELETE FROM events", "CREATE TABLE later (a int)");
            stack.bucket().put("later.txt", new byte[] {1});
            stack.bucket().delete(Bucket.key(1));
            stack.uploads().write("later.txt", 1, 10);
            stack.uploads().write(Folder.file(1), 2, 10);
            Map<String, String> laterRows = stack.database().fingerprint();
            Map<String, String> laterObjects = stack.bucket().fingerprint();
            Map<String, String> laterFiles = stack.uploads().fingerprint();

            refused(
                    stack,
                    "database",
                    ErrorCode.DATABASE_EXISTS,
                    stack.database().name());
            refused(stack, "media", ErrorCode.BUCKET_NOT_EMPTY, stack.bucket().name());
            refused(
                    stack,
                    "uploads",
                    ErrorCode.DIRECTORY_NOT_EMPTY,
                    stack.uploads().root().toString());
            stack.json("restore", "--overwrite").failed(ErrorCode.NOT_CONFIRMED).hinting("--yes");

            assertThat(Fingerprints.differences(laterRows, stack.database().fingerprint()))
                    .isEmpty();
            assertThat(Fingerprints.differences(laterObjects, stack.bucket().fingerprint()))
                    .isEmpty();
            assertThat(Fingerprints.differences(laterFiles, stack.uploads().fingerprint()))
                    .isEmpty();

            stack.json("compare").failed(ErrorCode.DIFFERENT);
            stack.json("restore", "--overwrite", "--yes").succeeded();
            assertThat(Fingerprints.differences(rows, stack.database().fingerprint()))
                    .isEmpty();
            stack.equal();
        }
    }

    private static void refused(Stack stack, String part, ErrorCode code, String what) {
        stack.json("restore", "--part", part).failed(code).saying(what).hinting("--overwrite");
    }

    @Test
    void a_pg_dump_that_is_older_than_the_server_is_refused(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "oldtool")) {
            stack.database().fill(10);
            stack.describe(List.of(stack.databaseSource()), List.of(stack.diskDestination()));
            stack.init();
            Path old = stack.folder().resolve("pg_dump");
            Files.writeString(old, "#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n");
            Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwxr-xr-x"));
            // in a name space in which every pg_dump of the machine is the old one
            stack.prefix()
                    .addAll(List.of("unshare", Shell.isRoot() ? "-m" : "-rm", "sh", "-c", """
                    old=$1; shift
                    for tool in /usr/lib/postgresql/*/bin/pg_dump /usr/pgsql-*/bin/pg_dump $(which -a pg_dump); do
                      [ ! -e "$tool" ] || mount --bind "$old" "$(readlink -f "$tool")" || exit 125
                    done
                    exec "$@\"""", "sh", old.toString()));

            stack.json("backup")
                    .failed(ErrorCode.DATABASE_TOOL_TOO_OLD)
                    .saying(
                            "pg_dump",
                            "9.6.24",
                            Integer.toString(stands.postgres().major()))
                    .hinting("postgresql-client-" + stands.postgres().major());

            stack.prefix().clear();
            assertThat(stack.snapshots()).isEmpty();
            stack.backup();
        }
    }

    @Test
    void a_clock_that_jumps_back_is_told_and_the_newest_snapshot_stays_the_newest(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "clock")) {
            stack.uploads().fill(5);
            stack.uploads().settle();
            stack.describe(List.of(stack.folderSource()), List.of(stack.diskDestination()));
            stack.init();
            String first = stack.backup().text("snapshot");
            stack.uploads().write("later.bin", 1, 5000);

            Outcome early = at("PT-72H", stack, "backup").degraded();

            assertThat(early.text("snapshot")).isGreaterThan(first);
            assertThat(early.texts("findings", "message")).anyMatch(message -> message.contains("clock"));
            assertThat(stack.snapshots()).containsExactly(first, early.text("snapshot"));
            stack.equal("latest");
            String third = stack.json("backup").text("snapshot");
            assertThat(third).isGreaterThan(early.text("snapshot"));
            stack.uploads().destroy();
            at("PT-96H", stack, "restore").succeeded();
            stack.equal();
            stack.sound();
        }
    }

    private static Outcome at(String offset, Stack stack, String command) {
        return stack.other(stack.atAnotherTime(offset, command, "--json"));
    }

    /** A stack with one snapshot, and a new object that the next backup will wait for. */
    private static Gate.Held heldInTheBucket(Stack stack) {
        Gate gate = stack.closing(Gate.before(stack.s3().endpoint()));
        stack.uploads().fill(3);
        stack.bucket().fill(5);
        stack.describe(
                List.of(stack.folderSource(), stack.bucketSource(stack.s3().at(gate.endpoint()))),
                List.of(stack.diskDestination()));
        stack.init().backup();
        stack.bucket().append(5, 7);
        return gate.hold("GET /" + stack.bucket().name() + "/" + Bucket.key(6));
    }
}
