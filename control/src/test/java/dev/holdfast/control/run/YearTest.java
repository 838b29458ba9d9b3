package dev.holdfast.control.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.Catalogs;
import dev.holdfast.control.config.StackPolicies;
import dev.holdfast.control.notify.Fact;
import dev.holdfast.control.notify.Receiver;
import dev.holdfast.control.notify.RunOutcome;
import dev.holdfast.control.operation.RunResult;
import dev.holdfast.control.retention.RetentionConfig;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.control.schedule.Schedule;
import dev.holdfast.control.schedule.ScheduleConfig;
import dev.holdfast.control.schedule.Schedules;
import dev.holdfast.engine.repository.SnapshotId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * A year of a server in virtual time: scheduler, queue, retention, prune and messages on one catalog, with everything that happens in a
 * year: clocks that go forward and back, a clock that is wrong for a while, failures, a server that is off. Nothing is left out, and
 * nothing grows beyond its limit.
 */
class YearTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final LocalDate FIRST = LocalDate.parse("2026-11-20");
    private static final int DAYS = 371;
    private static final int OFF_FROM = 150;
    private static final int OFF_UNTIL = 153;
    private static final int WRONG_CLOCK = 200;

    @TempDir(factory = InMemory.class)
    private Path folder;

    private final List<String> titles = new ArrayList<>();

    /** Where nothing has to be brought to a disk, if there is such a place: a year has many commits. */
    static final class InMemory implements TempDirFactory {
        private static final Path MEMORY = Path.of("/dev/shm");

        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            return Files.isWritable(MEMORY)
                    ? Files.createTempDirectory(MEMORY, "holdfast-year-")
                    : Files.createTempDirectory("holdfast-year-");
        }
    }

    /** What a server holds; each number has a limit of its own. */
    private record Holding(Map<String, Long> rows, long threads, long openFiles, long heapBytes) {}

    private static StackPolicies policies(String schedule, ZoneId zone) {
        StackPolicies usual = Station.scheduled(schedule, zone);
        return new StackPolicies(
                usual.schedules(),
                new RetentionConfig(
                        RetentionPolicy.builder().last(5).daily(7).build(),
                        ScheduleConfig.of(Schedule.parse("30 4 * * sun", ZoneOffset.UTC))),
                usual.hooks(),
                usual.notifications(),
                usual.retry(),
                usual.stalledAfter(),
                usual.appVersion());
    }

    /** As the service does it: from runs to facts. */
    private static RunListeners.Listener news(Receiver receiver, Station station) {
        return new RunListeners.Listener() {
            @Override
            public void ended(RunRecord run, Optional<RunResult> result) {
                receiver.notifier()
                        .hear(new Fact.RunEnded(
                                run.stack(),
                                run.id().text(),
                                run.kind().label(),
                                RunOutcome.valueOf(run.state().name()),
                                !station.all(RunFilter.ALL.ofStack(run.stack()).in(RunState.WAITING)).stream()
                                        .filter(next -> next.trigger() == Trigger.RETRY)
                                        .toList()
                                        .isEmpty(),
                                run.began().orElse(run.requested()),
                                run.ended().orElseThrow(),
                                run.error().map(error -> new Fact.Problem(error.code(), error.message(), error.hint())),
                                List.of(),
                                run.snapshot().map(SnapshotId::text),
                                run.bytesRead(),
                                run.bytesStored(),
                                ""));
            }
        };
    }

    private void live(Station station, Receiver receiver, int from, int until) throws InterruptedException {
        for (int day = from; day < until; day++) {
            events(station, day);
            for (Instant moment : moments(FIRST.plusDays(day))) {
                Duration gap = Duration.between(station.time.instant(), moment);
                if (!gap.isNegative()) {
                    station.time.advance(gap);
                }
                station.tick();
                station.service.pump();
            }
            receiver.tend();
            titles.addAll(receiver.titles());
            station.log.clear();
            station.heard.clear();
        }
    }

    /** Right after each moment at which something is due. */
    private static List<Instant> moments(LocalDate day) {
        List<LocalTime> utc = new ArrayList<>();
        for (int hour = 0; hour < 24; hour += 12) {
            utc.add(LocalTime.of(hour, 0, 20));
        }
        utc.add(LocalTime.of(4, 30, 20));
        Stream<Instant> local = Stream.of(LocalTime.of(2, 30, 20), LocalTime.of(3, 0, 20))
                .map(time -> day.atTime(time).atZone(BERLIN).toInstant());
        return Stream.concat(utc.stream().map(time -> day.atTime(time).toInstant(ZoneOffset.UTC)), local)
                .distinct()
                .sorted()
                .toList();
    }

    private static void events(Station station, int day) {
        boolean broken = day % 30 >= 28;
        station.connectors.failing.clear();
        if (broken) {
            station.connectors.failing.add("capture shop-files");
        }
        if (day == WRONG_CLOCK) {
            Instant right = station.time.instant();
            station.time.set(right.plus(Duration.ofHours(50)));
            station.tick();
            station.time.set(right);
            station.tick();
        }
    }

    private Holding holding(Station station) throws IOException {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        long heap = runtime.totalMemory() - runtime.freeMemory();
        Map<String, Long> rows = new TreeMap<>();
        for (String table : List.of(
                "run",
                "run_event",
                "run_due",
                "run_gate",
                "run_server",
                "notify_delivery",
                "notify_incident",
                "snapshot")) {
            rows.put(
                    table,
                    station.catalog
                            .jdbi()
                            .withHandle(handle -> handle.createQuery("SELECT count(*) FROM " + table)
                                    .mapTo(Long.class)
                                    .one()));
        }
        rows.put("log files", files(station.state.resolve("logs")));
        return new Holding(rows, Thread.getAllStackTraces().size(), files(Path.of("/proc/self/fd")), heap);
    }

    private static long files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> {
                        try {
                            return Files.isDirectory(file) && !file.startsWith("/proc") ? files(file) : 1;
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .sum();
        }
    }

    @Test
    void a_year_leaves_nothing_out_and_lets_nothing_grow() throws Exception {
        VirtualTime time = new VirtualTime(FIRST.atTime(1, 0).toInstant(ZoneOffset.UTC));
        try (Catalog catalog = Catalogs.SQLITE.open(folder);
                Station station = new Station(catalog, time, folder.resolve("one"), RunLimits.USUAL, Station.AT_ONCE);
                Receiver receiver = new Receiver(catalog, time, Set.of("shop", "blog"))) {
            station.repository.clock = time;
            station.stacks
                    .with(Station.stack("shop").withPolicies(policies("0 */12 * * *", ZoneOffset.UTC)))
                    .with(Station.stack("blog").withPolicies(policies("30 2 * * *", BERLIN)));
            station.service.listeners().add(news(receiver, station));

            live(station, receiver, 0, 7);
            Holding week = holding(station);
            live(station, receiver, 7, OFF_FROM);
            live(station, receiver, OFF_UNTIL, DAYS);
            Holding year = holding(station);

            requireNothingLeftOut(station);
            requireTold();
            requireLimits(station, week, year);
        }
    }

    private static List<RunRecord> all(Station station, RunFilter filter) {
        List<RunRecord> all = new ArrayList<>();
        Optional<RunId> after = Optional.empty();
        do {
            RunPage page = station.service.runs().list(filter, after, 1_000);
            all.addAll(page.runs());
            after = page.next();
        } while (after.isPresent());
        return all;
    }

    /** Each moment of each schedule has exactly one run that began, or is told to be missed. */
    private void requireNothingLeftOut(Station station) {
        for (String stack : List.of("shop", "blog")) {
            Schedules schedules = station.stacks.show(stack).config().policies().schedules();
            Map<Instant, Long> begun = all(station, RunFilter.ALL.ofStack(stack).ofKind(RunKind.BACKUP)).stream()
                    .filter(run ->
                            run.trigger() == Trigger.SCHEDULE && run.began().isPresent())
                    .map(run -> run.due().orElseThrow())
                    .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
            assertThat(begun.entrySet())
                    .as("runs of %s for one moment", stack)
                    .allMatch(moment -> moment.getValue() == 1 || isExcused(moment.getKey()));
            List<Instant> unmet = new ArrayList<>();
            Instant end = station.time.instant();
            Instant at = FIRST.atTime(1, 0).toInstant(ZoneOffset.UTC);
            for (Optional<Schedules.Due> next = schedules.next(stack, at);
                    next.isPresent() && next.get().at().isBefore(end);
                    next = schedules.next(stack, next.get().at())) {
                if (!begun.containsKey(next.get().at())) {
                    unmet.add(next.get().at());
                }
            }
            assertThat(unmet).as("moments of %s without a run", stack).allMatch(YearTest::isExcused);
        }
        assertThat(all(station, RunFilter.ALL.in(RunState.MISSED))).hasSizeBetween(2, 6);
        assertThat(all(station, RunFilter.ALL)).hasSizeGreaterThan(2_200);
        assertThat(all(station, RunFilter.ALL.in(RunState.ABANDONED, RunState.RUNNING)))
                .isEmpty();
    }

    /** The server was off, or the clock said that it was days later. */
    private static boolean isExcused(Instant moment) {
        LocalDate day = LocalDate.ofInstant(moment, ZoneOffset.UTC);
        int number = (int) (day.toEpochDay() - FIRST.toEpochDay());
        return (number >= OFF_FROM - 1 && number <= OFF_UNTIL)
                || (number >= WRONG_CLOCK - 1 && number <= WRONG_CLOCK + 3);
    }

    private void requireTold() {
        long begins = titles.stream().filter("shop: backup failed"::equals).count();
        long ends = titles.stream().filter("Over: shop: backup failed"::equals).count();
        assertThat(begins).as("once for each time of trouble").isEqualTo(12);
        assertThat(ends).isEqualTo(12);
        assertThat(titles).contains("shop: backup was missed", "Over: shop: backup was missed");
        assertThat(titles.stream().filter("blog: backup failed"::equals)).isEmpty();
    }

    private static void requireLimits(Station station, Holding week, Holding year) {
        Map<String, Long> rows = year.rows();
        assertThat(rows.get("run"))
                .as("runs of a year; the limits have a test of their own")
                .isLessThan(12_000);
        assertThat(rows.get("run_event")).as("events of 30 days").isLessThan(30 * 400);
        assertThat(rows.get("run_due")).isEqualTo(4);
        assertThat(rows.get("run_gate")).isLessThanOrEqualTo(2);
        assertThat(rows.get("run_server")).isEqualTo(1);
        assertThat(rows.get("notify_delivery")).as("messages of 30 days").isLessThan(30 * 40);
        assertThat(rows.get("notify_incident")).isLessThan(60);
        assertThat(rows.get("snapshot")).isLessThan(40);
        assertThat(station.repository.snapshots).hasSizeLessThan(40);
        assertThat(year.threads()).as("threads").isLessThanOrEqualTo(week.threads() + 5);
        assertThat(year.openFiles()).as("open files").isLessThanOrEqualTo(week.openFiles() + 10);
        assertThat(year.heapBytes() - week.heapBytes())
                .as("bytes more than after the first week")
                .isLessThan(16L << 20);
    }
}
