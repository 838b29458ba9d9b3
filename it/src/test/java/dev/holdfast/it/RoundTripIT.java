package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The main job, on everything at once. Against the S3 server that HOLDFAST_IT_S3_ENDPOINT, _ACCESS_KEY and _SECRET_KEY name,
 * where they are set: its buckets are source and destination then.
 */
@ExtendWith(Stands.Provided.class)
@Order(6)
class RoundTripIT {
    private static final int ORDERS = 60_000;
    private static final int OBJECTS = 300;
    private static final int FILES = 150;

    @Test
    void a_stack_is_captured_lost_and_brought_back_equal_and_a_second_backup_costs_next_to_nothing(Stands stands)
            throws Exception {
        S3Place s3 = stands.chosenS3();
        try (Stack stack = Stack.on(stands, s3, "roundtrip")) {
            Gate gate = stack.closing(Gate.before(s3.endpoint()));
            stack.asShipped().uploads().fill(FILES);
            stack.database().fill(ORDERS);
            stack.bucket().fill(OBJECTS);
            stack.describe(
                    List.of(stack.databaseSource(), stack.bucketSource(s3.at(gate.endpoint())), stack.folderSource()),
                    List.of(stack.diskDestination(), stack.s3Destination()));
            stack.uploads().settle();
            stack.init();
            // everything with the passphrase here
            stack.environment().remove("HOLDFAST_RECOVERY_CODE");

            long empty = Size.of(stack.disk());
            Outcome first = stack.backup();
            long firstBytes = Size.of(stack.disk()) - empty;
            stack.equal();
            Outcome second = backupOfNothingNew(stack, gate, first, firstBytes);
            backupOfLittleNew(stack, second, firstBytes);

            loseAndRestore(stack);
            stack.sound();
            assertThat(stack.spool()).as("nothing is left in the spool").isEmptyDirectory();
        }
    }

    private static Outcome backupOfNothingNew(Stack stack, Gate gate, Outcome first, long firstBytes) {
        long gets = objectsRead(stack, gate);
        long before = Size.of(stack.disk());
        Outcome second = stack.backup();
        long stored = Size.of(stack.disk()) - before;

        for (String part : List.of("media", "uploads")) {
            assertThat(second.named("parts", part).path("readEntries").asLong(-1))
                    .as(second.toString())
                    .isZero();
            assertThat(second.named("parts", part).path("readBytes").asLong(-1))
                    .as(second.toString())
                    .isZero();
        }
        assertThat(objectsRead(stack, gate))
                .as("requests for objects that the server saw")
                .isEqualTo(gets);
        double percent = 100.0 * stored / firstBytes;
        System.out.printf(
                "round trip: the first backup of %,d bytes grew the folder by %,d in %.1f s, %,d bytes resident at most;"
                        + " unchanged by %,d (%.3f %%) in %.1f s%n",
                first.number("bytes"),
                firstBytes,
                first.json().path("seconds").asDouble(),
                first.number("peakResidentBytes"),
                stored,
                percent,
                second.json().path("seconds").asDouble());
        assertThat(stored).as("a snapshot takes some room").isPositive();
        assertThat(percent)
                .as("percent of the first backup that the second stored")
                .isLessThan(1.0);
        return second;
    }

    /** Requests for whole objects that passed the gate; the look at one byte before a backup is none. */
    private static long objectsRead(Stack stack, Gate gate) {
        String any = "GET /" + stack.bucket().name() + "/";
        return gate.requests(request -> request.startsWith(any)
                && !request.startsWith(any + "?")
                && !request.toLowerCase(Locale.ROOT).contains("range: bytes=0-0"));
    }

    private static void backupOfLittleNew(Stack stack, Outcome second, long firstBytes) {
        stack.database().grow(ORDERS / 20);
        stack.bucket().append(OBJECTS, OBJECTS + OBJECTS / 100);
        long before = Size.of(stack.disk());
        Outcome third = stack.backup();
        long stored = Size.of(stack.disk()) - before;

        long rowBytes = read(third, "database") - read(second, "database");
        long objectBytes = read(third, "media");
        System.out.printf(
                "round trip: 5 %% of the rows (%,d bytes) and 1 %% of the objects (%,d bytes) more grew the folder by %,d bytes,"
                        + " %.1f %% of the first%n",
                rowBytes, objectBytes, stored, 100.0 * stored / firstBytes);
        assertThat(third.named("parts", "media").path("readEntries").asLong()).isEqualTo(OBJECTS / 100);
        assertThat(third.named("parts", "uploads").path("readEntries").asLong()).isZero();
        assertThat(stored)
                .as("what was added, the chunk at the end of the table, and the structure: %s", third)
                .isBetween(objectBytes, rowBytes + objectBytes + firstBytes / 20);
    }

    private static long read(Outcome backup, String part) {
        return backup.named("parts", part).path("readBytes").asLong();
    }

    private static void loseAndRestore(Stack stack) {
        Map<String, String> rows = stack.database().fingerprint();
        Map<String, String> objects = stack.bucket().fingerprint();
        Map<String, String> files = stack.uploads().fingerprint();
        stack.loseSources();

        Outcome restored = stack.json("restore").succeeded();

        assertThat(restored.texts("parts", "state")).containsOnly("restored").hasSize(3);
        assertThat(Fingerprints.differences(objects, stack.bucket().fingerprint()))
                .isEmpty();
        assertThat(Fingerprints.differences(files, stack.uploads().fingerprint()))
                .isEmpty();
        assertThat(Fingerprints.differences(rows, stack.database().fingerprint()))
                .isEmpty();
        stack.equal();
    }
}
