package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.EXPORT;
import static dev.holdfast.control.operation.Step.Phase.OPEN;
import static dev.holdfast.control.operation.Step.Phase.PREFLIGHT;

import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.leaving.Leaving;
import dev.holdfast.control.leaving.LeavingOrder;
import dev.holdfast.control.leaving.LeavingTotals;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Writes every snapshot of a repository as ordinary files into one folder, with an index: the way out. */
public final class LeavingOperation {
    private final Connectors connectors;
    private final Repositories repositories;
    private final InstantSource clock;

    public LeavingOperation(Connectors connectors, Repositories repositories, InstantSource clock) {
        this.connectors = connectors;
        this.repositories = repositories;
        this.clock = clock;
    }

    /**
     * @param choice which repository, and whose snapshots; all of them if no stack is named
     * @param output where everything goes
     */
    public record Request(RepositoryChoice choice, PlaceConfig output, LeavingOrder order) {}

    public LeavingResult run(Request request, Run run) {
        Instant began = clock.instant();
        try (OpenRepository repository = run.step(
                        Step.of(OPEN), _ -> repositories.open(request.choice().repository()));
                FilePlace place = connectors.exportPlaces().open(request.output())) {
            List<Snapshot> snapshots = selected(repository.snapshots(), request);
            String from = location(repository);
            Leaving leaving = new Leaving(
                    place,
                    connectors.exportPlaces(),
                    part -> connectors.exporter(part, new ExportFormat.Roles(0)),
                    request.order(),
                    clock);
            run.step(Step.of(PREFLIGHT), () -> {
                leaving.plan(snapshots, repository.pinned());
                LeavingTotals _ = leaving.index(from);
                leaving.requireProtection();
                leaving.requireRoom();
            });
            LeavingTotals totals = written(leaving, repository, from, run);
            leaving.findings().forEach(run::found);
            return new LeavingResult(
                    place.location(),
                    leaving.indexLocation(),
                    leaving.present(),
                    leaving.written(),
                    leaving.writtenBytes(),
                    totals,
                    leaving.failures(),
                    Findings.joined(leaving.findings(), repository.findings()),
                    Duration.between(began, clock.instant()));
        }
    }

    /** Whoever stops it finds an index of what is there. */
    private static LeavingTotals written(Leaving leaving, OpenRepository repository, String from, Run run) {
        try {
            run.step(Step.of(EXPORT), progress -> {
                leaving.write(repository::read, progress);
                return true;
            });
        } catch (Cancelled e) {
            LeavingTotals _ = leaving.index(from);
            throw e;
        }
        return leaving.index(from);
    }

    private static List<Snapshot> selected(List<Snapshot> all, Request request) {
        List<Snapshot> ofStack =
                SnapshotSelector.among(all, request.choice().stackName()).all();
        List<Snapshot> snapshots = ofStack.stream()
                .filter(request.order()::takes)
                .sorted(Comparator.comparing(Snapshot::id).reversed())
                .toList();
        if (snapshots.isEmpty()) {
            throw new Missing(
                    ErrorCode.SNAPSHOT_MISSING,
                    ofStack.isEmpty()
                            ? "the repository has no snapshots yet"
                            : "none of " + ofStack.size() + " snapshots is asked for",
                    ofStack.isEmpty() ? "run 'holdfast backup' first." : "look at --since and --part.");
        }
        return snapshots;
    }

    private static String location(OpenRepository repository) {
        return repository.destinations().stream()
                .map(DestinationState::location)
                .collect(Collectors.joining(", "));
    }
}
