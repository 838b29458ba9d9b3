package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.EXPORT;
import static dev.holdfast.control.operation.Step.Phase.OPEN;
import static dev.holdfast.control.operation.Step.Phase.PREFLIGHT;

import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.ExportReport;
import dev.holdfast.engine.source.Exporter;
import dev.holdfast.engine.source.PartReader;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes a part of a snapshot as a file that other tools read. The file gets its name only when it is whole. */
public final class ExportOperation {
    private final Connectors connectors;
    private final Repositories repositories;
    private final InstantSource clock;

    public ExportOperation(Connectors connectors, Repositories repositories, InstantSource clock) {
        this.connectors = connectors;
        this.repositories = repositories;
        this.clock = clock;
    }

    /**
     * @param choice which repository
     * @param snapshot which snapshot, as {@link SnapshotSelector} takes it
     * @param part which part; if none is named, the snapshot's only database
     */
    public record Request(RepositoryChoice choice, String snapshot, Optional<String> part, ExportFormat format) {}

    /**
     * @param output where it goes; closed in every case
     */
    public ExportResult run(Request request, ExportFile output, Run run) {
        Instant began = clock.instant();
        try (ExportFile file = output;
                OpenRepository repository = run.step(
                        Step.of(OPEN), _ -> repositories.open(request.choice().repository()))) {
            Snapshot snapshot = SnapshotSelector.among(
                            repository.snapshots(), request.choice().stackName())
                    .select(request.snapshot());
            Part part = part(snapshot, request.part());
            ExportReport report = export(request.format(), part, repository.read(snapshot, part), file, run);
            report.findings().forEach(run::found);
            return new ExportResult(
                    snapshot,
                    part,
                    request.format(),
                    file.location(),
                    report,
                    Findings.joined(report.findings(), repository.findings()),
                    Duration.between(began, clock.instant()));
        }
    }

    private ExportReport export(ExportFormat format, Part part, PartReader reader, ExportFile file, Run run) {
        try (Exporter exporter = connectors.exporter(part, format)) {
            run.step(new Step(PREFLIGHT, part.name()), () -> {
                exporter.preflight(reader);
                file.preflight();
            });
            return run.step(new Step(EXPORT, part.name()), progress -> {
                ExportReport report = exporter.export(reader, file, progress);
                file.commit();
                return report;
            });
        }
    }

    private static Part part(Snapshot snapshot, Optional<String> name) {
        if (name.isPresent()) {
            return Places.known(snapshot, name.get());
        }
        List<Part> databases = snapshot.parts().stream()
                .filter(part -> part.kind().equals(PostgresConfig.KIND))
                .toList();
        if (databases.isEmpty()) {
            throw new Missing(
                    ErrorCode.PART_MISSING,
                    "snapshot " + snapshot.id() + " has no database, and only databases can be exported",
                    "'holdfast restore' brings its parts back as they were.");
        }
        if (databases.size() > 1) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "snapshot " + snapshot.id() + " has " + databases.size() + " databases",
                    "name one after the snapshot: "
                            + databases.stream().map(Part::name).collect(Collectors.joining(", ")) + ".");
        }
        return databases.getFirst();
    }
}
