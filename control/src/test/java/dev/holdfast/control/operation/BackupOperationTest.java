package dev.holdfast.control.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.Progress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BackupOperationTest {
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final FakeConnectors connectors = new FakeConnectors(log);
    private final FakeRepository repository = new FakeRepository(log);
    private final BackupOperation operation =
            new BackupOperation(connectors, repository, InstantSource.fixed(FakeRepository.NOW));

    private BackupResult run(String... sources) {
        return operation.run(
                new BackupOperation.Request(Stacks.SHOP, List.of(sources), Map.of("version", "1.2")), Run.silent());
    }

    @Test
    void databases_are_frozen_before_anything_is_read_and_captured_before_buckets_and_directories() {
        run();

        // the repository is opened beside the preflights
        assertThat(log.subList(0, log.indexOf("begin shop")))
                .containsExactlyInAnyOrder("preflight database", "preflight media", "preflight uploads", "open")
                .containsSubsequence("preflight database", "preflight media", "preflight uploads");
        assertThat(log.subList(log.indexOf("begin shop"), log.size()))
                .containsExactly(
                        "begin shop",
                        "freeze database",
                        "freeze media",
                        "freeze uploads",
                        "begin part database",
                        "capture database",
                        "close database",
                        "begin part media",
                        "capture media",
                        "close media",
                        "begin part uploads",
                        "capture uploads",
                        "close uploads",
                        "commit",
                        "close writer",
                        "close repository");
    }

    @Test
    void the_result_tells_the_snapshot_with_its_labels() {
        BackupResult result = run();

        assertThat(result.snapshot()).isEqualTo(repository.snapshots().getLast());
        assertThat(result.snapshot().labels()).isEqualTo(Map.of("version", "1.2"));
        assertThat(result.concern()).isEmpty();
        assertThat(result.took()).isEqualTo(Duration.ZERO);
    }

    @Test
    void only_the_chosen_sources_are_touched() {
        run("media");

        assertThat(log).doesNotContain("preflight database").contains("capture media");
    }

    @Test
    void an_unknown_source_is_told_with_the_one_that_was_meant() {
        assertThatThrownBy(() -> run("databse"))
                .hasMessage("stack 'shop' has no source 'databse'; did you mean 'database'?");
        assertThat(log).isEmpty();
    }

    @Test
    void a_source_that_fails_its_preflight_ends_the_run_before_anything_is_frozen_or_written() {
        connectors.failing.add("preflight uploads");

        assertThatThrownBy(this::run).isInstanceOf(Unavailable.class).hasMessage("preflight of uploads failed");
        assertThat(log)
                .doesNotContain("begin shop", "freeze database")
                .contains("open", "close repository")
                .endsWith("close database", "close media", "close uploads");
    }

    @Test
    void a_source_that_fails_leaves_nothing() {
        connectors.failing.add("capture media");

        assertThatThrownBy(this::run).hasMessage("capture of media failed");
        assertThat(repository.snapshots()).isEmpty();
        assertThat(log)
                .doesNotContain("commit")
                .endsWith("capture media", "close writer", "close repository", "close media", "close uploads");
    }

    @Test
    void a_destination_that_is_behind_is_a_concern_but_no_failure() {
        repository.destinations = List.of(
                new DestinationState("disk", "/backups", true, ""),
                new DestinationState("offsite", "s3://backup", false, "does not answer"));

        assertThat(run().concern()).contains(ErrorCode.FINDINGS);
    }

    @Test
    void a_clock_that_jumped_back_is_a_finding() {
        repository.add("shop", FakeRepository.NOW.plusSeconds(59));
        assertThat(run().findings()).isEmpty();

        repository.add("shop", FakeRepository.NOW.plusSeconds(3600));
        BackupResult result = run();

        assertThat(result.concern()).contains(ErrorCode.FINDINGS);
        assertThat(result.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.subject()).isEqualTo("clock");
            assertThat(finding.message())
                    .contains("begun at 2026-11-20T06:00:00Z, but it is only 2026-11-20T05:00:00Z");
        });
    }

    @Test
    void a_cancelled_run_ends_at_its_next_step_and_leaves_nothing() {
        Cancellation cancellation = new Cancellation();
        connectors.duringCapture = cancellation::cancel;

        assertThatThrownBy(() -> operation.run(
                        new BackupOperation.Request(Stacks.SHOP, List.of(), Map.of()),
                        new Run(RunListener.NONE, cancellation)))
                .isInstanceOf(Cancelled.class);
        assertThat(repository.snapshots()).isEmpty();
        assertThat(log).contains("close writer").doesNotContain("capture media");
    }

    @Test
    void a_failure_after_a_cancellation_is_told_as_the_cancellation() {
        Cancellation cancellation = new Cancellation();
        connectors.duringCapture = () -> {
            cancellation.cancel();
            throw new IllegalStateException("the connection was cut");
        };

        assertThatThrownBy(() -> operation.run(
                        new BackupOperation.Request(Stacks.SHOP, List.of(), Map.of()),
                        new Run(RunListener.NONE, cancellation)))
                .isInstanceOf(Cancelled.class)
                .hasMessage("the backup was cancelled: no snapshot was made, and those that were there are untouched")
                .hasRootCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_listener_hears_every_step() {
        List<String> heard = new ArrayList<>();
        RunListener listener = new RunListener() {
            @Override
            public Progress began(Step step) {
                heard.add("began " + step.phase() + " " + step.subject());
                return Progress.NONE;
            }

            @Override
            public void ended(Step step) {
                heard.add("ended " + step.phase() + " " + step.subject());
            }

            @Override
            public void found(Finding finding) {
                heard.add(finding.subject());
            }
        };

        operation.run(
                new BackupOperation.Request(Stacks.SHOP, List.of("media"), Map.of()),
                new Run(listener, new Cancellation()));

        assertThat(heard)
                .containsExactly(
                        "began PREFLIGHT media",
                        "ended PREFLIGHT media",
                        "began OPEN ",
                        "ended OPEN ",
                        "began FREEZE media",
                        "ended FREEZE media",
                        "began CAPTURE media",
                        "ended CAPTURE media",
                        "began COMMIT ",
                        "ended COMMIT ");
    }
}
