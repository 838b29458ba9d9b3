package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.FakeRepository.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.DirectoryConfig;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.PostgresScope;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Diagnosis;
import dev.holdfast.engine.source.Finding;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A source that is all databases of a server. */
class EveryDatabaseTest {
    private static final StackConfig STACK = new StackConfig(
            "shop",
            List.of(
                    new DirectoryConfig("uploads", Path.of("/srv/uploads"), List.of()),
                    new PostgresConfig(
                            "server",
                            new Secret("postgresql://me@db/postgres"),
                            Optional.empty(),
                            4,
                            PostgresScope.all(List.of("scratch")),
                            Optional.empty())),
            Stacks.REPOSITORY);

    private final List<String> log = new ArrayList<>();
    private final FakeConnectors connectors = new FakeConnectors(log);
    private final FakeRepository repository = new FakeRepository(log);

    private BackupResult backUp() {
        return new BackupOperation(connectors, repository, InstantSource.fixed(FakeRepository.NOW))
                .run(new BackupOperation.Request(STACK, List.of(), Map.of()), Run.silent());
    }

    private RestoreResult restore(RepositoryChoice choice, List<String> parts, Map<String, String> places) {
        return new RestoreOperation(
                        connectors, repository, new Environment(Map.of()), InstantSource.fixed(FakeRepository.NOW))
                .run(new RestoreOperation.Request(choice, "latest", parts, places, false), _ -> true, Run.silent());
    }

    private Snapshot snapshot() {
        return repository.add(
                "shop",
                FakeRepository.NOW,
                part("server/a", "postgres", 7, 0),
                part("server/two%20words", "postgres", 7, 0),
                part("uploads", "directory", 7, 0));
    }

    @Test
    void all_databases_are_frozen_before_any_is_read_and_each_is_a_part() {
        connectors.databases = List.of("a", "b", "scratch");

        BackupResult result = backUp();

        assertThat(result.snapshot().parts()).extracting(Part::name).containsExactly("server/a", "server/b", "uploads");
        assertThat(log)
                .containsSubsequence(
                        "expand server",
                        "preflight server/a",
                        "preflight server/b",
                        "freeze server/a",
                        "freeze server/b",
                        "capture server/a",
                        "capture server/b",
                        "capture uploads",
                        "commit")
                .doesNotContain("preflight server", "preflight server/scratch");
        assertThat(result.findings()).containsExactly(new Finding("server", "has more"));
    }

    @Test
    void a_database_that_is_dropped_meanwhile_is_left_out_and_told() {
        connectors.databases = List.of("a", "dropped");
        connectors.failing.add("freeze server/dropped");

        BackupResult result = backUp();

        assertThat(result.snapshot().parts()).extracting(Part::name).containsExactly("server/a", "uploads");
        assertThat(result.findings())
                .contains(new Finding(
                        "server/dropped", "was dropped while the backup began, and is not in the snapshot"));
        assertThat(log).contains("close server/dropped");
    }

    @Test
    void a_database_that_vanished_since_the_last_snapshot_is_told_once() {
        Snapshot before = snapshot();
        connectors.databases = List.of("a", "new");

        assertThat(backUp().findings())
                .contains(new Finding(
                        "server/two%20words",
                        "is in snapshot " + before.id() + ", but the server has no such database any more"));
        assertThat(backUp().findings()).containsExactly(new Finding("server", "has more"));
    }

    @Test
    void a_database_that_is_excluded_from_now_on_has_not_vanished() {
        repository.add("shop", FakeRepository.NOW, part("server/scratch", "postgres", 7, 0));
        connectors.databases = List.of("a", "scratch");

        assertThat(backUp().findings()).containsExactly(new Finding("server", "has more"));
    }

    @Test
    void the_source_brings_all_its_databases_back_to_their_own_places() {
        snapshot();

        RestoreResult result = restore(RepositoryChoice.of(STACK), List.of("server"), Map.of());

        assertThat(result.parts())
                .extracting(RestoreResult.PartOutcome::target)
                .containsExactly("postgresql://me@db/a", "postgresql://me@db/two%20words");
        assertThat(result.findings()).isEmpty();
        assertThat(restore(RepositoryChoice.of(STACK), List.of(), Map.of()).findings())
                .isEmpty();
    }

    @Test
    void one_of_them_is_a_part_like_any_other() {
        snapshot();

        assertThat(restore(RepositoryChoice.of(STACK), List.of("server/a"), Map.of("server/a", "copy"))
                        .parts())
                .extracting(RestoreResult.PartOutcome::target)
                .containsExactly("postgresql://me@db/copy");
    }

    @Test
    void all_go_to_another_server_under_their_names() {
        snapshot();

        RepositoryChoice bare = RepositoryChoice.of(Stacks.REPOSITORY, Optional.empty());
        Map<String, String> places =
                Map.of("server", "postgresql://you@new:5433", "server/a", "postgresql://you@new/x");
        assertThat(restore(bare, List.of("server"), places).parts())
                .extracting(RestoreResult.PartOutcome::target)
                .containsExactly("postgresql://you@new/x", "postgresql://you@new:5433/two%20words");
        assertThatThrownBy(() -> restore(RepositoryChoice.of(STACK), List.of("server"), Map.of("server", "copy")))
                .hasMessage("'server' is all databases of a server; their place must begin with postgresql://");
        assertThatThrownBy(() -> restore(RepositoryChoice.of(STACK), List.of("serve"), Map.of()))
                .hasMessageContaining("has no part 'serve'");
    }

    @Test
    void a_part_from_before_the_source_became_all_databases_needs_a_place() {
        repository.add("shop", FakeRepository.NOW, part("server", "postgres", 7, 0));

        assertThatThrownBy(() -> restore(RepositoryChoice.of(STACK), List.of("server"), Map.of()))
                .hasMessageContaining("has no place to go to")
                .hasMessageEndingWith("or it is all databases of a server");
        assertThat(restore(RepositoryChoice.of(STACK), List.of("server"), Map.of("server", "shop"))
                        .parts())
                .extracting(RestoreResult.PartOutcome::target)
                .containsExactly("postgresql://me@db/shop");
    }

    @Test
    void the_doctor_looks_at_the_server_and_at_each_database() {
        connectors.databases = List.of("a", "scratch");
        DoctorOperation doctor = new DoctorOperation(connectors, repository, InstantSource.fixed(FakeRepository.NOW));

        DoctorResult result = doctor.run(STACK, List.of("server"), Run.silent());

        assertThat(result.patients())
                .extracting(DoctorResult.Patient::name)
                .containsExactly("server", "server/a", "disk", "");
        assertThat(result.patients().getFirst().diagnoses())
                .extracting(Diagnosis::found)
                .containsExactly("1 would be captured", "has more");

        connectors.failing.add("expand server");
        assertThat(doctor.run(STACK, List.of("server"), Run.silent()).concern()).contains(ErrorCode.BUCKET_UNAVAILABLE);
    }
}
