package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.EXPORT;
import static dev.holdfast.control.operation.Step.Phase.OPEN;
import static dev.holdfast.control.operation.Step.Phase.PREFLIGHT;

import dev.holdfast.connectors.archive.TreeExport;
import dev.holdfast.connectors.files.LocalExportFolder;
import dev.holdfast.connectors.postgres.DumpedTable;
import dev.holdfast.control.export.Contents;
import dev.holdfast.control.export.ExportOutput;
import dev.holdfast.control.export.Exported;
import dev.holdfast.control.export.SummedFile;
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
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Writes a part of a snapshot as a file, or as a folder of files, that other tools read. It gets its name only when it is whole. */
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
     * @param part which part, as {@link ExportChoice} takes it
     * @param format what it is to be; empty for the usual one of the part
     */
    public record Request(
            RepositoryChoice choice, String snapshot, Optional<String> part, Optional<ExportFormat> format) {}

    /** Writes the part that was chosen. */
    @FunctionalInterface
    private interface Writing {
        ExportReport write(Snapshot snapshot, ExportChoice choice, PartReader reader);
    }

    /**
     * Writes a file.
     *
     * @param output where it goes; closed in every case
     */
    public ExportResult run(Request request, ExportFile output, Run run) {
        try (ExportFile file = output) {
            return run(request, file.location(), run, (_, choice, reader) -> counted(choice, reader, file, run));
        }
    }

    /**
     * Writes a file that is told what it is made from.
     *
     * @param output where it goes; closed in every case
     */
    public ExportResult run(Request request, ExportOutput output, Run run) {
        Instant began = clock.instant();
        try (ExportOutput file = output) {
            return run(request, file.location(), run, (snapshot, choice, reader) -> {
                if (file.hasManifest()) {
                    file.describe(new Exported(
                            snapshot, choice.part(), choice.format().label(), tables(choice, reader), began));
                }
                return counted(choice, reader, file, run);
            });
        }
    }

    private static List<DumpedTable> tables(ExportChoice choice, PartReader reader) {
        return Contents.isDatabase(choice.part()) && !(choice.format() instanceof ExportFormat.Roles)
                ? DumpedTable.of(reader)
                : List.of();
    }

    /**
     * Writes a folder of files; the format is {@link ExportFormat.Tree}.
     *
     * @param output where they go; closed in every case
     */
    public ExportResult run(Request request, LocalExportFolder output, Run run) {
        try (LocalExportFolder folder = output) {
            return run(
                    request, folder.location(), run, (_, choice, reader) -> tree(choice.part(), reader, folder, run));
        }
    }

    private ExportResult run(Request request, String location, Run run, Writing writing) {
        Instant began = clock.instant();
        try (OpenRepository repository =
                run.step(Step.of(OPEN), _ -> repositories.open(request.choice().repository()))) {
            Snapshot snapshot = SnapshotSelector.among(
                            repository.snapshots(), request.choice().stackName())
                    .select(request.snapshot());
            ExportChoice choice = ExportChoice.of(snapshot, request.part(), request.format());
            ExportReport report = writing.write(snapshot, choice, repository.read(snapshot, choice.part()));
            report.findings().forEach(run::found);
            return new ExportResult(
                    snapshot,
                    choice.part(),
                    choice.format(),
                    location,
                    report,
                    Findings.joined(report.findings(), repository.findings()),
                    Duration.between(began, clock.instant()));
        }
    }

    /** With the bytes that came out, not those that an exporter wrote before they were compressed. */
    private ExportReport counted(ExportChoice choice, PartReader reader, ExportFile output, Run run) {
        AtomicLong bytes = new AtomicLong();
        ExportFile file = new SummedFile(output, Set.of(), sum -> bytes.set(sum.bytes()));
        ExportReport report = encoded(choice, reader, file, run);
        return new ExportReport(report.entries(), report.bytes(), bytes.get(), report.findings());
    }

    private ExportReport encoded(ExportChoice choice, PartReader reader, ExportFile file, Run run) {
        if (choice.format() instanceof ExportFormat.Kept kept) {
            try (ExportFile encoded = connectors.exportPlaces().encoded(kept.format(), file)) {
                return written(choice, reader, encoded, run);
            }
        }
        return written(choice, reader, file, run);
    }

    private ExportReport written(ExportChoice choice, PartReader reader, ExportFile file, Run run) {
        Part part = choice.part();
        try (Exporter exporter = connectors.exporter(part, choice.format())) {
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

    private static ExportReport tree(Part part, PartReader reader, LocalExportFolder folder, Run run) {
        TreeExport tree = new TreeExport("", folder::create);
        run.step(new Step(PREFLIGHT, part.name()), () -> {
            tree.preflight(reader);
            folder.preflight();
        });
        return run.step(new Step(EXPORT, part.name()), progress -> {
            ExportReport report = tree.export(reader, progress);
            folder.commit();
            return report;
        });
    }
}
