package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.OPEN;
import static dev.holdfast.control.operation.Step.Phase.PREFLIGHT;
import static dev.holdfast.control.operation.Step.Phase.RESTORE;

import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.PostgresConfig;
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
import dev.holdfast.engine.source.RestorePlan;
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
     * @param database what is asked of the restore of databases; if only some of a database is asked for, nothing else is
     *     restored
     * @param dryRun whether to plan and leave everything as it is
     */
    public record Request(
            RepositoryChoice choice,
            String snapshot,
            List<String> parts,
            Map<String, String> places,
            boolean overwrite,
            PostgresRestore database,
            boolean dryRun) {
        public Request {
            parts = List.copyOf(parts);
            places = Map.copyOf(places);
        }

        public Request(
                RepositoryChoice choice,
                String snapshot,
                List<String> parts,
                Map<String, String> places,
                boolean overwrite) {
            this(choice, snapshot, parts, places, overwrite, PostgresRestore.WHOLE, false);
        }
    }

    private record Opened(Part part, PartReader reader, Target target) {}

    /**
     * @return what became of each part, or would; a part that failed is told in the result, and those after it were not begun
     */
    public RestoreResult run(Request request, Confirmation confirmation, Run run) {
        Instant began = clock.instant();
        try (OpenRepository repository =
                run.step(Step.of(OPEN), _ -> repositories.open(request.choice().repository()))) {
            Snapshot snapshot = SnapshotSelector.among(
                            repository.snapshots(), request.choice().stackName())
                    .select(request.snapshot());
            Places places = new Places(request.choice().stack(), environment, request.places(), "--to");
            List<Finding> absent =
                    request.database().isPartial() ? List.of() : places.absent(snapshot, request.parts());
            absent.forEach(run::found);
            List<Part> parts = parts(places, snapshot, request);
            parts.forEach(part ->
                    Separation.requireTarget(places.of(part), request.choice().repository()));
            try (Targets targets = targets(parts, places, snapshot, repository, request.database())) {
                return new RestoreResult(
                        snapshot,
                        request.dryRun()
                                ? targets.plan(request.overwrite(), run)
                                : targets.restore(request.overwrite(), confirmation, run, clock),
                        Findings.joined(absent, repository.findings()),
                        Duration.between(began, clock.instant()));
            }
        }
    }

    /** Whoever asks for some tables does not ask for a bucket. */
    private static List<Part> parts(Places places, Snapshot snapshot, Request request) {
        List<Part> parts = places.parts(snapshot, request.parts());
        if (!request.database().isPartial()) {
            return parts;
        }
        List<Part> databases = parts.stream()
                .filter(part -> part.kind().equals(PostgresConfig.KIND))
                .toList();
        boolean others = !request.parts().isEmpty() && databases.size() < parts.size();
        if (databases.size() != 1 || others) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "schemas, tables, definitions or rows alone are restored of one database, and "
                            + (others
                                    ? "other parts are named too"
                                    : databases.isEmpty()
                                            ? "the snapshot has none"
                                            : "the snapshot has " + databases.size()),
                    "name it with --part"
                            + (databases.isEmpty()
                                    ? "."
                                    : ": "
                                            + String.join(
                                                    " or ",
                                                    databases.stream()
                                                            .map(Part::name)
                                                            .toList())
                                            + "."));
        }
        return databases;
    }

    private Targets targets(
            List<Part> parts, Places places, Snapshot snapshot, OpenRepository repository, PostgresRestore database) {
        Targets targets = new Targets(new ArrayList<>());
        try {
            for (Part part : parts) {
                targets.opened.add(new Opened(
                        part, repository.read(snapshot, part), connectors.target(places.of(part), database)));
            }
            return targets;
        } catch (RuntimeException e) {
            targets.close();
            throw e;
        }
    }

    /** Which part goes where. */
    private record Targets(List<Opened> opened) implements AutoCloseable {
        List<PartOutcome> plan(boolean overwrite, Run run) {
            requireDistinct();
            List<PartOutcome> outcomes = new ArrayList<>();
            for (Opened one : opened) {
                RestorePlan plan = run.step(new Step(PREFLIGHT, one.part.name()), _ -> planned(one, overwrite));
                outcomes.add(new PartOutcome(one.part, one.target.location(), new Outcome.Planned(plan)));
            }
            return outcomes;
        }

        private static RestorePlan planned(Opened one, boolean overwrite) {
            try {
                return one.target.plan(one.reader, overwrite);
            } catch (HoldfastException e) {
                return RestorePlan.of(one.reader).obstacle(e).build();
            }
        }

        /** Nothing is written before every target has been looked at and every loss was agreed to. */
        List<PartOutcome> restore(boolean overwrite, Confirmation confirmation, Run run, InstantSource clock) {
            requireDistinct();
            List<RestorePlan> plans = new ArrayList<>();
            for (Opened one : opened) {
                plans.add(run.step(
                        new Step(PREFLIGHT, one.part.name()), _ -> one.target.preflight(one.reader, overwrite)));
            }
            for (int i = 0; i < opened.size(); i++) {
                confirm(opened.get(i), plans.get(i), confirmation);
            }
            List<PartOutcome> outcomes = new ArrayList<>();
            boolean failed = false;
            for (int i = 0; i < opened.size(); i++) {
                Opened one = opened.get(i);
                Outcome outcome = failed ? new Outcome.NotBegun() : restore(one, plans.get(i), run, clock);
                failed |= outcome instanceof Outcome.NotRestored;
                outcomes.add(new PartOutcome(one.part, one.target.location(), outcome));
            }
            return outcomes;
        }

        private void requireDistinct() {
            Set<String> taken = new HashSet<>();
            for (Opened one : opened) {
                if (!taken.add(one.target.location())) {
                    throw new Invalid(
                            ErrorCode.USAGE,
                            "two parts would be restored to " + one.target.location(),
                            "give each part a place of its own with --to.");
                }
            }
        }

        private static void confirm(Opened one, RestorePlan plan, Confirmation confirmation) {
            if (plan.losses().isEmpty()) {
                return;
            }
            String loss = String.join(" ", plan.losses());
            if (!confirmation.given(new Confirmation.Question(loss, one.part.name()))) {
                throw new Cancelled(
                        ErrorCode.NOT_CONFIRMED,
                        "the restore of part '" + one.part.name() + "' was not confirmed: " + loss,
                        "add --yes, or restore beside it with --to " + one.part.name() + "=...");
            }
        }

        private static Outcome restore(Opened one, RestorePlan plan, Run run, InstantSource clock) {
            Instant began = clock.instant();
            try {
                RestoreReport report = run.step(new Step(RESTORE, one.part.name()), p -> proven(one, plan, p));
                report.findings().forEach(run::found);
                return new Outcome.Restored(report, Duration.between(began, clock.instant()));
            } catch (HoldfastException e) {
                return new Outcome.NotRestored(e);
            }
        }

        private static RestoreReport proven(Opened one, RestorePlan plan, Progress progress) {
            RestoreReport report = one.target.restore(one.reader, progress);
            if (report.entries() != plan.entries()) {
                throw new Failed(
                        ErrorCode.CHECK_FAILED,
                        "restored " + report.entries() + " of " + plan.entries() + " entries of part '"
                                + one.part.name() + "'",
                        "");
            }
            return report;
        }

        @Override
        public void close() {
            opened.forEach(one -> one.target.close());
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
