package dev.holdfast.control.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.Catalogs;
import dev.holdfast.control.config.StackPolicies;
import dev.holdfast.control.retention.RetentionConfig;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.control.schedule.Schedule;
import dev.holdfast.control.schedule.ScheduleConfig;
import dev.holdfast.control.schedule.Schedules;
import dev.holdfast.engine.error.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Schedules over days and weeks, with clocks as they are. */
class ScheduleInTimeTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Duration STEP = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private Station station(Catalog catalog, String begins, String schedule, ZoneId zone) {
        Station station = new Station(
                catalog,
                new VirtualTime(Instant.parse(begins)),
                folder.resolve("one"),
                RunLimits.USUAL,
                Station.AT_ONCE);
        station.stacks.with(Station.stack("shop").withPolicies(Station.scheduled(schedule, zone)));
        return station;
    }

    private static List<String> due(List<RunRecord> runs) {
        return runs.stream()
                .map(run ->
                        run.due().map(Instant::toString).orElse(run.trigger().label()))
                .toList();
    }

    @Test
    void a_new_stack_is_backed_up_at_once_and_then_by_its_schedule() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder);
                Station station = station(catalog, "2026-11-20T12:00:00Z", "0 2 * * *", BERLIN)) {
            station.live(Duration.ofDays(2), STEP);

            assertThat(due(station.backups(Set.of(RunState.SUCCEEDED))))
                    .containsExactly("start", "2026-11-21T01:00:00Z", "2026-11-22T01:00:00Z");
            assertThat(station.backups(Set.of())).hasSize(3);
        }
    }

    @Test
    void a_week_of_every_kind_of_run_misses_nothing_and_leaves_nothing_behind() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder);
                Station station = station(catalog, "2026-11-20T12:00:00Z", "*/15 * * * *", ZoneOffset.UTC)) {
            station.stacks.change(
                    "shop",
                    policies -> new StackPolicies(
                            policies.schedules(),
                            new RetentionConfig(
                                    RetentionPolicy.builder().last(3).build(),
                                    ScheduleConfig.of(Schedule.parse("0 4 * * *", ZoneOffset.UTC))),
                            policies.hooks(),
                            policies.notifications(),
                            policies.retry(),
                            policies.stalledAfter(),
                            policies.appVersion()));
            station.live(Duration.ofDays(1), STEP);
            int threads = Thread.activeCount();
            long memory = used();
            station.live(Duration.ofDays(6), STEP);

            List<RunRecord> backups = station.backups(Set.of());
            assertThat(backups).hasSize(1 + 7 * 24 * 4).allMatch(run -> run.state() == RunState.SUCCEEDED);
            assertThat(due(backups)).doesNotHaveDuplicates();
            assertThat(station.all(RunFilter.ALL.ofKind(RunKind.PRUNE))).hasSize(7);
            assertThat(station.repository.snapshots).hasSizeLessThan(10);
            assertThat(station.service.underWay()).isZero();
            assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
            assertThat(used() - memory)
                    .as("bytes more than after the first day")
                    .isLessThan(8L << 20);
        }
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void the_night_in_which_clocks_go_forward_and_the_one_in_which_they_go_back_have_one_backup_each() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder);
                Station station = station(catalog, "2027-03-26T12:00:00Z", "30 2 * * *", BERLIN)) {
            station.live(Duration.ofDays(4), STEP);
            // on 28 March there is no 02:30; it is made up for right after the gap
            assertThat(due(station.backups(Set.of(RunState.SUCCEEDED))))
                    .hasSize(5)
                    .contains("2027-03-27T01:30:00Z", "2027-03-29T00:30:00Z")
                    .anyMatch(moment -> moment.startsWith("2027-03-28T01:"));
        }
        try (Catalog catalog = Catalogs.POSTGRES.open(folder);
                Station station = station(catalog, "2027-10-29T12:00:00Z", "30 2 * * *", BERLIN)) {
            station.live(Duration.ofDays(4), STEP);
            // on 31 October there are two 02:30
            assertThat(due(station.backups(Set.of(RunState.SUCCEEDED))))
                    .hasSize(5)
                    .filteredOn(moment -> moment.startsWith("2027-10-31T"))
                    .hasSize(1);
        }
    }

    @Test
    void a_clock_that_jumps_ahead_and_back_neither_repeats_for_ever_nor_stops_the_schedule() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder);
                Station station = station(catalog, "2026-11-20T12:00:00Z", "0 * * * *", ZoneOffset.UTC)) {
            station.live(Duration.ofHours(2), STEP);
            assertThat(station.backups(Set.of())).hasSize(3);

            station.time.set(Instant.parse("2036-01-01T00:30:00Z"));
            station.live(Duration.ofMinutes(10), STEP);
            List<RunRecord> ahead = station.backups(Set.of());
            assertThat(ahead).hasSize(5);
            assertThat(ahead)
                    .filteredOn(run -> run.state() == RunState.MISSED)
                    .singleElement()
                    .satisfies(run -> {
                        assertThat(run.error().orElseThrow().code()).isEqualTo(ErrorCode.RUN_MISSED);
                        assertThat(run.error().orElseThrow().message()).contains("runs due from 2026-11-20T15:00:00Z");
                    });

            station.time.set(Instant.parse("2026-11-20T14:10:00Z"));
            station.live(Duration.ofHours(3), STEP);
            assertThat(due(station.backups(Set.of(RunState.SUCCEEDED))))
                    .endsWith("2026-11-20T15:00:00Z", "2026-11-20T16:00:00Z", "2026-11-20T17:00:00Z");
            assertThat(station.backups(Set.of())).hasSize(8);
        }
    }

    @Test
    void what_was_missed_while_no_server_was_there_is_caught_up_once() {
        Path state = folder.resolve("one");
        try (Catalog catalog = Catalogs.SQLITE.open(folder)) {
            VirtualTime time = new VirtualTime(Instant.parse("2026-11-20T12:00:00Z"));
            try (Station station = new Station(catalog, time, state, RunLimits.USUAL, Station.AT_ONCE)) {
                station.stacks.with(Station.stack("shop").withPolicies(Station.scheduled("0 2 * * *", ZoneOffset.UTC)));
                station.live(Duration.ofHours(1), STEP);
            }
            time.advance(Duration.ofDays(3));
            try (Station station = new Station(catalog, time, state, RunLimits.USUAL, Station.AT_ONCE)) {
                station.stacks.with(Station.stack("shop").withPolicies(Station.scheduled("0 2 * * *", ZoneOffset.UTC)));
                station.live(Duration.ofHours(1), STEP);

                assertThat(due(station.backups(Set.of(RunState.SUCCEEDED))))
                        .containsExactly("start", "2026-11-23T02:00:00Z");
                assertThat(station.backups(Set.of(RunState.MISSED)))
                        .singleElement()
                        .satisfies(run -> assertThat(run.error().orElseThrow().message())
                                .contains("2 runs due from 2026-11-21T02:00:00Z and before 2026-11-23T02:00:00Z"));
            }
        }
    }

    @Test
    void what_was_missed_is_only_reported_where_the_policy_says_so() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder);
                Station station = station(catalog, "2026-11-20T12:00:00Z", "0 2 * * *", ZoneOffset.UTC)) {
            station.stacks.with(Station.stack("shop")
                    .withPolicies(Station.policies(Schedules.of(new ScheduleConfig(
                            Schedule.parse("0 2 * * *", ZoneOffset.UTC),
                            Duration.ZERO,
                            ScheduleConfig.CatchUp.REPORT)))));
            station.tick();
            station.time.advance(Duration.ofHours(20));
            station.live(Duration.ofHours(1), STEP);

            assertThat(due(station.backups(Set.of(RunState.SUCCEEDED)))).containsExactly("start");
            assertThat(station.backups(Set.of(RunState.MISSED)))
                    .singleElement()
                    .satisfies(run -> assertThat(run.due()).contains(Instant.parse("2026-11-21T02:00:00Z")));
            assertThat(station.heard).extracting(RunRecord::state).contains(RunState.MISSED);

            station.live(Duration.ofHours(20), STEP);
            assertThat(due(station.backups(Set.of(RunState.SUCCEEDED))))
                    .containsExactly("start", "2026-11-22T02:00:00Z");
        }
    }

    @Test
    void a_schedule_that_is_changed_is_followed_from_then_on_and_nothing_is_missed_by_that() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder);
                Station station = station(catalog, "2026-11-20T12:00:00Z", "0 2 * * 0", ZoneOffset.UTC)) {
            station.live(Duration.ofDays(1), STEP);
            station.stacks.change("shop", _ -> Station.scheduled("0 * * * *", ZoneOffset.UTC));
            station.live(Duration.ofHours(2), STEP);

            assertThat(due(station.backups(Set.of())))
                    .containsExactly("start", "2026-11-21T13:00:00Z", "2026-11-21T14:00:00Z");
        }
    }

    @Test
    void a_run_that_still_waits_when_the_next_is_due_was_missed() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder);
                Station station = station(catalog, "2026-11-20T12:00:00Z", "0 * * * *", ZoneOffset.UTC)) {
            station.live(Duration.ofMinutes(5), STEP);
            // somebody else's restore of this stack, on another server that lives
            catalog.jdbi().useHandle(handle -> {
                handle.execute("INSERT INTO run_server (id, name, beats, wall_at) VALUES ('other', 'other', 1, 0)");
                handle.execute(
                        "INSERT INTO run (id, stack, kind, state, cause, actor, request, requested_at, not_before,"
                                + " waiting_for, attempt, bytes_read, bytes_stored, server, server_name, claim) VALUES ("
                                + "'01kajd0000000000000000000x', 'shop', 'RESTORE', 'RUNNING', 'API', '', '', 0, 0, '', 1, 0, 0,"
                                + " 'other', 'other', 1)");
            });
            for (int i = 0; i < 130; i++) {
                catalog.jdbi()
                        .useHandle(
                                handle -> handle.execute("UPDATE run_server SET beats = beats + 1 WHERE id = 'other'"));
                station.live(STEP, STEP);
            }
            assertThat(station.backups(Set.of(RunState.MISSED))).singleElement().satisfies(run -> {
                assertThat(run.due()).contains(Instant.parse("2026-11-20T13:00:00Z"));
                assertThat(run.error().orElseThrow().message()).contains("the restore that is under way");
            });
            assertThat(station.backups(Set.of(RunState.WAITING))).hasSize(1);
        }
    }
}
