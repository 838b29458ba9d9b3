package dev.holdfast.control.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.catalog.Catalogs;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers on one PostgreSQL catalog. */
class TakeoverTest {
    private final VirtualTime time = new VirtualTime(Instant.parse("2026-11-20T12:00:00Z"));
    private final CountDownLatch go = new CountDownLatch(1);
    private final List<AutoCloseable> opened = new ArrayList<>();

    private CatalogPlace place;

    @TempDir
    private Path folder;

    @BeforeEach
    void open() {
        place = Catalogs.POSTGRES.place(folder);
    }

    @AfterEach
    void close() throws Exception {
        go.countDown();
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    private Station station(String name, Executor executor) {
        Catalog catalog = Catalog.open(place);
        opened.add(catalog);
        Station station = new Station(catalog, time, folder.resolve(name), RunLimits.USUAL, executor);
        opened.add(station);
        station.stacks.with(Station.stack("shop"));
        return station;
    }

    private Station stuck(String name) {
        Station station = station(name, Station.THREADS);
        station.connectors.duringCapture = () -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            }
        };
        return station;
    }

    private void until(Station station, BooleanSupplier reached) {
        for (int i = 0; i < 20_000 && !reached.getAsBoolean(); i++) {
            time.advance(Duration.ofMillis(1));
            station.tick();
            Thread.onSpinWait();
        }
        assertThat(reached.getAsBoolean()).isTrue();
    }

    @Test
    void the_run_of_a_server_that_falls_silent_is_given_up_and_tried_again_by_another() {
        Station dead = stuck("dead");
        Station alive = station("alive", Station.AT_ONCE);
        RunRecord run = dead.backup("shop");
        until(dead, () -> dead.log.contains("capture shop-files"));
        alive.tick();

        alive.live(Duration.ofSeconds(55), Duration.ofSeconds(5));
        assertThat(alive.show(run).state()).isEqualTo(RunState.RUNNING);
        alive.live(Duration.ofSeconds(15), Duration.ofSeconds(5));

        RunRecord abandoned = alive.show(run);
        assertThat(abandoned.state()).isEqualTo(RunState.ABANDONED);
        assertThat(abandoned.error().orElseThrow().code()).isEqualTo(ErrorCode.RUN_ABANDONED);
        assertThat(abandoned.server()).isEqualTo("dead");
        RunRecord retry = alive.all(RunFilter.ALL.in(RunState.SUCCEEDED)).getFirst();
        assertThat(retry.trigger()).isEqualTo(Trigger.RETRY);
        assertThat(retry.first()).contains(run.id());
        assertThat(retry.server()).isEqualTo("alive");
        assertThat(alive.heard).extracting(RunRecord::state).containsExactly(RunState.ABANDONED, RunState.SUCCEEDED);
    }

    @Test
    void a_server_that_was_only_slow_learns_that_its_run_is_not_its_own_any_more() {
        Station slow = stuck("slow");
        Station quick = station("quick", Station.AT_ONCE);
        RunRecord run = slow.backup("shop");
        until(slow, () -> slow.log.contains("capture shop-files"));
        quick.live(Duration.ofSeconds(70), Duration.ofSeconds(5));
        assertThat(quick.show(run).state()).isEqualTo(RunState.ABANDONED);

        until(slow, () -> slow.service.underWay() == 0);

        assertThat(slow.repository.snapshots).isEmpty();
        assertThat(slow.show(run).state()).isEqualTo(RunState.ABANDONED);
        assertThat(slow.heard).isEmpty();
        assertThat(slow.all(RunFilter.ALL)).hasSize(2);
    }

    @Test
    void a_snapshot_that_a_slow_server_made_after_its_run_was_given_up_is_noted_with_the_run() {
        Station slow = stuck("slow");
        Station quick = station("quick", Station.AT_ONCE);
        RunRecord run = slow.backup("shop");
        until(slow, () -> slow.log.contains("capture shop-files"));
        quick.live(Duration.ofSeconds(70), Duration.ofSeconds(5));
        assertThat(quick.show(run).state()).isEqualTo(RunState.ABANDONED);
        assertThat(quick.show(run).snapshot()).isEmpty();

        go.countDown(); // before it has looked whether the run is its own still
        until(
                quick,
                () -> quick.show(run).snapshot().isPresent()
                        && slow.service.logs().text(run.id()).contains("ended as succeeded after it was given up"));

        RunRecord noted = quick.show(run);
        assertThat(noted.state()).isEqualTo(RunState.ABANDONED);
        assertThat(noted.snapshot().orElseThrow())
                .isEqualTo(slow.repository.snapshots.getFirst().id());
        assertThat(noted.error().orElseThrow().message()).contains("only slow", "is there");
        assertThat(slow.heard).isEmpty();
    }

    @Test
    void a_run_waits_for_a_server_that_knows_its_stack_as_long_as_there_is_one() {
        Station one = station("one", Station.AT_ONCE);
        Station two = stuck("two");
        two.stacks.with(Station.stack("blog"));
        RunRecord first = two.backup("blog");
        until(two, () -> two.log.contains("capture blog-files"));
        RunRecord second = two.backup("blog");
        for (int minute = 0; minute < 20; minute++) {
            two.tick();
            one.live(Duration.ofSeconds(30), Duration.ofSeconds(30));
            two.tick();
            one.live(Duration.ofSeconds(30), Duration.ofSeconds(30));
        }
        assertThat(one.show(first).state()).isEqualTo(RunState.RUNNING);
        assertThat(one.show(second).state()).isEqualTo(RunState.WAITING);

        one.live(Strays.PATIENCE.plusMinutes(5), Duration.ofSeconds(20)); // two is silent from here on
        assertThat(one.show(second).state()).isEqualTo(RunState.FAILED);
        assertThat(one.show(second).error().orElseThrow().message()).contains("no server knows stack 'blog'");
    }

    @Test
    void a_server_that_comes_back_gives_up_at_once_what_it_had_when_it_was_killed() {
        Station station = stuck("one");
        RunRecord run = station.backup("shop");
        until(station, () -> station.log.contains("capture shop-files"));
        // as if its process had been killed: another one may have the folder, with the same id
        Station next = station("two", Station.AT_ONCE);
        next.catalog
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "UPDATE run SET server = ? WHERE id = ?",
                        identity(folder.resolve("two")),
                        run.id().text()));
        next.tick();

        assertThat(next.show(run).state()).isEqualTo(RunState.ABANDONED);
        assertThat(next.show(run).error().orElseThrow().message()).contains("is back now");
    }

    private static String identity(Path state) {
        try {
            return Files.readString(state.resolve("server-id")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void nobody_is_given_up_by_a_server_that_could_not_look_for_a_while() {
        Station busy = stuck("busy");
        Station blind = station("blind", Station.AT_ONCE);
        RunRecord run = busy.backup("shop");
        until(busy, () -> busy.log.contains("capture shop-files"));
        blind.tick();

        time.advance(Duration.ofMinutes(10));
        blind.tick();
        assertThat(blind.show(run).state()).isEqualTo(RunState.RUNNING);
        busy.tick();
        time.advance(Duration.ofSeconds(20));
        blind.tick();
        assertThat(blind.show(run).state()).isEqualTo(RunState.RUNNING);
    }

    @Test
    void each_due_run_begins_once_however_many_servers_there_are() {
        List<Station> stations = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Station station = station("server" + i, Station.AT_ONCE);
            for (int j = 0; j < 4; j++) {
                station.stacks.with(
                        Station.stack("stack" + j).withPolicies(Station.scheduled("*/5 * * * *", ZoneOffset.UTC)));
            }
            stations.add(station);
        }
        stations.forEach(Station::tick);
        for (int minute = 0; minute < 60; minute++) {
            time.advance(Duration.ofMinutes(1));
            List<Thread> threads = stations.stream()
                    .map(station -> Thread.ofPlatform().start(station::tick))
                    .toList();
            threads.forEach(TakeoverTest::join);
        }
        Station any = stations.getFirst();
        assertThat(any.backups(Set.of()).stream().filter(run -> run.trigger() == Trigger.START))
                .hasSize(4);
        List<RunRecord> due = any.backups(Set.of()).stream()
                .filter(run -> run.due().isPresent())
                .toList();
        assertThat(due)
                .hasSize(4 * 12)
                .allMatch(run -> run.state() == RunState.SUCCEEDED || run.state() == RunState.WAITING);
        assertThat(due.stream().map(run -> run.stack() + run.due())).doesNotHaveDuplicates();
        assertThat(stations.stream()
                        .mapToLong(station ->
                                station.log.stream().filter("commit"::equals).count())
                        .sum())
                .isEqualTo(any.backups(Set.of(RunState.SUCCEEDED)).size());
        assertThat(stations).allMatch(station -> station.log.contains("commit"));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_run_is_cancelled_from_another_server_and_followed_there() {
        Station one = stuck("one");
        Station two = station("two", Station.AT_ONCE);
        RunRecord run = one.backup("shop");
        until(one, () -> one.log.contains("capture shop-files"));
        List<RunEvent> told = new ArrayList<>();
        try (RunEvents.Subscription _ = two.service.events().subscribe(Optional.of(run.id()), 0, told::add)) {
            two.service.runs().cancel(run.id(), "bob");
            until(one, () -> one.service.underWay() == 0);
            assertThat(two.show(run).state()).isEqualTo(RunState.CANCELLED);
            one.service.pump();
            two.service.pump();

            assertThat(told.stream().map(event -> event.body().label())).contains("state", "step", "line");
            assertThat(told.getLast().body()).isInstanceOfAny(RunEvent.Line.class, RunEvent.State.class);
            assertThat(two.service.logs().text(run.id())).contains("cancelled by bob");
        }
    }

    @Test
    void a_run_of_a_stack_that_only_one_server_knows_waits_for_that_one() {
        Station one = station("one", Station.AT_ONCE);
        Station two = station("two", Station.AT_ONCE);
        two.stacks.with(Station.stack("blog"));
        RunRecord run = two.backup("blog");
        one.tick();
        assertThat(one.show(run).state()).isEqualTo(RunState.WAITING);
        assertThat(one.show(run).waitingFor()).isEqualTo("a server that knows stack 'blog'");
        two.tick();
        assertThat(one.show(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void two_servers_do_not_share_a_state_folder() {
        Station one = station("one", Station.AT_ONCE);
        assertThatThrownBy(() -> station("one", Station.AT_ONCE))
                .isInstanceOf(Busy.class)
                .hasMessageContaining("another server uses the state folder");
        one.tick();
    }

    @Test
    void a_server_that_is_stopped_gives_its_runs_back() {
        Station one = stuck("one");
        RunRecord run = one.backup("shop");
        until(one, () -> one.log.contains("capture shop-files"));
        Station two = station("two", Station.AT_ONCE);
        go.countDown();
        one.connectors.duringCapture = () -> {};
        one.service.close();
        // closing waits by the clock of the test, which does not wait for the thread of the run
        until(two, () -> two.show(run).state() != RunState.RUNNING);
        two.tick();

        RunState state = two.show(run).state();
        assertThat(state).isIn(RunState.ABANDONED, RunState.SUCCEEDED);
        assertThat(two.all(RunFilter.ALL).getLast().state()).isEqualTo(RunState.SUCCEEDED);
    }
}
