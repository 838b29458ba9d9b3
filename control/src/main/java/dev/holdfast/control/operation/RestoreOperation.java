package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.OPEN;
import static dev.holdfast.control.operation.Step.Phase.PREFLIGHT;
import static dev.holdfast.control.operation.Step.Phase.RESTORE;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.operation.RestoreResult.Outcome;
import dev.holdfast.control.operation.RestoreResult.PartOutcome;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestoreReport;
import dev.holdfast.engine.source.Target;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Brings parts of a snapshot back. Nothing is written before every target has been looked at. */
public final class RestoreOperation {
    private final Connectors connectors;
    private final Repositories repositories;
    private final Environment environment;
    private final InstantSource clock;

    public RestoreOperation(
            Connectors connectors, Repositories repositories, Environment environment, InstantSource clock) {
        this.connectors = connectors;
        this.repositories = repositories;
        this.environment = environment;
        this.clock = clock;
    }

    /**
     * @param choice which repository
     * @param snapshot which snapshot, as {@link SnapshotSelector} takes it
     * @param parts names of the parts to restore; empty for all
     * @param places part to place, where it is not the source's own
     * @param overwrite whether what is there may be replaced, if it is confirmed
     */
    public record Request(
            RepositoryChoice choice,
            String snapshot,
            List<String> parts,
            Map<String, String> places,
            boolean overwrite) {
        public Request {
            parts = List.copyOf(parts);
            places = Map.copyOf(places);
        }
    }

    private record Planned(Part part, PartReader reader, Target target) {}

    /**
     * @return what became of each part; a part that failed is told in the result, and those after it were not begun
     */
    public RestoreResult run(Request request, Confirmation confirmation, Run run) {
        Instant began = clock.instant();
        try (OpenRepository repository =
                run.step(Step.of(OPEN), _ -> repositories.open(request.choice().repository()))) {
            Snapshot snapshot = SnapshotSelector.among(
                            repository.snapshots(), request.choice().stackName())
                    .select(request.snapshot());
            Places places = new Places(request.choice().stack(), environment, request.places(), "--to");
            List<Finding> absent = places.absent(snapshot, request.parts());
            absent.forEach(run::found);
            List<Part> parts = places.parts(snapshot, request.parts());
            parts.forEach(part ->
                    Separation.requireTarget(places.of(part), request.choice().repository()));
            try (Plan plan = plan(parts, places, snapshot, repository)) {
                plan.look(request.overwrite(), run);
                plan.confirm(confirmation);
                List<PartOutcome> outcomes = plan.restore(run, clock);
                return new RestoreResult(
                        snapshot,
                        outcomes,
                        Findings.joined(absent, repository.findings()),
                        Duration.between(began, clock.instant()));
            }
        }
    }

    private Plan plan(List<Part> parts, Places places, Snapshot snapshot, OpenRepository repository) {
        Plan plan = new Plan(new ArrayList<>());
        try {
            for (Part part : parts) {
                plan.parts.add(new Planned(part, repository.read(snapshot, part), connectors.target(places.of(part))));
            }
            return plan;
        } catch (RuntimeException e) {
            plan.close();
            throw e;
        }
    }

    /** Which part goes where. */
    private record Plan(List<Planned> parts) implements AutoCloseable {
        void look(boolean overwrite, Run run) {
            Set<String> taken = new HashSet<>();
            for (Planned planned : parts) {
                if (!taken.add(planned.target.location())) {
                    throw new Invalid(
                            ErrorCode.USAGE,
                            "two parts would be restored to " + planned.target.location(),
                            "give each part a place of its own with --to.");
                }
                run.step(
                        new Step(PREFLIGHT, planned.part.name()),
                        () -> planned.target.preflight(planned.reader, overwrite));
            }
        }

        void confirm(Confirmation confirmation) {
            for (Planned planned : parts) {
                if (planned.target.occupied() && !confirmation.given(question(planned))) {
                    throw new Cancelled(
                            ErrorCode.NOT_CONFIRMED,
                            "the restore would replace " + planned.target.location() + ", and that was not confirmed",
                            "add --yes to --overwrite, or restore beside it with --to " + planned.part.name() + "=...");
                }
            }
        }

        private static Confirmation.Question question(Planned planned) {
            return new Confirmation.Question(
                    "Everything at " + planned.target.location() + " will be replaced by part '" + planned.part.name()
                            + "'.",
                    planned.part.name());
        }

        List<PartOutcome> restore(Run run, InstantSource clock) {
            List<PartOutcome> outcomes = new ArrayList<>();
            boolean failed = false;
            for (Planned planned : parts) {
                Outcome outcome = failed ? new Outcome.NotBegun() : restore(planned, run, clock);
                failed |= outcome instanceof Outcome.NotRestored;
                outcomes.add(new PartOutcome(planned.part, planned.target.location(), outcome));
            }
            return outcomes;
        }

        private static Outcome restore(Planned planned, Run run, InstantSource clock) {
            Instant began = clock.instant();
            try {
                RestoreReport report = run.step(new Step(RESTORE, planned.part.name()), p -> proven(planned, p));
                report.findings().forEach(run::found);
                return new Outcome.Restored(report, Duration.between(began, clock.instant()));
            } catch (HoldfastException e) {
                return new Outcome.NotRestored(e);
            }
        }

        private static RestoreReport proven(Planned planned, Progress progress) {
            RestoreReport report = planned.target.restore(planned.reader, progress);
            if (report.entries() != planned.part.entries()) {
                throw new Failed(
                        ErrorCode.CHECK_FAILED,
                        "restored " + report.entries() + " of " + planned.part.entries() + " entries of part '"
                                + planned.part.name() + "'",
                        "");
            }
            return report;
        }

        @Override
        public void close() {
            parts.forEach(planned -> planned.target.close());
        }
    }

    /** Why a restore did not reach its end, if it did not. */
    static Optional<HoldfastException> failure(List<PartOutcome> outcomes) {
        return outcomes.stream()
                .flatMap(part -> part.outcome() instanceof Outcome.NotRestored(HoldfastException e)
                        ? Optional.of(e).stream()
                        : Optional.<HoldfastException>empty().stream())
                .findFirst();
    }
}
