package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.CAPTURE;
import static dev.holdfast.control.operation.Step.Phase.COMMIT;
import static dev.holdfast.control.operation.Step.Phase.FREEZE;
import static dev.holdfast.control.operation.Step.Phase.OPEN;
import static dev.holdfast.control.operation.Step.Phase.PREFLIGHT;

import dev.holdfast.connectors.postgres.TableSize;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.config.Spelling;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.repository.Commit;
import dev.holdfast.engine.repository.SnapshotWriter;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Takes a snapshot of a stack: all of it, or nothing. */
public final class BackupOperation {
    private final Connectors connectors;
    private final Repositories repositories;
    private final InstantSource clock;

    public BackupOperation(Connectors connectors, Repositories repositories, InstantSource clock) {
        this.connectors = connectors;
        this.repositories = repositories;
        this.clock = clock;
    }

    /**
     * @param stack what to back up and where to
     * @param sources names of the sources to back up; empty for all
     * @param labels what to attach to the snapshot
     */
    public record Request(StackConfig stack, List<String> sources, Map<String, String> labels) {
        public Request {
            sources = List.copyOf(sources);
            labels = Map.copyOf(labels);
        }
    }

    /**
     * @throws Cancelled if somebody ended it; then nothing was changed
     */
    public BackupResult run(Request request, Run run) {
        try {
            return take(request, run);
        } catch (Cancelled e) {
            throw new Cancelled(
                    e.code(),
                    "the backup was cancelled: no snapshot was made, and those that were there are untouched",
                    "",
                    e);
        }
    }

    private BackupResult take(Request request, Run run) {
        Instant began = clock.instant();
        List<SourceConfig> chosen = chosen(request);
        chosen.forEach(
                source -> Separation.requireSource(source, request.stack().repository()));
        try (OpenSources sources =
                        OpenSources.of(expanded(chosen, run), request.stack().repository(), connectors);
                OpeningRepository opening =
                        OpeningRepository.begin(repositories, request.stack().repository())) {
            sources.each(source -> run.step(new Step(PREFLIGHT, source.name()), source::preflight));
            OpenRepository repository = run.step(Step.of(OPEN), _ -> opening.await());
            Optional<Finding> clockFinding = Findings.clock(repository.snapshots(), began);
            clockFinding.ifPresent(run::found);
            List<Finding> earlier = Findings.joined(clockFinding.stream().toList(), repository.findings());
            sources.notePassing(repository.snapshots(), request.stack().name());
            Map<String, List<TableSize>> tables = new HashMap<>();
            Commit commit = write(request, sources, repository, tables, run);
            return new BackupResult(
                    commit.snapshot(),
                    commit.destinations(),
                    Findings.joined(commit.snapshot().findings(), earlier),
                    Duration.between(began, clock.instant()),
                    tables);
        }
    }

    /** What each source consists of; only a source with all databases has to be asked. */
    private Map<SourceConfig, Expansion> expanded(List<SourceConfig> chosen, Run run) {
        Map<SourceConfig, Expansion> expanded = new LinkedHashMap<>();
        for (SourceConfig source : chosen) {
            expanded.put(
                    source,
                    Expansion.asks(source)
                            ? run.step(new Step(PREFLIGHT, source.name()), _ -> connectors.expand(source))
                            : Expansion.of(source));
        }
        return expanded;
    }

    /** Every database's moment is fixed before anything is read, so that what the databases refer to is still there. */
    private static Commit write(
            Request request,
            OpenSources sources,
            OpenRepository repository,
            Map<String, List<TableSize>> tables,
            Run run) {
        try (SnapshotWriter writer = repository.begin(request.stack().name(), request.labels())) {
            sources.each(source -> run.step(new Step(FREEZE, source.name()), source::freeze));
            sources.each(source -> run.step(new Step(CAPTURE, source.name()), p -> capture(source, writer, tables, p)));
            return run.step(Step.of(COMMIT), _ -> writer.commit());
        }
    }

    private static boolean capture(
            OpenSources.Named source, SnapshotWriter writer, Map<String, List<TableSize>> tables, Progress progress) {
        PartWriter part = writer.beginPart(source.name(), source.kind(), source.location(), progress);
        MeasuredPart measured = new MeasuredPart(part);
        writer.endPart(source.capture(measured));
        tables.put(source.name(), measured.tables());
        source.close();
        return true;
    }

    private static List<SourceConfig> chosen(Request request) {
        return chosen(request.stack(), request.sources());
    }

    /**
     * The sources with these names, or all.
     *
     * @throws Invalid (USAGE) if there is none of a name
     */
    static List<SourceConfig> chosen(StackConfig stack, List<String> names) {
        List<SourceConfig> all = stack.sources();
        Set<String> wanted = new HashSet<>(names);
        List<String> known = all.stream().map(SourceConfig::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                String meant = Spelling.meant(name, known)
                        .map(word -> "; did you mean '" + word + "'?")
                        .orElse("");
                throw new Invalid(
                        ErrorCode.USAGE,
                        "stack '" + stack.name() + "' has no source '" + name + "'" + meant,
                        "its sources are: " + String.join(", ", known) + ".");
            }
        }
        return all.stream()
                .filter(s -> wanted.isEmpty() || wanted.contains(s.name()))
                .toList();
    }
}
