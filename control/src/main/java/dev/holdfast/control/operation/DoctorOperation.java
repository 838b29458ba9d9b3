package dev.holdfast.control.operation;

import dev.holdfast.control.config.ByteSize;
import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.DoctorResult.Patient;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.source.Checkup;
import dev.holdfast.engine.source.Diagnosis;
import dev.holdfast.engine.source.Source;
import dev.holdfast.engine.store.ObjectStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/** Looks at everything that a backup needs, the way a backup does, and tells all that it finds. Makes no snapshot. */
public final class DoctorOperation {
    private final Connectors connectors;
    private final Repositories repositories;
    private final InstantSource clock;

    public DoctorOperation(Connectors connectors, Repositories repositories, InstantSource clock) {
        this.connectors = connectors;
        this.repositories = repositories;
        this.clock = clock;
    }

    /**
     * @param sources names of the sources to look at; empty for all
     */
    public DoctorResult run(StackConfig stack, List<String> sources, Run run) {
        List<Patient> patients = new ArrayList<>();
        long bytes = 0;
        for (SourceConfig config : BackupOperation.chosen(stack, sources).stream()
                .sorted(Comparator.comparingInt(source -> Order.of(source.kind())))
                .toList()) {
            for (SourceConfig source : expanded(config, patients, run)) {
                Looked looked = run.step(
                        new Step(Step.Phase.PREFLIGHT, source.name()), _ -> source(source, stack.repository()));
                patients.add(looked.patient());
                bytes += looked.bytes().orElse(0);
            }
        }
        Patient repository = run.step(Step.of(Step.Phase.OPEN), _ -> repository(stack.repository()));
        for (DestinationConfig config : stack.repository().destinations()) {
            long expected = bytes;
            patients.add(run.step(new Step(Step.Phase.PREFLIGHT, config.name()), _ -> destination(config, expected)));
        }
        patients.add(repository);
        return new DoctorResult(patients);
    }

    /** A source with all databases is a patient for the server and one for each database. */
    private List<SourceConfig> expanded(SourceConfig config, List<Patient> patients, Run run) {
        if (!Expansion.asks(config)) {
            return List.of(config);
        }
        try {
            Expansion expansion =
                    run.step(new Step(Step.Phase.PREFLIGHT, config.name()), _ -> connectors.expand(config));
            List<Diagnosis> found = new ArrayList<>();
            found.add(Diagnosis.ok("databases", expansion.sources().size() + " would be captured"));
            expansion
                    .findings()
                    .forEach(finding -> found.add(Diagnosis.warning(
                            finding.subject(), finding.message(), "a backup would end with a finding", "")));
            patients.add(new Patient("source", config.name(), "", found));
            return expansion.sources();
        } catch (HoldfastException e) {
            patients.add(new Patient("source", config.name(), "", List.of(Diagnosis.problem("databases", e))));
            return List.of();
        }
    }

    private record Looked(Patient patient, OptionalLong bytes) {}

    private Looked source(SourceConfig config, RepositoryConfig repository) {
        try {
            Separation.requireSource(config, repository);
            try (Source source = connectors.source(config, repository)) {
                Checkup checkup = source.diagnose();
                return new Looked(
                        new Patient("source", config.name(), source.location(), checkup.diagnoses()), checkup.bytes());
            }
        } catch (HoldfastException e) {
            List<Diagnosis> problem = List.of(Diagnosis.problem("configuration", e));
            return new Looked(new Patient("source", config.name(), "", problem), OptionalLong.empty());
        }
    }

    /** A destination that fails leaves a backup at the others, so by itself it is a warning. */
    private Patient destination(DestinationConfig config, long expected) {
        List<Diagnosis> found = new ArrayList<>();
        String location = "";
        try (ObjectStore store = connectors.store(config)) {
            location = store.location();
            store.probe();
            found.add(Diagnosis.ok("access", "can be read and written, and keeps what a repository relies on"));
            store.freeBytes().ifPresent(free -> found.add(space(free, expected)));
        } catch (HoldfastException e) {
            found.add(Diagnosis.warning(
                    "access",
                    e.getMessage(),
                    "a backup leaves this destination behind; without any other it fails",
                    e.hint()));
        }
        return new Patient("destination", config.name(), location, found);
    }

    private static Diagnosis space(long free, long expected) {
        String shown = shown(free) + " are free";
        return free >= expected
                ? Diagnosis.ok("space", shown)
                : Diagnosis.warning(
                        "space",
                        shown + ", the databases take " + shown(expected) + " at their servers",
                        "a first backup may not fit, although it leaves out indexes and is compressed;"
                                + " later ones store what changed",
                        "make room there, or forget old snapshots and prune.");
    }

    private static String shown(long bytes) {
        return bytes / ByteSize.mebibytes(1).bytes() + " MiB";
    }

    private Patient repository(RepositoryConfig config) {
        List<Diagnosis> found = new ArrayList<>();
        try (OpenRepository repository = repositories.open(config)) {
            found.add(Diagnosis.ok(
                    "key",
                    "opens the repository, which has " + repository.snapshots().size() + " snapshots"));
            Findings.clock(repository.snapshots(), clock.instant())
                    .ifPresent(wrong -> found.add(Diagnosis.warning(
                            "clock",
                            wrong.message(),
                            "times of snapshots would be wrong, and what they decide",
                            "set this machine's clock.")));
            repository.destinations().stream()
                    .filter(state -> !state.level())
                    .map(DoctorOperation::behind)
                    .forEach(found::add);
        } catch (HoldfastException e) {
            found.add(Diagnosis.problem("repository", e));
        }
        return new Patient("repository", "", "", found);
    }

    private static Diagnosis behind(DestinationState state) {
        return Diagnosis.warning(
                "destination '" + state.name() + "'",
                "is behind: " + state.reason(),
                "it lacks snapshots that others have",
                "run 'holdfast sync' when it is there.");
    }
}
