package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A backup that is killed leaves no trace that anybody would have to remove. */
@ExtendWith(Stands.Provided.class)
@Order(1)
class KillIT {
    private static final int KILLS = 20;

    /** What so many have left is in the way of the one that has to succeed. */
    private static final int KILLS_IN_A_ROW = 2;

    /** Reading everything and restoring an early snapshot takes its time; looking whether all is there does not. */
    private static final int THOROUGH_EVERY = 10;

    private static final int NEW_BYTES = 5_000_000;

    @Test
    void killed_at_twenty_moments_a_backup_leaves_earlier_snapshots_whole_and_the_next_one_succeeds(Stands stands)
            throws Exception {
        long seed = Long.getLong("holdfast.it.seed", System.nanoTime());
        System.out.printf("kill: seed %d (-Dholdfast.it.seed=%d repeats it)%n", seed, seed);
        Random random = new Random(seed);
        try (Stack stack = Stack.on(stands, "kill")) {
            stack.asShipped().uploads().fill(10);
            stack.database().fill(1000);
            stack.bucket().fill(10);
            stack.describe(
                    List.of(stack.databaseSource(), stack.bucketSource(), stack.folderSource()),
                    List.of(stack.diskDestination(), stack.s3Destination()));
            stack.init();
            Copy first = new Copy(stack, stack.backup());
            List<String> known = new ArrayList<>(List.of(first.snapshot));
            double seconds = measured(stack, known, random);

            List<String> moments = new ArrayList<>();
            int killed = 0;
            double longest = seconds;
            for (int round = 1; round <= KILLS; round++) {
                double moment = seconds * (round - 1 + random.nextDouble()) / KILLS;
                boolean ended = killedAfter(moment, stack, random);
                killed += ended ? 0 : 1;
                moments.add("%.2f%s".formatted(moment, ended ? " (had ended)" : ""));
                boolean thorough = round % THOROUGH_EVERY == 0;
                nothingPartial(stack, known, thorough);
                if (thorough) {
                    first.restores();
                }
                if (round % KILLS_IN_A_ROW == 0) {
                    Outcome next = next(stack, known);
                    known.add(next.text("snapshot"));
                    longest = Math.max(longest, next.seconds());
                    seconds = next.seconds();
                }
            }

            System.out.printf(
                    "kill: %d of %d backups of up to %.1f s were killed, after %s s%n",
                    killed, KILLS, longest, String.join(", ", moments));
            assertThat(killed).as("backups that were killed before they ended").isGreaterThan(KILLS / 2);
            assertThat(stack.snapshots()).isEqualTo(known);
            stack.equal();
        }
    }

    /** How long a backup takes after a change. */
    private static double measured(Stack stack, List<String> known, Random random) {
        change(stack, random);
        Outcome backup = stack.backup();
        known.add(backup.text("snapshot"));
        return backup.seconds();
    }

    private static void change(Stack stack, Random random) {
        stack.uploads().write("changing.bin", random.nextLong(), NEW_BYTES);
        byte[] object = new byte[200_000];
        random.nextBytes(object);
        stack.bucket().put("changing.jpg", object);
        stack.database().grow(200);
    }

    /** Kills a backup; true if it was too late for that. */
    private static boolean killedAfter(double seconds, Stack stack, Random random) {
        change(stack, random);
        long moment = System.nanoTime() + (long) (seconds * 1e9);
        try (Running backup = stack.start("backup", "--json")) {
            Until.met("the moment has come", () -> System.nanoTime() >= moment);
            boolean ended = backup.ended();
            backup.kill();
            backup.outcome();
            return ended;
        }
    }

    /** What is visible is whole: the snapshots known, and perhaps the killed one, if it had committed by then. */
    private static void nothingPartial(Stack stack, List<String> known, boolean thorough) {
        Outcome checked = thorough ? stack.json("check", "--read-data") : stack.json("check");
        // a commit that reached one destination only is repaired by the next run
        assertThat(checked.exit()).as(checked.toString()).isIn(0, ErrorCode.FINDINGS.number());
        assertThat(checked.json().path("problems").isEmpty())
                .as(checked.toString())
                .isTrue();
        long snapshots = checked.number("snapshots");
        assertThat(snapshots).as(checked.toString()).isBetween((long) known.size(), known.size() + 1L);
        if (snapshots > known.size()) {
            Outcome listed = stack.json("snapshots");
            List<String> ids = listed.texts("snapshots", "id");
            assertThat(ids).startsWith(known.toArray(String[]::new));
            assertThat(listed.json()
                            .path("snapshots")
                            .get(known.size())
                            .path("parts")
                            .size())
                    .isEqualTo(3);
            known.add(ids.getLast());
            stack.json("compare").succeeded();
        }
    }

    private static Outcome next(Stack stack, List<String> known) {
        Outcome backup = stack.backup();
        assertThat(backup.text("snapshot")).isGreaterThan(known.getLast());
        return backup;
    }

    /** A snapshot, and what the sources were when it was taken. */
    private static final class Copy {
        private final Stack stack;
        private final String snapshot;
        private final Map<String, String> rows;
        private final Map<String, String> objects;
        private final Map<String, String> files;

        Copy(Stack stack, Outcome backup) {
            this.stack = stack;
            snapshot = backup.text("snapshot");
            rows = stack.database().fingerprint();
            objects = stack.bucket().fingerprint();
            files = stack.uploads().fingerprint();
        }

        void restores() {
            Database database = stack.database().beside("-copy");
            Bucket bucket = stack.bucket().beside("-copy");
            Folder folder = new Folder(stack.folder().resolve("copy"));
            stack.json(
                            "restore",
                            snapshot,
                            "--to",
                            "database=" + database.name(),
                            "--to",
                            "media=" + bucket.name(),
                            "--to",
                            "uploads=" + folder.root())
                    .succeeded();
            assertThat(Fingerprints.differences(rows, database.fingerprint())).isEmpty();
            assertThat(Fingerprints.differences(objects, bucket.fingerprint())).isEmpty();
            assertThat(Fingerprints.differences(files, folder.fingerprint())).isEmpty();
            database.destroy();
            bucket.destroy();
            folder.destroy();
        }
    }
}
