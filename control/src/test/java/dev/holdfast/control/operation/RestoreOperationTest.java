package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.FakeRepository.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.operation.RestoreResult.Outcome;
import dev.holdfast.control.operation.RestoreResult.PartOutcome;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.Finding;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestoreOperationTest {
    private final List<String> log = new ArrayList<>();
    private final FakeConnectors connectors = new FakeConnectors(log);
    private final FakeRepository repository = new FakeRepository(log);
    private final RestoreOperation operation = new RestoreOperation(
            connectors,
            repository,
            new Environment(Map.of(
                    "S3_ENDPOINT", "http://127.0.0.1:9000", "AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "key")),
            InstantSource.fixed(FakeRepository.NOW));
    private final List<Confirmation.Question> asked = new ArrayList<>();

    @BeforeEach
    void one_snapshot() {
        repository.add(
                "shop",
                FakeRepository.NOW,
                part("uploads", "directory", 7, 70),
                part("media", "bucket", 7, 70),
                part("database", "postgres", 7, 70));
    }

    private RestoreResult run(
            RepositoryChoice choice, List<String> parts, Map<String, String> places, boolean overwrite) {
        return operation.run(
                new RestoreOperation.Request(choice, "latest", parts, places, overwrite), asked::add, Run.silent());
    }

    private RestoreResult run(Map<String, String> places) {
        return run(RepositoryChoice.of(Stacks.SHOP), List.of(), places, false);
    }

    @Test
    void every_target_is_looked_at_before_anything_is_written() {
        RestoreResult result = run(Map.of());

        assertThat(log)
                .containsExactly(
                        "open",
                        "preflight database",
                        "preflight media",
                        "preflight uploads",
                        "restore database",
                        "restore media",
                        "restore uploads",
                        "close database",
                        "close media",
                        "close uploads",
                        "close repository");
        assertThat(result.concern()).isEmpty();
        assertThat(result.parts())
                .extracting(RestoreResult.PartOutcome::target)
                .containsExactly("postgresql://shop@db/shop", "s3://shop-media", "/srv/uploads");
        assertThat(asked).isEmpty();
    }

    @Test
    void parts_go_to_the_places_they_are_given() {
        RestoreResult result =
                run(Map.of("database", "shop_copy", "media", "copy/of/media", "uploads", "/tmp/uploads"));

        assertThat(result.parts())
                .extracting(RestoreResult.PartOutcome::target)
                .containsExactly("postgresql://shop@db/shop_copy", "s3://copy/of/media", "/tmp/uploads");
    }

    @Test
    void an_occupied_target_is_refused_without_overwrite() {
        connectors.occupied.add("uploads");

        assertThatThrownBy(() -> run(Map.of())).hasMessage("'/srv/uploads' is not empty");
        assertThat(log).doesNotContain("restore database");
    }

    @Test
    void an_occupied_target_is_replaced_only_after_a_confirmation() {
        connectors.occupied.add("uploads");

        assertThat(run(RepositoryChoice.of(Stacks.SHOP), List.of(), Map.of(), true)
                        .concern())
                .isEmpty();
        assertThat(asked)
                .containsExactly(new Confirmation.Question("Everything at /srv/uploads will be replaced.", "uploads"));

        log.clear();
        RestoreOperation.Request request =
                new RestoreOperation.Request(RepositoryChoice.of(Stacks.SHOP), "latest", List.of(), Map.of(), true);
        assertThatThrownBy(() -> operation.run(request, Confirmation.REFUSED, Run.silent()))
                .isInstanceOf(Cancelled.class)
                .hasMessage(
                        "the restore of part 'uploads' was not confirmed: Everything at /srv/uploads will be replaced.")
                .extracting(e -> ((HoldfastException) e).code())
                .isEqualTo(ErrorCode.NOT_CONFIRMED);
        assertThat(log).doesNotContain("restore database");
    }

    @Test
    void a_dry_run_shows_every_plan_and_restores_nothing() {
        connectors.occupied.add("uploads");
        connectors.plannedFindings.add(new Finding("a", "its owner does not exist here"));
        connectors.failing.add("preflight media");

        RestoreResult result = dryRun();

        assertThat(log).doesNotContain("restore database", "restore media", "restore uploads");
        assertThat(asked).isEmpty();
        assertThat(result.parts()).extracting(PartOutcome::outcome).allMatch(Outcome.Planned.class::isInstance);
        assertThat(result.obstacles())
                .extracting(Throwable::getMessage)
                .containsExactly("preflight of media failed", "'/srv/uploads' is not empty");
        assertThat(result.concern()).contains(ErrorCode.BUCKET_UNAVAILABLE);
        connectors.failing.clear();
        connectors.occupied.clear();
        assertThat(dryRun().concern()).contains(ErrorCode.FINDINGS);
        connectors.plannedFindings.clear();
        assertThat(dryRun().concern()).isEmpty();
    }

    private RestoreResult dryRun() {
        return operation.run(
                new RestoreOperation.Request(
                        RepositoryChoice.of(Stacks.SHOP),
                        "latest",
                        List.of(),
                        Map.of(),
                        false,
                        PostgresRestore.WHOLE,
                        true),
                asked::add,
                Run.silent());
    }

    @Test
    void some_of_a_database_is_restored_without_the_other_parts() {
        PostgresRestore some = new PostgresRestore(
                List.of(),
                List.of("public.orders"),
                PostgresRestore.Contents.ALL,
                PostgresRestore.WHOLE.landing(),
                PostgresRestore.Ownership.CAPTURED,
                false,
                true,
                Optional.empty(),
                false);

        run(some, List.of());

        assertThat(log).contains("restore database").doesNotContain("preflight media", "restore media");
        assertThatThrownBy(() -> run(some, List.of("database", "media")))
                .hasMessageEndingWith("other parts are named too");
        repository.add("shop", FakeRepository.NOW, part("one", "postgres", 7, 70), part("two", "postgres", 7, 70));
        assertThatThrownBy(() -> run(some, List.of()))
                .isInstanceOfSatisfying(
                        HoldfastException.class,
                        e -> assertThat(e.hint()).isEqualTo("name it with --part: one or two."));
    }

    private void run(PostgresRestore database, List<String> parts) {
        operation.run(
                new RestoreOperation.Request(
                        RepositoryChoice.of(Stacks.SHOP), "latest", parts, Map.of(), false, database, false),
                asked::add,
                Run.silent());
    }

    @Test
    void a_part_that_fails_is_told_and_those_after_it_are_not_begun() {
        connectors.failing.add("restore media");

        RestoreResult result = run(Map.of());

        assertThat(result.parts().get(0).outcome()).isInstanceOf(Outcome.Restored.class);
        assertThat(result.parts().get(1).outcome()).isInstanceOf(Outcome.NotRestored.class);
        assertThat(result.parts().get(2).outcome()).isEqualTo(new Outcome.NotBegun());
        assertThat(log).doesNotContain("restore uploads");
        assertThat(result.concern()).contains(ErrorCode.BUCKET_UNAVAILABLE);
        assertThat(result.failure()).hasValueSatisfying(e -> assertThat(e).hasMessage("restore of media failed"));
    }

    @Test
    void nothing_restored_is_a_failure() {
        connectors.restored = 0;

        assertThat(run(Map.of()).failure())
                .hasValueSatisfying(e -> assertThat(e).hasMessage("restored 0 of 7 entries of part 'database'"));
    }

    @Test
    void findings_of_a_restore_are_a_concern() {
        connectors.restoreFindings.add(new Finding("a", "its owner does not exist here"));

        assertThat(run(Map.of()).concern()).contains(ErrorCode.FINDINGS);
    }

    @Test
    void a_source_that_the_snapshot_lacks_is_a_concern_when_all_is_asked_for() {
        repository.add("shop", FakeRepository.NOW, part("media", "bucket", 7, 70));

        RestoreResult result = run(Map.of());

        assertThat(result.concern()).contains(ErrorCode.FINDINGS);
        assertThat(result.findings()).extracting(Finding::subject).containsExactly("uploads", "database");
        assertThat(run(RepositoryChoice.of(Stacks.SHOP), List.of("media"), Map.of(), false)
                        .concern())
                .isEmpty();
    }

    @Test
    void without_a_stack_file_every_part_needs_a_place() {
        RepositoryChoice bare = RepositoryChoice.of(Stacks.REPOSITORY, Optional.empty());

        assertThatThrownBy(() -> run(bare, List.of("media"), Map.of(), false))
                .hasMessage(
                        "part 'media' (bucket the media) has no place to go to: without a stack file every part needs one");
        RestoreResult result = run(
                bare,
                List.of(),
                Map.of("database", "postgresql://me@new/shop", "media", "new-media", "uploads", "/tmp/uploads"),
                false);
        assertThat(result.parts())
                .extracting(RestoreResult.PartOutcome::target)
                .containsExactly("postgresql://me@new/shop", "s3://new-media", "/tmp/uploads");
    }

    @Test
    void a_database_name_alone_needs_a_server() {
        RepositoryChoice bare = RepositoryChoice.of(Stacks.REPOSITORY, Optional.empty());

        assertThatThrownBy(() -> run(bare, List.of("database"), Map.of("database", "copy"), false))
                .hasMessage("'copy' is the name of a database, but the stack file does not say on which server");
    }

    @Test
    void two_parts_do_not_go_to_one_place() {
        repository.add("shop", FakeRepository.NOW, part("uploads", "directory", 1, 1), part("more", "directory", 1, 1));

        assertThatThrownBy(() -> run(Map.of("more", "/srv/uploads")))
                .hasMessage("two parts would be restored to /srv/uploads");
    }

    @Test
    void a_part_that_is_not_there_is_told() {
        assertThatThrownBy(() -> run(RepositoryChoice.of(Stacks.SHOP), List.of("medai"), Map.of(), false))
                .hasMessageEndingWith(" has no part 'medai'; did you mean 'media'?");
        assertThatThrownBy(() -> run(Map.of("mail", "/tmp/mail"))).hasMessageEndingWith(" has no part 'mail'");
    }

    @Test
    void a_cancelled_restore_tells_how_far_it_came() {
        Cancellation cancellation = new Cancellation();
        RestoreOperation.Request request =
                new RestoreOperation.Request(RepositoryChoice.of(Stacks.SHOP), "latest", List.of(), Map.of(), true);
        connectors.occupied.add("database");

        RestoreResult result = operation.run(
                request,
                question -> {
                    cancellation.cancel();
                    return true;
                },
                new Run(RunListener.NONE, cancellation));

        assertThat(result.concern()).contains(ErrorCode.CANCELLED);
        assertThat(result.parts().get(1).outcome()).isEqualTo(new Outcome.NotBegun());
    }
}
