package dev.holdfast.control.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.catalog.Catalogs;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.OpenRepository;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.SnapshotId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers as processes on one PostgreSQL catalog, under load; one of them is killed again and again. */
class ServerKillTest {
    private static final int ROUNDS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final List<String> STACKS = List.of("one", "two");

    @TempDir
    private Path home;

    /** Each run writes its id to a file when it begins: what the catalog says is not believed alone. */
    private static String policies(Path begun, Path source) {
        return """
                schedule: every 5s
                retention: {keep-last: 10000}
                stalled-after: 2m
                hooks:
                  before-backup: echo "$HOLDFAST_RUN" >> %s; head -c 3000000 /dev/urandom > %s/load; sleep 0.3
                """.formatted(begun, source);
    }

    private Process start(CatalogPlace.Shared place) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RealServer.class.getName(),
                        place.url().text(),
                        home.toString(),
                        "victim")
                .redirectError(home.resolve("victim.err").toFile())
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.equals("ready")) {
                return process;
            }
        }
        throw new IOException("the server did not start: " + Files.readString(home.resolve("victim.err")));
    }

    /** Until something is so, looked at after each event of any server. */
    private static void until(RealServer server, String what, BooleanSupplier reached) throws InterruptedException {
        Semaphore events = new Semaphore(1);
        RunEvents stream = server.service.events();
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (RunEvents.Subscription _ = stream.subscribe(Optional.empty(), stream.last(), _ -> events.release())) {
            while (!reached.getAsBoolean()) {
                assertThat(System.nanoTime()).as(what).isLessThan(end);
                boolean _ = events.tryAcquire(1, TimeUnit.SECONDS);
                events.drainPermits();
            }
        }
    }

    private static List<RunRecord> runs(RealServer server, RunFilter filter) {
        List<RunRecord> all = new ArrayList<>();
        Optional<RunId> after = Optional.empty();
        do {
            RunPage page = server.service.runs().list(filter, after, 1000);
            all.addAll(page.runs());
            after = page.next();
        } while (after.isPresent());
        return all;
    }

    private static List<RunRecord> underWay(RealServer server) {
        return runs(server, RunFilter.ALL.in(RunState.RUNNING)).stream()
                .filter(run -> run.server().equals("victim"))
                .toList();
    }

    @Test
    void each_due_run_begins_once_and_what_a_killed_server_had_is_taken_over() throws Exception {
        CatalogPlace.Shared place = (CatalogPlace.Shared) Catalogs.POSTGRES.place(home);
        for (String name : STACKS) {
            Path source = home.resolve("source-" + name);
            RealServer.make(home, name, source);
            Files.writeString(
                    home.resolve(name + ".yaml"), policies(home.resolve("begun"), source), StandardOpenOption.APPEND);
        }
        Set<RunId> killed = new HashSet<>();
        try (RealServer survivor = new RealServer(place, home, "survivor")) {
            survivor.service.start();
            for (int round = 0; round < ROUNDS; round++) {
                Process victim = start(place);
                try {
                    until(
                            survivor,
                            "the victim has something to do",
                            () -> !underWay(survivor).isEmpty());
                } finally {
                    victim.destroyForcibly();
                    victim.waitFor();
                }
                List<RunRecord> lost = underWay(survivor);
                lost.forEach(run -> killed.add(run.id()));
                until(
                        survivor,
                        "its runs are given up",
                        () -> lost.stream()
                                .allMatch(run ->
                                        survivor.service.runs().show(run.id()).state() == RunState.ABANDONED));
            }
            assertThat(killed)
                    .as("runs that were under way when their server was killed")
                    .isNotEmpty();
            until(survivor, "everything that was given up is made good", () -> isMadeGood(survivor, killed));
            check(survivor, killed);
            assertThat(Files.readAllLines(home.resolve("begun")))
                    .as("no run was begun twice")
                    .hasSizeGreaterThan(5)
                    .doesNotHaveDuplicates();
        }
    }

    /** The next run of the same stack that began after a run was given up went well, be it its retry or the next that was due. */
    private static boolean isMadeGood(RealServer server, Set<RunId> killed) {
        List<RunRecord> good = runs(server, RunFilter.ALL.in(RunState.SUCCEEDED));
        return killed.stream()
                .map(server.service.runs()::show)
                .allMatch(lost -> good.stream()
                        .anyMatch(run -> run.stack().equals(lost.stack())
                                && run.began()
                                        .orElseThrow()
                                        .isAfter(lost.ended().orElseThrow())));
    }

    private static void check(RealServer server, Set<RunId> killed) {
        List<RunRecord> backups = runs(server, RunFilter.ALL.ofKind(RunKind.BACKUP));
        // the retry of a run that was given up, where the next one was due at once
        assertThat(backups)
                .filteredOn(run -> run.state() == RunState.FAILED)
                .allSatisfy(run -> assertThat(run.error().orElseThrow().code()).isEqualTo(ErrorCode.RUN_ABANDONED));
        assertThat(runs(server, RunFilter.ALL.in(RunState.ABANDONED)))
                .extracting(RunRecord::id)
                .containsExactlyInAnyOrderElementsOf(killed);
        for (String name : STACKS) {
            List<RunRecord> own =
                    backups.stream().filter(run -> run.stack().equals(name)).toList();
            assertThat(own.stream().filter(run -> run.trigger() == Trigger.START))
                    .hasSize(1);
            Map<Instant, Long> begun = own.stream()
                    .filter(run ->
                            run.trigger() == Trigger.SCHEDULE && run.began().isPresent())
                    .collect(
                            Collectors.groupingBy(run -> run.due().orElseThrow(), TreeMap::new, Collectors.counting()));
            assertThat(begun)
                    .isNotEmpty()
                    .allSatisfy((due, count) -> assertThat(count).isEqualTo(1));
            Map<Instant, Long> written = own.stream()
                    .filter(run -> run.trigger() == Trigger.SCHEDULE)
                    .collect(
                            Collectors.groupingBy(run -> run.due().orElseThrow(), TreeMap::new, Collectors.counting()));
            assertThat(written.values()).allMatch(count -> count == 1);
            requireNoGap(written.keySet());
            compareWithRepository(server, server.stacks.show(name).config(), own);
        }
    }

    /** While one of the servers lives nothing is left out: each moment has a run that began, or one that says why it did not. */
    private static void requireNoGap(Set<Instant> moments) {
        List<Instant> inOrder = moments.stream().sorted().toList();
        for (int i = 1; i < inOrder.size(); i++) {
            assertThat(inOrder.get(i)).isEqualTo(inOrder.get(i - 1).plusSeconds(5));
        }
    }

    /** A run makes one snapshot at most; only a run that was killed may have made one that it could not tell of. */
    private static void compareWithRepository(RealServer server, StackConfig stack, List<RunRecord> runs) {
        Set<SnapshotId> told =
                runs.stream().flatMap(run -> run.snapshot().stream()).collect(Collectors.toSet());
        long succeeded =
                runs.stream().filter(run -> run.state() == RunState.SUCCEEDED).count();
        long abandoned =
                runs.stream().filter(run -> run.state() == RunState.ABANDONED).count();
        long underWay =
                runs.stream().filter(run -> run.state() == RunState.RUNNING).count();
        assertThat(told).hasSize((int) succeeded);
        try (OpenRepository repository = server.repositories.open(stack.repository())) {
            Set<SnapshotId> there = repository.snapshots().stream()
                    .map(snapshot -> snapshot.id())
                    .collect(Collectors.toSet());
            assertThat(there).containsAll(told);
            assertThat(there.size()).isLessThanOrEqualTo((int) (succeeded + abandoned + underWay + 2));
        }
    }
}
