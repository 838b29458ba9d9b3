package dev.holdfast.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.catalog.Seal;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.StackFileReader;
import dev.holdfast.control.notify.Answer;
import dev.holdfast.control.notify.Fact;
import dev.holdfast.control.notify.Notice;
import dev.holdfast.control.notify.Notifications;
import dev.holdfast.control.notify.Notifier;
import dev.holdfast.control.notify.NotifyConfig;
import dev.holdfast.control.notify.RunOutcome;
import dev.holdfast.control.notify.StackSummary;
import dev.holdfast.control.operation.BackupResult;
import dev.holdfast.control.operation.ExportsResult;
import dev.holdfast.control.run.RunKind;
import dev.holdfast.control.run.RunRecord;
import dev.holdfast.control.run.RunState;
import dev.holdfast.control.run.Trigger;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.control.stack.Stacks;
import dev.holdfast.control.wiring.EngineRepositories;
import dev.holdfast.control.wiring.InstalledConnectors;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What runs are told as, and what digests are told: with a real catalog and a real repository. */
class RunNewsTest {
    private static final InstantSource CLOCK = InstantSource.fixed(FixedRuns.NOW);

    private final List<Fact> heard = new ArrayList<>();
    private final FixedRuns runs = new FixedRuns();
    private final List<AutoCloseable> open = new ArrayList<>();
    private String log = "";

    @TempDir
    private Path folder;

    private StackRecord stack;
    private Stacks stacks;
    private Snapshots snapshots;
    private RunNews news;

    @BeforeEach
    void begin() throws IOException {
        Path file = Files.writeString(folder.resolve("shop.yaml"), """
                stack: shop
                sources:
                  files:
                    directory: {path: %s/files}
                repository:
                  passphrase: four random words
                  destinations:
                    disk:
                      local: {path: %s/backups}
                notify:
                  alarms:
                    storage: 10GB
                """.formatted(folder, folder));
        Catalog catalog = Catalog.open(new CatalogPlace.File(folder.resolve("catalog.db")));
        open.add(catalog);
        Environment none = new Environment(Map.of());
        InstalledConnectors connectors = new InstalledConnectors(folder, none, CLOCK);
        EngineRepositories repositories = new EngineRepositories(
                connectors, new EngineRepositories.Machine(folder, "test", "host", 1), CLOCK, new SecureRandom());
        stacks = Stacks.of(
                catalog,
                Seal.with(folder.resolve("catalog.key"), new SecureRandom()),
                new StackFileReader(none),
                folder,
                List.of(file),
                Optional.empty());
        assertThat(stacks.troubles()).isEmpty();
        stack = stacks.show("shop");
        snapshots = Snapshots.in(catalog, repositories, CLOCK);
        news = new RunNews(new Hearing(), runs, run -> text(), stacks, snapshots, connectors, CLOCK);
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private String text() {
        if (log.isEmpty()) {
            throw new Missing(ErrorCode.UNKNOWN_NAME, "there is no such run", "");
        }
        return log;
    }

    private final class Hearing implements Notifier {
        @Override
        public void hear(Fact fact) {
            heard.add(fact);
        }

        @Override
        public void tell(Notice notice) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Answer test(Optional<String> stackName, NotifyConfig channel) {
            throw new UnsupportedOperationException();
        }
    }

    private <T extends Fact> List<T> heard(Class<T> kind) {
        return heard.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static Snapshot snapshot(int number, long entries) {
        Part files = new Part(
                "files",
                "directory",
                "/files",
                Optional.empty(),
                entries,
                entries * 100,
                Map.of(),
                new Part.Statistics(0, 0, 0, 0, 0, 0, 0));
        Instant at = FixedRuns.NOW.plusSeconds(number);
        return new Snapshot(
                new SnapshotId("01jd%022d".formatted(number)),
                "shop",
                at,
                at,
                "host",
                "test",
                List.of(files),
                Map.of(),
                List.of(),
                50);
    }

    private void listed(Snapshot... all) {
        snapshots.list(
                stack, Set.of(), List.of(all), List.of(new DestinationState("disk", "/backups", true, "")), List.of());
    }

    @Test
    void every_end_is_told_as_what_it_was() {
        for (RunState state : RunState.values()) {
            news.ended(runs.add(RunKind.BACKUP, state, Trigger.SCHEDULE, null), Optional.empty());
        }

        assertThat(heard(Fact.RunEnded.class).stream().map(Fact.RunEnded::outcome))
                .containsExactly(
                        RunOutcome.SUCCEEDED,
                        RunOutcome.ATTENTION,
                        RunOutcome.FAILED,
                        RunOutcome.CANCELLED,
                        RunOutcome.ABANDONED);
        assertThat(heard(Fact.RunOverdue.class)).singleElement().satisfies(missed -> {
            assertThat(missed.missed()).isTrue();
            assertThat(missed.lastGood()).contains(FixedRuns.NOW.plusSeconds(4));
        });
    }

    @Test
    void a_failure_that_is_tried_again_is_told_as_that_and_the_last_one_is_not() {
        RunRecord first = runs.add(RunKind.BACKUP, RunState.FAILED, Trigger.SCHEDULE, null);
        runs.add(RunKind.BACKUP, RunState.WAITING, Trigger.SCHEDULE, null);
        RunRecord another = runs.add(RunKind.CHECK, RunState.WAITING, Trigger.RETRY, first.id());
        news.ended(first, Optional.empty());
        runs.all.remove(another);
        RunRecord again = runs.add(RunKind.BACKUP, RunState.WAITING, Trigger.RETRY, first.id());
        news.ended(first, Optional.empty());
        runs.all.remove(again);
        RunRecord second = runs.add(RunKind.BACKUP, RunState.FAILED, Trigger.RETRY, first.id());
        runs.add(RunKind.BACKUP, RunState.WAITING, Trigger.RETRY, first.id());
        news.ended(second, Optional.empty());

        assertThat(heard(Fact.RunEnded.class).stream().map(Fact.RunEnded::willRetry))
                .containsExactly(false, true, true);
    }

    @Test
    void an_export_tells_which_place_lacks_something_and_why() {
        ExportsResult result = new ExportsResult(
                false,
                List.of(),
                List.of(
                        new ExportsResult.PlaceState(
                                "nightly", "disk", "/exports", Optional.empty(), List.of(), 0, List.of()),
                        new ExportsResult.PlaceState(
                                "nightly",
                                "nas",
                                "sftp://nas",
                                Optional.of(new Unavailable(ErrorCode.STORE_UNAVAILABLE, "nas does not answer", "")),
                                List.of(),
                                0,
                                List.of())),
                List.of(new Finding("disk", "is nearly full")),
                Duration.ZERO);
        news.ended(runs.add(RunKind.EXPORT, RunState.ATTENTION, Trigger.SCHEDULE, null), Optional.of(result));

        assertThat(heard(Fact.RunEnded.class))
                .singleElement()
                .satisfies(end -> assertThat(end.findings())
                        .containsExactly(
                                "place 'nas' of export 'nightly': lacks what it should have: nas does not answer",
                                "disk: is nearly full"));
    }

    @Test
    void a_log_is_told_by_its_end_in_whole_lines_and_never_all_of_it() {
        RunRecord run = runs.add(RunKind.BACKUP, RunState.FAILED, Trigger.SCHEDULE, null);
        List<String> logs = List.of(
                "",
                "short\n",
                "a line of a log\n".repeat(10_000) + "the last\n",
                "x".repeat(100_000),
                "first\n" + "x".repeat(100_000) + "\n");
        for (String one : logs) {
            log = one;
            news.ended(run, Optional.empty());
        }

        List<String> tails =
                heard(Fact.RunEnded.class).stream().map(Fact.RunEnded::logTail).toList();
        assertThat(tails.get(0)).isEmpty();
        assertThat(tails.get(1)).isEqualTo("short\n");
        assertThat(tails.get(2)).startsWith("a line of a log\n").endsWith("the last\n");
        assertThat(tails).allMatch(tail -> tail.length() <= 4_000);
        assertThat(tails.subList(3, 5)).allMatch(tail -> tail.length() == 4_000);
    }

    @Test
    void a_backup_tells_how_destinations_stand_what_it_has_and_what_there_was_before() throws IOException {
        listed(snapshot(1, 10), snapshot(2, 20), snapshot(9, 90));
        Files.createDirectories(folder.resolve("backups/data"));
        Files.writeString(folder.resolve("backups/config"), "12345");
        RunRecord run = runs.add(RunKind.BACKUP, RunState.ATTENTION, Trigger.SCHEDULE, null);
        BackupResult result = new BackupResult(
                snapshot(5, 50),
                List.of(new DestinationState("disk", "/backups", false, "it is away")),
                List.of(new Finding("files", "one changed while it was read")),
                Duration.ofSeconds(1));
        news.ended(run, Optional.of(result));

        assertThat(heard(Fact.RunEnded.class))
                .singleElement()
                .satisfies(
                        ended -> assertThat(ended.findings()).containsExactly("files: one changed while it was read"));
        assertThat(heard(Fact.DestinationSeen.class)).singleElement().satisfies(seen -> {
            assertThat(seen.level()).isFalse();
            assertThat(seen.reason()).isEqualTo("it is away");
        });
        assertThat(heard(Fact.SizesSeen.class)).singleElement().satisfies(sizes -> {
            assertThat(sizes.now())
                    .singleElement()
                    .satisfies(now -> assertThat(now.bytes()).isEqualTo(5_000));
            // newest first, and nothing that came after
            assertThat(sizes.before().stream().map(before -> before.getFirst().bytes()))
                    .containsExactly(2_000L, 1_000L);
        });
        assertThat(heard(Fact.StorageSeen.class))
                .singleElement()
                .satisfies(storage -> assertThat(storage.usedBytes()).isEqualTo(5));
    }

    @Test
    void a_digest_counts_every_run_however_many_there_are() {
        for (int i = 0; i < 30; i++) {
            runs.add(RunKind.BACKUP, RunState.FAILED, Trigger.SCHEDULE, null);
        }
        for (int i = 0; i < 2_500; i++) {
            runs.add(RunKind.BACKUP, RunState.SUCCEEDED, Trigger.SCHEDULE, null);
        }
        runs.add(RunKind.BACKUP, RunState.MISSED, Trigger.SCHEDULE, null);
        listed(snapshot(1, 10), snapshot(2, 20));

        Instant from = FixedRuns.NOW.minusSeconds(1);
        List<StackSummary> summaries =
                new Telling(stacks, snapshots, runs, () -> Notifications.NONE).stacks(from, from.plusSeconds(100_000));

        assertThat(summaries).singleElement().satisfies(summary -> {
            assertThat(summary.failed()).isEqualTo(30);
            assertThat(summary.succeeded()).isEqualTo(2_500);
            assertThat(summary.missed()).isEqualTo(1);
            assertThat(summary.snapshots()).isEqualTo(2);
            assertThat(summary.storedBytes()).isEqualTo(100);
            assertThat(summary.behind()).isEmpty();
            assertThat(summary.proof()).isEqualTo("copied");
            assertThat(summary.lastGood()).contains(FixedRuns.NOW.plusSeconds(2_530));
        });
    }
}
