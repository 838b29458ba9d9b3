package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Snapshots of a database under load and under change. Each restores to a state that was true at one moment, or the backup
 * failed and said so.
 *
 * <p>{@code -Dholdfast.it.soak.minutes=10 -Dholdfast.it.soak.snapshots=20 -Dholdfast.it.soak.scale=10} makes it long; see
 * CONTRIBUTING.md.
 */
@ExtendWith(Stands.Provided.class)
class SoakIT {
    private static final int MINUTES = Integer.getInteger("holdfast.it.soak.minutes", 0);
    private static final int SNAPSHOTS = Integer.getInteger("holdfast.it.soak.snapshots", 1);
    private static final int SCALE = Integer.getInteger("holdfast.it.soak.scale", 1);
    private static final int RATE = Integer.getInteger("holdfast.it.soak.rate", 200);

    @Test
    void every_snapshot_of_a_database_that_never_rests_is_true(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "soak")) {
            Database copy = stack.database().beside("-copy");
            stack.describe(List.of(stack.databaseSource()), List.of(stack.diskDestination()));
            stack.init();
            List<String> failed = new ArrayList<>();
            int restored = 0;
            long before = 0;
            try (Traffic traffic =
                    Traffic.in(stack.database().server(), stack.database().name(), SCALE, RATE, stack.folder())) {
                long began = System.nanoTime();
                for (int i = 0; i < SNAPSHOTS; i++) {
                    awaitTurn(began, i);
                    long least = traffic.history(stack.database().name());
                    Outcome backup = stack.json("backup");
                    traffic.verifyBusy();
                    if (backup.exit() != 0) {
                        failed.add(loud(backup));
                        continue;
                    }
                    stack.json("restore", backup.text("snapshot"), "--to", "database=" + copy.name())
                            .succeeded();
                    assertThat(traffic.broken(copy.name()))
                            .as(backup.toString())
                            .isEmpty();
                    assertThat(traffic.history(copy.name()))
                            .as("transactions in the snapshot")
                            .isGreaterThanOrEqualTo(least)
                            .isGreaterThanOrEqualTo(before)
                            .isLessThanOrEqualTo(
                                    traffic.history(stack.database().name()));
                    before = traffic.history(copy.name());
                    copy.destroy();
                    restored++;
                }
                System.out.printf(
                        "soak: %d of %d snapshots restored and true in %.0f s, %d backups failed %s, meanwhile %s%n",
                        restored, SNAPSHOTS, (System.nanoTime() - began) / 1e9, failed.size(), failed, traffic.done());
                assertThat(traffic.done().values()).as("what went on").allMatch(count -> count > 0);
            }
            assertThat(stack.snapshots()).hasSize(restored);
            assertThat(restored).as("snapshots, after failures " + failed).isPositive();
            stack.sound();
        }
    }

    /** Snapshots are spread over the time there is. */
    private static void awaitTurn(long began, int number) {
        long turn = began + MINUTES * 60_000_000_000L / SNAPSHOTS * number;
        for (long left = turn - System.nanoTime(); left > 0; left = turn - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** A backup may give up under such load, if it says clearly why. */
    private static String loud(Outcome backup) {
        ErrorCode code = List.of(ErrorCode.TABLE_CHANGED, ErrorCode.DATABASE_DUMP_FAILED).stream()
                .filter(known -> known.number() == backup.exit())
                .findFirst()
                .orElseThrow(() -> new AssertionError(backup.toString()));
        backup.failed(code);
        return code.label() + ": "
                + backup.err()
                        .lines()
                        .filter(line -> line.startsWith("error: "))
                        .findFirst()
                        .orElse("");
    }
}
