package dev.holdfast.control.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.Catalogs;
import dev.holdfast.control.catalog.Seal;
import dev.holdfast.control.operation.RunResult;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.source.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What must neither wait for ever, nor go untold, nor grow without end. */
class RunWatchfulnessTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private final VirtualTime time = new VirtualTime(NOON);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final CountDownLatch go = new CountDownLatch(1);

    @TempDir
    private Path folder;

    @AfterEach
    void close() throws Exception {
        go.countDown();
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    private Station station(Catalogs kind) {
        Catalog catalog = kind.open(folder);
        opened.add(catalog);
        return station(catalog, "one");
    }

    private Station station(Catalog catalog, String name) {
        Station station =
                new Station(catalog, time, folder.resolve(name), RunLimits.USUAL.withAtOnce(1), Station.AT_ONCE);
        opened.add(station);
        station.stacks.with(Station.stack("shop")).with(Station.stack("blog"));
        return station;
    }

    private static final class Ears implements RunListeners.Listener {
        private final List<RunRecord> ended = Collections.synchronizedList(new ArrayList<>());
        private final List<RunRecord> late = Collections.synchronizedList(new ArrayList<>());
        private boolean deaf;

        @Override
        public void ended(RunRecord run, Optional<RunResult> result) {
            if (deaf) {
                throw new IllegalStateException("nobody hears");
            }
            ended.add(run);
        }

        @Override
        public void late(RunRecord run) {
            late.add(run);
        }
    }

    private static Ears ears(Station station) {
        Ears ears = new Ears();
        station.service.listeners().add(ears);
        return ears;
    }

    @ParameterizedTest
    @EnumSource
    void a_run_that_waits_for_a_stack_that_was_removed_ends_and_says_why(Catalogs kind) {
        Station station = station(kind);
        RunRecord run = station.backup("blog");
        station.stacks.without("blog");

        station.live(Strays.PATIENCE.minusMinutes(1), Duration.ofSeconds(30));
        assertThat(station.show(run).state()).isEqualTo(RunState.WAITING);
        station.live(Duration.ofMinutes(2), Duration.ofSeconds(30));

        assertThat(station.show(run).state()).isEqualTo(RunState.FAILED);
        assertThat(station.show(run).error().orElseThrow().code()).isEqualTo(ErrorCode.UNKNOWN_NAME);
        assertThat(station.show(run).error().orElseThrow().message()).contains("no server knows stack 'blog'");
        assertThat(station.heard).extracting(RunRecord::id).contains(run.id());
    }

    @Test
    void a_stack_that_comes_back_in_time_has_its_run_carried_out() {
        Station station = station(Catalogs.SQLITE);
        RunRecord run = station.backup("blog");
        station.stacks.without("blog");
        station.live(Strays.PATIENCE.minusMinutes(1), Duration.ofSeconds(30));
        station.stacks.with(Station.stack("blog"));
        station.live(Duration.ofMinutes(2), Duration.ofSeconds(30));

        assertThat(station.show(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @ParameterizedTest
    @EnumSource
    void the_end_of_a_run_is_told_once_more_if_its_server_died_between_writing_and_telling_it(Catalogs kind) {
        Station station = station(kind);
        Ears ears = ears(station);
        station.connectors.failing.add("capture shop-files");
        RunRecord run = station.submit(new RunRequest.Check("shop", false));
        station.tick();
        assertThat(ears.ended).hasSize(1);

        // as if it had been killed right after the end was written
        station.catalog
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "UPDATE run SET untold = 1 WHERE id = ?", run.id().text()));
        station.live(Duration.ofMinutes(3), Duration.ofSeconds(10));

        assertThat(ears.ended).extracting(RunRecord::id).containsExactly(run.id(), run.id());
        station.live(Duration.ofMinutes(30), Duration.ofSeconds(30));
        assertThat(ears.ended).hasSize(2);
    }

    @Test
    void of_two_servers_one_tells_what_a_third_could_not() {
        Catalog catalog = Catalogs.POSTGRES.open(folder);
        opened.add(catalog);
        Station one = station(catalog, "one");
        Station two = station(catalog, "two");
        Ears ears = ears(one);
        two.service.listeners().add(ears);
        RunRecord run = one.submit(new RunRequest.Check("shop", false));
        one.tick();
        catalog.jdbi()
                .useHandle(handle -> handle.execute(
                        "UPDATE run SET untold = 1 WHERE id = ?", run.id().text()));
        for (int i = 0; i < 100; i++) {
            time.advance(Duration.ofSeconds(15));
            List<Thread> threads = Stream.of(one, two)
                    .map(station -> Thread.ofPlatform().start(station::tick))
                    .toList();
            threads.forEach(RunWatchfulnessTest::join);
        }
        assertThat(ears.ended).hasSize(2);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void who_failed_to_hear_is_told_again_a_few_times_and_not_for_ever(Catalogs kind) {
        Station station = station(kind);
        Ears ears = ears(station);
        ears.deaf = true;
        station.submit(new RunRequest.Check("shop", false));
        station.tick();
        station.live(Duration.ofMinutes(2), Duration.ofSeconds(10));
        ears.deaf = false;
        station.live(Duration.ofMinutes(2), Duration.ofSeconds(10));
        assertThat(ears.ended).hasSize(1);

        ears.deaf = true;
        int before = station.heard.size();
        station.submit(new RunRequest.Check("shop", false));
        station.live(Duration.ofHours(2), Duration.ofSeconds(30));
        assertThat(station.heard).hasSize(before + 5);
    }

    @ParameterizedTest
    @EnumSource
    void a_due_run_that_has_not_begun_or_not_ended_is_told_to_be_late_once(Catalogs kind) {
        Catalog catalog = kind.open(folder);
        opened.add(catalog);
        Station station =
                new Station(catalog, time, folder.resolve("one"), RunLimits.USUAL.withAtOnce(1), Station.THREADS);
        opened.add(station);
        station.connectors.duringCapture = () -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            }
        };
        Ears ears = ears(station);
        for (String name : List.of("shop", "blog")) {
            station.stacks.with(
                    Station.stack(name).withPolicies(Station.patient(Station.scheduled("0 14 * * *", ZoneOffset.UTC))));
            station.repository.add(name, NOON.minusSeconds(60));
        }
        station.live(Duration.ofMinutes(150), Duration.ofSeconds(30));
        assertThat(station.backups(Set.of(RunState.RUNNING))).hasSize(1);
        assertThat(ears.late).isEmpty();

        station.live(Duration.ofMinutes(40), Duration.ofSeconds(30));
        assertThat(ears.late).extracting(RunRecord::state).containsExactly(RunState.WAITING);
        station.live(Duration.ofHours(17), Duration.ofMinutes(1));
        assertThat(ears.late).extracting(RunRecord::state).containsExactly(RunState.WAITING, RunState.RUNNING);
    }

    @ParameterizedTest
    @EnumSource
    void a_schedule_that_is_quicker_than_its_retries_does_not_fail_in_silence(Catalogs kind) {
        Station station = station(kind);
        station.repository.add("shop", NOON.minusSeconds(1));
        station.stacks.with(Station.stack("shop").withPolicies(Station.scheduled("*/2 * * * *", ZoneOffset.UTC)));
        station.connectors.failing.add("capture shop-files");
        station.live(Duration.ofMinutes(21), Duration.ofSeconds(20));

        List<RunRecord> failed = station.backups(Set.of(RunState.FAILED));
        assertThat(station.backups(Set.of(RunState.CANCELLED))).isEmpty();
        assertThat(failed)
                .filteredOn(run -> run.began().isEmpty())
                .hasSizeGreaterThan(5)
                .allSatisfy(run -> {
                    assertThat(run.error().orElseThrow().code()).isEqualTo(ErrorCode.BUCKET_UNAVAILABLE);
                    assertThat(run.error().orElseThrow().message()).contains("before it was tried again");
                });
        assertThat(station.heard).containsAll(failed);
    }

    @Test
    void nobody_can_queue_runs_without_end() {
        Station station = station(Catalogs.SQLITE);
        for (int i = 0; i < 100; i++) {
            station.backup("shop");
        }
        assertThatThrownBy(() -> station.backup("shop"))
                .isInstanceOf(Busy.class)
                .hasMessageContaining("100 runs of stack 'shop' wait already");
        station.backup("blog");
        station.tick();
        station.backup("shop");
    }

    @Test
    void a_run_that_finds_something_everywhere_fills_neither_catalog_nor_disk() throws IOException {
        Station station = station(Catalogs.SQLITE);
        station.repository.findings = IntStream.range(0, 3 * RunWatch.MOST_LINES)
                .mapToObj(i -> new Finding("object " + i, "is not there"))
                .toList();
        RunRecord run = station.backup("shop");
        RunWatch watch = watch(station, run);
        station.repository.findings.forEach(watch::found);
        station.service.pump();

        Path log = station.state.resolve("logs/runs/" + run.id() + ".log");
        assertThat(Files.readAllLines(log)).hasSize(RunWatch.MOST_LINES + 1);
        assertThat(Files.readAllLines(log).getLast()).contains("more was said");
    }

    private RunWatch watch(Station station, RunRecord run) {
        RunTable table = new RunTable(
                new RequestJson(Seal.with(folder.resolve("watch.key"), new SecureRandom())), time, new SecureRandom());
        LogFiles logs = new LogFiles(station.state.resolve("logs"), ZoneOffset.UTC, station.catalog.jdbi());
        return new RunWatch(run, new EventStream(station.catalog.jdbi(), table, time), logs, table, time);
    }

    @Test
    void logs_of_the_earliest_runs_go_when_there_are_too_many() throws IOException {
        Path logs = folder.resolve("logs");
        Files.createDirectories(logs.resolve("runs"));
        List<String> names = List.of("01A", "01B", "01C", "01D");
        for (String name : names) {
            Files.writeString(logs.resolve("runs").resolve(name + ".log"), name);
        }
        new LogFiles(logs, ZoneOffset.UTC, station(Catalogs.SQLITE).catalog.jdbi(), 2).forget(Instant.EPOCH);

        try (Stream<Path> left = Files.list(logs.resolve("runs"))) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("01C.log", "01D.log");
        }
    }

    @ParameterizedTest
    @EnumSource
    void runs_are_forgotten_when_they_are_old_or_too_many_and_the_latest_never(Catalogs kind) {
        Station station = station(kind);
        for (int i = 0; i < 12; i++) {
            station.submit(new RunRequest.Check("shop", false));
            station.tick();
            time.advance(Duration.ofDays(1));
        }
        RunRecord waiting = station.backup("shop");
        RunTable table = new RunTable(
                new RequestJson(Seal.with(folder.resolve("table.key"), new SecureRandom())), time, new SecureRandom());
        station.catalog.jdbi().useHandle(handle -> table.forget(handle, NOON.plus(Duration.ofDays(5)), 10, 100));
        assertThat(station.all(RunFilter.ALL)).hasSize(11);
        station.catalog.jdbi().useHandle(handle -> table.forget(handle, NOON.plus(Duration.ofDays(500)), 5, 100));
        assertThat(station.all(RunFilter.ALL)).hasSize(6);
        station.catalog.jdbi().useHandle(handle -> table.forget(handle, Instant.EPOCH, 3, 3));
        assertThat(station.all(RunFilter.ALL)).hasSize(4).last().isEqualTo(station.show(waiting));
    }
}
