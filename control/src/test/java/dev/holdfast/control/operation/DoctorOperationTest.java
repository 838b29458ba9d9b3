package dev.holdfast.control.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.operation.DoctorResult.Patient;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.source.Diagnosis;
import dev.holdfast.engine.source.Diagnosis.Severity;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DoctorOperationTest {
    private final List<String> log = new ArrayList<>();
    private final FakeConnectors connectors = new FakeConnectors(log);
    private final FakeRepository repository = new FakeRepository(log);

    private DoctorResult run(String... sources) {
        return new DoctorOperation(connectors, repository, InstantSource.fixed(FakeRepository.NOW))
                .run(Stacks.SHOP, List.of(sources), Run.silent());
    }

    @Test
    void everything_a_backup_needs_is_looked_at_and_nothing_is_captured() {
        DoctorResult result = run();

        assertThat(result.concern()).isEmpty();
        assertThat(result.patients())
                .extracting(patient -> patient.kind() + " " + patient.name())
                .containsExactly(
                        "source database", "source media", "source uploads", "destination disk", "repository ");
        assertThat(log).noneMatch(line -> line.startsWith("freeze") || line.startsWith("capture"));
        assertThat(log).contains("close database", "close media", "close uploads");
    }

    @Test
    void every_problem_is_told_and_the_first_one_is_the_code() {
        connectors.failing.add("preflight media");
        connectors.failing.add("preflight uploads");

        DoctorResult result = run();

        assertThat(result.count(Severity.PROBLEM)).isEqualTo(2);
        assertThat(result.concern()).contains(ErrorCode.BUCKET_UNAVAILABLE);
        Patient media = result.patients().get(1);
        assertThat(media.diagnoses())
                .containsExactly(new Diagnosis(
                        Severity.PROBLEM,
                        "access",
                        "preflight of media failed",
                        "a run would end with exit code 52 (bucket-unavailable)",
                        "look at it.",
                        Optional.of(ErrorCode.BUCKET_UNAVAILABLE)));
    }

    @Test
    void a_destination_that_is_behind_is_a_warning() {
        repository.destinations = List.of(
                new DestinationState("disk", "/backups", true, ""),
                new DestinationState("cloud", "s3://b", false, "it was away"));

        DoctorResult result = run();

        assertThat(result.concern()).contains(ErrorCode.FINDINGS);
        assertThat(result.patients().getLast().diagnoses().getLast().found()).isEqualTo("is behind: it was away");
    }

    @Test
    void only_the_sources_that_are_asked_for_are_looked_at() {
        assertThat(run("media").patients()).extracting(Patient::name).containsExactly("media", "disk", "");
        assertThatThrownBy(() -> run("medai"))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("did you mean 'media'?");
    }
}
