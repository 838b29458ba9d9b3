package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.COMPARE;
import static dev.holdfast.control.operation.Step.Phase.OPEN;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Comparer;
import dev.holdfast.engine.source.PartReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compares parts of a snapshot with their live sources, or with restored copies. */
public final class CompareOperation {
    private final Connectors connectors;
    private final Repositories repositories;
    private final Environment environment;

    public CompareOperation(Connectors connectors, Repositories repositories, Environment environment) {
        this.connectors = connectors;
        this.repositories = repositories;
        this.environment = environment;
    }

    /**
     * @param choice which repository
     * @param snapshot which snapshot, as {@link SnapshotSelector} takes it
     * @param parts names of the parts to compare; empty for all
     * @param places part to place, where it is not the source's own
     */
    public record Request(RepositoryChoice choice, String snapshot, List<String> parts, Map<String, String> places) {
        public Request {
            parts = List.copyOf(parts);
            places = Map.copyOf(places);
        }
    }

    public CompareResult run(Request request, Run run) {
        try (OpenRepository repository =
                run.step(Step.of(OPEN), _ -> repositories.open(request.choice().repository()))) {
            Snapshot snapshot = SnapshotSelector.among(
                            repository.snapshots(), request.choice().stackName())
                    .select(request.snapshot());
            Places places = new Places(request.choice().stack(), environment, request.places(), "--with");
            List<CompareResult.PartComparison> compared = new ArrayList<>();
            for (Part part : places.parts(snapshot, request.parts())) {
                compared.add(compare(part, repository.read(snapshot, part), comparer(places.of(part), request), run));
            }
            return new CompareResult(
                    snapshot,
                    compared,
                    Findings.joined(places.absent(snapshot, request.parts()), repository.findings()));
        }
    }

    private Comparer comparer(SourceConfig place, Request request) {
        return connectors.comparer(place, request.choice().repository());
    }

    private static CompareResult.PartComparison compare(Part part, PartReader reader, Comparer opened, Run run) {
        try (Comparer comparer = opened) {
            Differences differences = new Differences();
            long compared = run.step(
                    new Step(COMPARE, part.name()), progress -> comparer.compare(reader, differences, progress));
            if (compared == 0 && reader.entryCount() > 0) {
                differences.differs("", "compared 0 of " + reader.entryCount() + " entries, which proves nothing");
            }
            return new CompareResult.PartComparison(
                    part, comparer.location(), compared, differences.first(), differences.count());
        }
    }
}
