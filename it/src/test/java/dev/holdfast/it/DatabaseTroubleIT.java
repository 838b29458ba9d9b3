package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A database server that dies, a wire that is cut, sessions and statements that somebody ends, at random moments of a backup
 * and of a restore: a clear error, an end, nothing half done, and the next run succeeds.
 *
 * <p>{@code -Dholdfast.it.trouble.rounds=20} tries more moments; {@code -Dholdfast.it.seed} repeats them.
 */
@ExtendWith(Stands.Provided.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(11)
class DatabaseTroubleIT {
    private static final int ROUNDS = Integer.getInteger("holdfast.it.trouble.rounds", 1);
    private static final int ATTEMPTS = 10 * ROUNDS;
    /** At its very end a run needs the server no more. */
    private static final double LATEST = 0.8;

    private static final int ORDERS = 60_000;
    /** Enough for an empty database and some rows, not for all. */
    private static final int ROOM_BYTES = 9_000_000;

    private static final int MORE_ROOM_BYTES = 3_000_000;

    private static final String SHELF = "300m";

    private static final Set<ErrorCode> EXPECTED =
            Set.of(ErrorCode.DATABASE_UNAVAILABLE, ErrorCode.DATABASE_DUMP_FAILED, ErrorCode.DATABASE_RESTORE_FAILED);

    private final long seed = Long.getLong("holdfast.it.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private PrivatePostgres server;
    private @Nullable SmallDisk shelf;
    private Stack stack;
    private Wire wire;
    private Database source;
    private Database copy;
    private Map<String, String> rows;
    private List<String> snapshots;
    private double backupSeconds;
    private double restoreSeconds;

    /** What happens. */
    enum Trouble {
        SERVER_KILLED,
        WIRE_CUT,
        SESSIONS_TERMINATED,
        STATEMENTS_CANCELLED
    }

    @BeforeAll
    void one_snapshot(Stands stands) {
        System.out.printf("database trouble: seed %d (-Dholdfast.it.seed=%d repeats it)%n", seed, seed);
        stack = Stack.on(stands, "dbtrouble");
        server = PrivatePostgres.in(stack.folder().resolve("postgres"))
                .setting("fsync", "off")
                .start();
        wire = stack.closing(Wire.to(server.port()));
        source = new Database(server, "shop");
        copy = source.beside("_copy");
        source.fill(ORDERS);
        source.run("ALTER TABLE scratchpad SET LOGGED"); // or a crash empties it, rightly
        if (Shell.isRoot()) {
            shelve();
        }
        rows = source.fingerprint();
        stack.describe(List.of(Stack.databaseSource(url(source.name()))), List.of(stack.diskDestination()));
        stack.init();
        backupSeconds = stack.backup().seconds();
        snapshots = stack.snapshots();
        restoreSeconds = restore().succeeded().seconds();
        copy.destroy();
    }

    /** The database, and so every restored one, is on a disk of its own, which can be small; the server's own is not. */
    private void shelve() {
        shelf = stack.closing(SmallDisk.mounted(stack.folder().resolve("shelf"), SHELF));
        Path place = shelf.path().resolve("place");
        server.execute(
                "postgres",
                "COPY (SELECT) TO PROGRAM 'cat > /dev/null; mkdir " + place + "'",
                "CREATE TABLESPACE shelf LOCATION '" + place + "'",
                "ALTER DATABASE " + source.name() + " SET TABLESPACE shelf");
    }

    @AfterAll
    void everything_still_works() throws Exception {
        try (Stack ending = stack;
                PrivatePostgres stopped = server) { // the server first: it holds the disk
            assertThat(Fingerprints.differences(rows, source.fingerprint())).isEmpty();
            ending.backup();
            restore().succeeded();
            assertThat(Fingerprints.differences(rows, copy.fingerprint())).isEmpty();
            ending.sound();
        }
    }

    /** Through the wire. */
    private String url(String database) {
        return server.url(database).replace(":" + server.port() + "/", ":" + wire.port() + "/");
    }

    private Outcome restore() {
        return stack.json("restore", "--to", "database=" + url(copy.name()));
    }

    @ParameterizedTest
    @EnumSource(Trouble.class)
    void a_backup_in_trouble_ends_with_a_clear_error_and_makes_no_snapshot(Trouble trouble) {
        List<String> ends = new ArrayList<>();
        for (int i = 0; ends.size() < ROUNDS && i < ATTEMPTS; i++) {
            Outcome backup = troubled(trouble, backupSeconds, "backup", "--json");
            List<String> now = stack.snapshots();
            if (backup.exit() == 0) {
                assertThat(now).hasSize(snapshots.size() + 1);
                snapshots = now;
                backupSeconds = Math.min(backupSeconds, backup.seconds());
            } else {
                ends.add(clear(backup));
                assertThat(now).as(backup.toString()).isEqualTo(snapshots);
                assertThat(stack.spool()).isEmptyDirectory();
            }
        }
        System.out.printf("database trouble: backup, %s: %s%n", trouble, ends);
        assertThat(ends).as("backups that were in trouble").hasSize(ROUNDS);
    }

    @ParameterizedTest
    @EnumSource(Trouble.class)
    void a_restore_in_trouble_ends_with_a_clear_error_and_leaves_no_half_of_a_database(Trouble trouble) {
        List<String> ends = new ArrayList<>();
        for (int i = 0; ends.size() < ROUNDS && i < ATTEMPTS; i++) {
            Outcome restore =
                    troubled(trouble, restoreSeconds, "restore", "--to", "database=" + url(copy.name()), "--json");
            boolean there = copy.exists();
            if (restore.exit() == 0 || lacksStatisticsOnly(restore)) {
                assertThat(there).as(restore.toString()).isTrue();
                // the first one may have been slow, and moments after the end of a run hit nothing
                restoreSeconds = Math.min(restoreSeconds, restore.seconds());
            } else {
                ends.add(clear(restore));
            }
            if (there) { // it may have been in place by then, but only whole
                assertThat(Fingerprints.differences(rows, copy.fingerprint()))
                        .as(restore.toString())
                        .isEmpty();
                copy.destroy();
            }
            dropNamedLeftOvers(restore);
        }
        System.out.printf("database trouble: restore, %s: %s%n", trouble, ends);
        assertThat(ends).as("restores that were in trouble").hasSize(ROUNDS);
    }

    @Test
    void a_restore_to_a_server_without_room_says_so_and_leaves_nothing() {
        assumeTrue(shelf != null, "the server's disk can only be mounted by root");
        int room = ROOM_BYTES + random.nextInt(MORE_ROOM_BYTES);
        shelf.resize(Long.toString(Size.of(shelf.path()) + room));
        try {
            Outcome restore =
                    restore().failed(ErrorCode.DATABASE_RESTORE_FAILED).saying("could not extend file");
            System.out.printf("database trouble: restore with room for %,d bytes: %s%n", room, clear(restore));
            assertThat(server.query("postgres", "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database"))
                    .as(restore.toString())
                    .isEqualTo("postgres shop template0 template1");
        } finally {
            shelf.resize(SHELF);
        }
    }

    /** Runs a command and makes trouble at a random moment while it has sessions at the server. */
    private Outcome troubled(Trouble trouble, double seconds, String... command) {
        long moment = System.nanoTime() + (long) (LATEST * random.nextDouble() * seconds * 1e9);
        try (Running running = stack.start(command)) {
            Until.met("it has sessions", () -> running.ended() || sessions() > 0);
            Until.met("the moment has come", () -> running.ended() || System.nanoTime() >= moment);
            if (!running.ended()) {
                make(trouble, running);
            }
            Outcome outcome = running.outcome();
            wire.mend();
            server.start();
            Until.met("no session is left", () -> sessions() == 0);
            return outcome;
        }
    }

    /** Mostly while it cannot go on, so that it is hit where it was. */
    private void make(Trouble trouble, Running running) {
        if (trouble == Trouble.STATEMENTS_CANCELLED) {
            // most statements are over at once: whatever runs from now on is cancelled
            Until.met("it has ended", () -> {
                tell("pg_cancel_backend", " AND state = 'active'");
                return running.ended();
            });
            return;
        }
        running.signal("STOP");
        try {
            switch (trouble) {
                case SERVER_KILLED -> server.killHard();
                case WIRE_CUT -> wire.cut();
                case SESSIONS_TERMINATED -> tell("pg_terminate_backend", "");
                case STATEMENTS_CANCELLED -> throw new AssertionError("made already");
            }
        } finally {
            running.signal("CONT");
        }
    }

    private void tell(String function, String which) {
        server.query("postgres", "SELECT count(" + function + "(pid)) " + ITS + which);
    }

    private static final String ITS =
            "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";

    private int sessions() {
        return Integer.parseInt(String.valueOf(server.query("postgres", "SELECT count(*) " + ITS)));
    }

    /** Whether all that was hit is the ANALYZE at the end, which makes nothing wrong, and was told. */
    private static boolean lacksStatisticsOnly(Outcome restore) {
        return restore.exit() == ErrorCode.FINDINGS.number() && restore.out().contains("has no statistics yet");
    }

    /** The code of a failure that says what happened and what to do. */
    private static String clear(Outcome outcome) {
        ErrorCode code = EXPECTED.stream()
                .filter(expected -> expected.number() == outcome.exit())
                .findFirst()
                .orElseThrow(() -> new AssertionError(outcome.toString()));
        outcome.failed(code).hinting("");
        return "%s after %.1f s".formatted(code.label(), outcome.seconds());
    }

    /** A restore that could not remove what it began says what that is called. */
    private void dropNamedLeftOvers(Outcome restore) {
        String names = server.query(
                "postgres", "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE 'shop\\_copy\\_%'");
        for (String name : names == null ? List.<String>of() : Arrays.asList(names.split(" "))) {
            assertThat(restore.exit()).as(restore.toString()).isNotZero();
            assertThat(restore.err()).as("left behind: " + name).contains("'" + name + "'");
            server.dropDatabase(name);
        }
    }
}
