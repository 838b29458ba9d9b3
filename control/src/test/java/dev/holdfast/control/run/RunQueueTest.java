package dev.holdfast.control.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.Catalogs;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.hook.HookAction;
import dev.holdfast.control.hook.HookConfig;
import dev.holdfast.control.hook.HookPoint;
import dev.holdfast.control.operation.FakeRepository;
import dev.holdfast.control.stack.SnapshotFilter;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.CheckReport;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.source.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RunQueueTest {
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

    private Station station(Catalogs kind, Executor executor, RunLimits limits) {
        Catalog catalog = kind.open(folder);
        opened.add(catalog);
        Station station = new Station(catalog, time, folder.resolve("one"), limits, executor);
        opened.add(station);
        station.stacks.with(Station.stack("shop")).with(Station.stack("blog"));
        return station;
    }

    private Station station(Catalogs kind) {
        return station(kind, Station.AT_ONCE, RunLimits.USUAL.withAtOnce(4));
    }

    /** Every backup stays in its capture until {@link #go}, or until it is interrupted. */
    private Station blocking(Catalogs kind, RunLimits limits) {
        Station station = station(kind, Station.THREADS, limits);
        station.connectors.duringCapture = () -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            }
        };
        return station;
    }

    private static RunRequest.Restore restore(String stack) {
        return new RunRequest.Restore(stack, "latest", List.of(), Map.of(), true, true, PostgresRestore.WHOLE, false);
    }

    /** Until the threads of a server have come so far; the server's own time goes on meanwhile, but little. */
    private void until(Station station, BooleanSupplier reached) {
        for (int i = 0; i < 20_000 && !reached.getAsBoolean(); i++) {
            time.advance(Duration.ofMillis(1));
            station.tick();
            Thread.onSpinWait();
        }
        assertThat(reached.getAsBoolean()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void a_backup_that_was_asked_for_is_carried_out_and_leaves_a_record(Catalogs kind) {
        Station station = station(kind);

        RunRecord waiting = station.backup("shop");
        assertThat(waiting.state()).isEqualTo(RunState.WAITING);
        station.tick();

        RunRecord done = station.show(waiting);
        assertThat(done.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(done.trigger()).isEqualTo(Trigger.API);
        assertThat(done.actor()).isEqualTo("ada");
        assertThat(done.server()).isEqualTo("one");
        assertThat(done.began()).isPresent();
        assertThat(done.snapshot())
                .contains(station.repository.snapshots.getFirst().id());
        assertThat(done.bytesStored()).isEqualTo(10);
        assertThat(done.result().orElseThrow())
                .contains("\"snapshot\":\"" + done.snapshot().orElseThrow() + "\"");
        assertThat(station.heard).containsExactly(done);
        assertThat(station.log).contains("capture shop-files", "commit");
    }

    @ParameterizedTest
    @EnumSource
    void one_writer_of_a_stack_goes_at_a_time_and_the_next_says_for_whom_it_waits(Catalogs kind) {
        Station station = blocking(kind, RunLimits.USUAL.withAtOnce(4));
        RunRecord first = station.backup("shop");
        RunRecord second = station.submit(new RunRequest.Sync("shop"));
        RunRecord other = station.backup("blog");
        until(station, () -> station.log.contains("capture blog-files"));

        assertThat(station.show(first).state()).isEqualTo(RunState.RUNNING);
        assertThat(station.show(other).state()).isEqualTo(RunState.RUNNING);
        assertThat(station.show(second).waitingFor()).isEqualTo("the backup that is under way, run " + first.id());

        go.countDown();
        until(station, () -> station.show(second).state() == RunState.SUCCEEDED);
        assertThat(station.show(first).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(station.show(second).began().orElseThrow())
                .isAfterOrEqualTo(station.show(first).ended().orElseThrow());
    }

    @ParameterizedTest
    @EnumSource
    void checks_and_restores_go_beside_a_backup_and_a_backup_waits_for_a_restore(Catalogs kind) {
        Station station = blocking(kind, RunLimits.USUAL.withAtOnce(4));
        station.repository.add("shop", NOON, FakeRepository.part("shop-files", "directory", 7, 70));
        RunRecord backup = station.backup("shop");
        RunRecord check = station.submit(new RunRequest.Check("shop", false));
        RunRecord restore = station.submit(restore("shop"));

        until(
                station,
                () -> station.show(restore).state().hasEnded()
                        && station.show(check).state().hasEnded());
        assertThat(station.show(check).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(station.show(restore).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(station.show(backup).state()).isEqualTo(RunState.RUNNING);
        assertThat(RunKind.BACKUP.lane().waitsFor(RunKind.RESTORE.lane())).isTrue();
        assertThat(RunKind.RESTORE.lane().waitsFor(RunKind.BACKUP.lane())).isFalse();
        assertThat(RunKind.EXPORT.lane().waitsFor(RunKind.EXPORT.lane())).isTrue();
        assertThat(RunKind.EXPORT.lane().waitsFor(RunKind.BACKUP.lane())).isFalse();
        assertThat(RunKind.BACKUP.lane().waitsFor(RunKind.EXPORT.lane())).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void one_more_goes_as_soon_as_one_more_is_allowed(Catalogs kind) {
        Station station = blocking(kind, RunLimits.USUAL.withAtOnce(1));
        station.backup("shop");
        until(station, () -> station.log.contains("capture shop-files"));
        RunRecord second = station.backup("blog");
        until(station, () -> station.show(second).waitingFor().startsWith("a place; 1 runs at once"));
        station.limits = station.limits.withAtOnce(2);
        until(station, () -> station.log.contains("capture blog-files"));
        go.countDown();
        until(station, () -> station.show(second).state().hasEnded());
    }

    @ParameterizedTest
    @EnumSource
    void only_so_many_runs_go_at_once_but_a_restore_finds_a_place(Catalogs kind) {
        Station station = blocking(kind, RunLimits.USUAL.withAtOnce(1));
        RunRecord first = station.backup("shop");
        until(station, () -> station.log.contains("capture shop-files"));
        RunRecord second = station.backup("blog");
        RunRecord restore = station.submit(restore("shop"));
        until(station, () -> station.show(restore).state().hasEnded());

        assertThat(station.show(second).waitingFor()).startsWith("a place; 1 runs at once");
        go.countDown();
        until(station, () -> station.show(second).state().hasEnded());
        assertThat(station.show(first).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @ParameterizedTest
    @EnumSource
    void a_run_that_waits_is_cancelled_at_once_and_one_under_way_is_asked_and_then_interrupted(Catalogs kind) {
        Station station = blocking(kind, RunLimits.USUAL.withAtOnce(4));
        RunRecord running = station.backup("shop");
        RunRecord waiting = station.backup("shop");
        until(station, () -> station.log.contains("capture shop-files"));

        assertThat(station.service.runs().cancel(waiting.id(), "bob").state()).isEqualTo(RunState.CANCELLED);
        assertThat(station.service.runs().cancel(running.id(), "bob").cancelRequested())
                .isTrue();
        until(station, () -> station.show(running).state().hasEnded());

        RunRecord ended = station.show(running);
        assertThat(ended.state()).isEqualTo(RunState.CANCELLED);
        assertThat(ended.error().orElseThrow().message()).isEqualTo("cancelled by bob");
        assertThat(station.repository.snapshots).isEmpty();
        assertThat(station.service.runs().cancel(running.id(), "eve")).isEqualTo(ended);
    }

    @ParameterizedTest
    @EnumSource
    void the_same_key_gives_the_same_run_and_is_refused_for_another(Catalogs kind) {
        Station station = station(kind);
        Runs runs = station.service.runs();
        RunRecord first = runs.submit(restore("shop"), Trigger.API, "ada", Optional.of("k1"));

        assertThat(runs.submit(restore("shop"), Trigger.API, "ada", Optional.of("k1"))
                        .id())
                .isEqualTo(first.id());
        assertThat(runs.submit(restore("shop"), Trigger.API, "bob", Optional.of("k1"))
                        .id())
                .isNotEqualTo(first.id());
        assertThatThrownBy(() -> runs.submit(restore("blog"), Trigger.API, "ada", Optional.of("k1")))
                .isInstanceOfSatisfying(
                        HoldfastException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    }

    @ParameterizedTest
    @EnumSource
    void what_may_pass_is_tried_again_later_and_linked_to_the_first(Catalogs kind) {
        Station station = station(kind);
        station.connectors.failing.add("preflight shop-files");
        RunRecord first = station.backup("shop");
        station.tick();

        assertThat(station.show(first).state()).isEqualTo(RunState.FAILED);
        assertThat(station.show(first).error().orElseThrow().code()).isEqualTo(ErrorCode.BUCKET_UNAVAILABLE);
        RunRecord retry = station.all(RunFilter.ALL.in(RunState.WAITING)).getFirst();
        assertThat(retry.trigger()).isEqualTo(Trigger.RETRY);
        assertThat(retry.attempt()).isEqualTo(2);
        assertThat(retry.first()).contains(first.id());
        assertThat(retry.notBefore())
                .isEqualTo(station.show(first).ended().orElseThrow().plus(Duration.ofMinutes(1)));
        station.tick();
        assertThat(station.show(retry).waitingFor()).startsWith("attempt 2 at ");

        station.connectors.failing.clear();
        station.live(Duration.ofMinutes(2), Duration.ofSeconds(10));
        assertThat(station.show(retry).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(station.log).filteredOn("prepare shop"::equals).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void it_is_not_tried_for_ever(Catalogs kind) {
        Station station = station(kind);
        station.connectors.failing.add("preflight shop-files");
        station.backup("shop");
        station.live(Duration.ofHours(2), Duration.ofSeconds(20));

        assertThat(station.all(RunFilter.ALL))
                .extracting(RunRecord::attempt, RunRecord::state)
                .containsExactly(
                        tuple(1, RunState.FAILED),
                        tuple(2, RunState.FAILED),
                        tuple(3, RunState.FAILED),
                        tuple(4, RunState.FAILED));
    }

    @ParameterizedTest
    @EnumSource
    void a_fault_of_the_program_ends_its_run_and_nothing_else(Catalogs kind) {
        Station station = station(kind);
        station.connectors.duringCapture = () -> {
            throw new IllegalArgumentException("a fault");
        };
        RunRecord run = station.backup("shop");
        station.tick();
        station.connectors.duringCapture = () -> {};
        RunRecord next = station.backup("shop");
        station.tick();

        assertThat(station.show(run).error().orElseThrow().code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(station.show(next).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(station.all(RunFilter.ALL)).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void a_run_without_progress_is_ended_and_has_failed(Catalogs kind) {
        Station station = blocking(kind, RunLimits.USUAL.withAtOnce(4));
        RunRecord run = station.backup("shop");
        until(station, () -> station.log.contains("capture shop-files"));
        station.live(Duration.ofMinutes(29), Duration.ofMinutes(1));
        assertThat(station.show(run).state()).isEqualTo(RunState.RUNNING);

        time.advance(Duration.ofMinutes(2));
        station.tick();
        time.advance(Duration.ofSeconds(6));
        until(station, () -> station.show(run).state().hasEnded());

        RunRecord ended = station.show(run);
        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(ended.error().orElseThrow().code()).isEqualTo(ErrorCode.RUN_STALLED);
        assertThat(ended.error().orElseThrow().message()).contains("no progress for 31 min in step capture shop-files");
    }

    @ParameterizedTest
    @EnumSource
    void a_machine_that_stood_still_has_its_runs_go_on(Catalogs kind) {
        Station station = blocking(kind, RunLimits.USUAL.withAtOnce(4));
        RunRecord run = station.backup("shop");
        until(station, () -> station.log.contains("capture shop-files"));
        time.advance(Duration.ofHours(9));
        station.live(Duration.ofMinutes(5), Duration.ofMinutes(1));
        assertThat(station.show(run).state()).isEqualTo(RunState.RUNNING);

        go.countDown();
        until(station, () -> station.show(run).state().hasEnded());
        assertThat(station.show(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @ParameterizedTest
    @EnumSource
    void what_must_be_looked_at_is_said_and_a_destination_that_is_behind_is_caught_up(Catalogs kind) {
        Station station = station(kind);
        station.repository.destinations = List.of(
                new DestinationState("disk", "/backups", true, ""),
                new DestinationState("s3", "s3://b", false, "away"));
        RunRecord backup = station.backup("shop");
        station.tick();

        assertThat(station.show(backup).state()).isEqualTo(RunState.ATTENTION);
        assertThat(station.snapshots
                        .list(SnapshotFilter.ALL, Optional.empty(), 10)
                        .snapshots()
                        .getFirst()
                        .assurance()
                        .copies())
                .isEqualTo(1);
        RunRecord sync = station.all(RunFilter.ALL.in(RunState.WAITING)).getFirst();
        assertThat(sync.kind()).isEqualTo(RunKind.SYNC);

        station.repository.destinations = List.of(
                new DestinationState("disk", "/backups", true, ""), new DestinationState("s3", "s3://b", true, ""));
        station.live(Duration.ofMinutes(16), Duration.ofMinutes(1));
        assertThat(station.show(sync).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(station.snapshots
                        .list(SnapshotFilter.ALL, Optional.empty(), 10)
                        .snapshots()
                        .getFirst()
                        .assurance()
                        .copies())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void what_follows_a_backup_is_not_held_for_the_dry_run_that_waits(Catalogs kind) {
        Station station = station(kind);
        StackConfig shop = Station.stack("shop");
        station.stacks.with(shop.withPolicies(Station.keepingOne(shop.policies())));
        station.backup("shop");
        station.submit(new RunRequest.Retention("shop", true));
        station.tick();

        assertThat(station.all(RunFilter.ALL.ofKind(RunKind.RETENTION))).hasSize(2);
        station.backup("shop");
        station.submit(new RunRequest.Retention("shop", false));
        station.live(Duration.ofMinutes(1), Duration.ofSeconds(10));
        assertThat(station.all(RunFilter.ALL.ofKind(RunKind.RETENTION)))
                .hasSize(3)
                .allMatch(run -> run.state() == RunState.SUCCEEDED);
    }

    @ParameterizedTest
    @EnumSource
    void damage_found_by_a_check_fails_it(Catalogs kind) {
        Station station = station(kind);
        station.repository.checkReport = new CheckReport(0, 0, 0, 0, true, List.of());
        RunRecord check = station.submit(new RunRequest.Check("shop", true));
        station.tick();
        assertThat(station.show(check).state()).isEqualTo(RunState.ATTENTION);
    }

    @ParameterizedTest
    @EnumSource
    void hooks_go_before_and_after_and_also_after_a_failure(Catalogs kind) throws Exception {
        Station station = station(kind);
        Path said = folder.resolve("said");
        station.stacks.change(
                "shop",
                policies -> Station.hooked(
                        policies,
                        hook(
                                HookPoint.BEFORE_BACKUP,
                                "echo before >> " + said + "; echo I was here",
                                HookConfig.OnFailure.FAIL),
                        hook(
                                HookPoint.AFTER_BACKUP,
                                "echo after $HOLDFAST_STATE >> " + said,
                                HookConfig.OnFailure.FAIL),
                        hook(HookPoint.ON_FAILURE, "echo failure >> " + said, HookConfig.OnFailure.FAIL)));
        RunRecord good = station.backup("shop");
        station.tick();
        assertThat(station.show(good).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(said).hasContent("before\nafter succeeded\n");
        assertThat(station.service.logs().text(good.id())).contains("I was here");

        station.connectors.failing.add("capture shop-files");
        RunRecord bad = station.backup("shop");
        station.tick();
        assertThat(station.show(bad).state()).isEqualTo(RunState.FAILED);
        assertThat(Files.readString(said)).endsWith("before\nafter failed\nfailure\n");
    }

    @ParameterizedTest
    @EnumSource
    void a_hook_that_fails_before_a_backup_ends_it_and_one_that_only_warns_makes_it_worth_a_look(Catalogs kind) {
        Station station = station(kind);
        station.stacks.change(
                "shop",
                policies ->
                        Station.hooked(policies, hook(HookPoint.BEFORE_BACKUP, "exit 3", HookConfig.OnFailure.FAIL)));
        station.stacks.change(
                "blog",
                policies ->
                        Station.hooked(policies, hook(HookPoint.AFTER_BACKUP, "exit 3", HookConfig.OnFailure.WARN)));
        RunRecord ended = station.backup("shop");
        RunRecord warned = station.backup("blog");
        station.tick();

        assertThat(station.show(ended).error().orElseThrow().code()).isEqualTo(ErrorCode.HOOK_FAILED);
        assertThat(station.log).doesNotContain("capture shop-files");
        assertThat(station.show(warned).state()).isEqualTo(RunState.ATTENTION);
        assertThat(station.show(warned).snapshot()).isPresent();
    }

    private static HookConfig hook(HookPoint point, String line, HookConfig.OnFailure onFailure) {
        return new HookConfig(
                point,
                HookConfig.When.ALWAYS,
                HookAction.Command.shell(line, Map.of()),
                Duration.ofSeconds(20),
                onFailure);
    }

    @ParameterizedTest
    @EnumSource
    void every_run_has_a_log_and_so_has_every_day(Catalogs kind) throws Exception {
        Station station = station(kind);
        station.repository.findings = List.of(new Finding("a\nrun finished kind=forged", "x\u001b[31m"));
        RunRecord run = station.backup("shop");
        station.tick();

        String log = station.service.logs().text(run.id());
        assertThat(log).contains("run began kind=backup", "step capture shop-files begins", "run finished kind=backup");
        assertThat(log.lines()).noneMatch(line -> line.startsWith("run finished kind=forged"));
        Path day = station.state.resolve("logs/2026-11-20.log");
        assertThat(day).content().contains("run=" + run.id() + " stack=shop run finished");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(day)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(station.state.resolve("logs/runs/" + run.id() + ".log"))))
                .isEqualTo("rw-------");

        station.service.pump();
        Files.delete(station.state.resolve("logs/runs/" + run.id() + ".log"));
        assertThat(station.service.logs().text(run.id())).contains("run began kind=backup");
        assertThatThrownBy(() -> station.service.logs().text(new RunId("0".repeat(26))))
                .isInstanceOf(HoldfastException.class);
    }

    @ParameterizedTest
    @EnumSource
    void everything_that_happens_is_told_in_order_and_again_from_wherever_one_likes(Catalogs kind) {
        Station station = station(kind);
        List<RunEvent> told = new ArrayList<>();
        RunEvents events = station.service.events();
        try (RunEvents.Subscription _ = events.subscribe(Optional.empty(), 0, told::add)) {
            RunRecord run = station.backup("shop");
            station.backup("blog");
            station.tick();
            station.service.pump();

            assertThat(told).extracting(RunEvent::sequence).isSorted().doesNotHaveDuplicates();
            assertThat(told.stream()
                            .filter(event -> event.run().equals(run.id()))
                            .map(RunEvent::body)
                            .filter(RunEvent.State.class::isInstance)
                            .map(body -> ((RunEvent.State) body).state()))
                    .containsExactly(RunState.WAITING, RunState.RUNNING, RunState.SUCCEEDED);
            assertThat(told.stream().map(event -> event.body().label())).contains("state", "step", "line");
            assertThat(events.since(Optional.empty(), told.get(4).sequence(), 1000))
                    .isEqualTo(told.subList(5, told.size()));
            assertThat(events.since(Optional.of(run.id()), 0, 1000))
                    .allMatch(event -> event.run().equals(run.id()));
            assertThat(events.last()).isEqualTo(told.getLast().sequence());
        }
    }

    @ParameterizedTest
    @EnumSource
    void runs_are_listed_newest_first_page_by_page(Catalogs kind) {
        Station station = station(kind);
        List<RunId> ids = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            time.advance(Duration.ofSeconds(1));
            ids.addFirst(station.submit(new RunRequest.Check(i % 2 == 0 ? "shop" : "blog", false))
                    .id());
        }
        RunPage first = station.service.runs().list(RunFilter.ALL, Optional.empty(), 3);
        RunPage second = station.service.runs().list(RunFilter.ALL, first.next(), 3);
        RunPage third = station.service.runs().list(RunFilter.ALL, second.next(), 3);

        assertThat(first.runs()).extracting(RunRecord::id).isEqualTo(ids.subList(0, 3));
        assertThat(second.runs()).extracting(RunRecord::id).isEqualTo(ids.subList(3, 6));
        assertThat(third.runs()).extracting(RunRecord::id).isEqualTo(ids.subList(6, 7));
        assertThat(third.next()).isEmpty();
        assertThat(station.all(RunFilter.ALL.ofStack("blog"))).hasSize(3);
        assertThat(station.all(RunFilter.ALL.ofStack("' OR 1=1 --"))).isEmpty();
        assertThat(station.all(RunFilter.ALL.ofKind(RunKind.BACKUP))).isEmpty();
    }
}
