package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.EXPORT;
import static dev.holdfast.control.operation.Step.Phase.OPEN;
import static dev.holdfast.control.operation.Step.Phase.PREFLIGHT;
import static dev.holdfast.control.operation.Step.Phase.PRUNE;

import dev.holdfast.control.config.BucketConfig;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.export.Contents;
import dev.holdfast.control.export.Delivery;
import dev.holdfast.control.export.ExportConfig;
import dev.holdfast.control.export.ExportPlace;
import dev.holdfast.control.export.ExportPlaces;
import dev.holdfast.control.export.ExportPlan;
import dev.holdfast.control.export.ExportPlan.Standing;
import dev.holdfast.control.export.ExportRetention;
import dev.holdfast.control.export.PlacedExport;
import dev.holdfast.control.export.Removal;
import dev.holdfast.control.export.Target;
import dev.holdfast.control.operation.ExportsResult.PlaceState;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Keeps the exports of a stack: writes to every place what it lacks, the newest snapshot first, and removes what a place does not keep.
 * A place that fails keeps no other from getting its files.
 */
public final class ExportsOperation {
    /** One run ends; the next goes on where it stopped. */
    private static final int MOST_SNAPSHOTS = 10;

    private static final Duration DAY = Duration.ofDays(1);

    private final ExportPlaces places;
    private final Repositories repositories;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    public ExportsOperation(ExportPlaces places, Repositories repositories, InstantSource clock) {
        this.places = places;
        this.repositories = repositories;
        this.clock = clock;
    }

    /**
     * @param snapshot the one to export, as {@link SnapshotSelector} takes it; empty for all that places lack
     * @param work what is done
     * @param byHand whether somebody asks, and places that wait for that are meant too
     */
    public record Request(StackConfig stack, Optional<String> snapshot, Work work, boolean byHand) {}

    /** What can be done. */
    public enum Work {
        /** Write what is lacking, remove what is not kept. */
        KEEP,
        /** Only remove what is not kept. */
        CLEAN,
        /** Only look. */
        LOOK
    }

    public ExportsResult run(Request request, Run run) {
        StackConfig stack = request.stack();
        Instant began = clock.instant();
        requireExports(stack);
        try (OpenRepository repository = run.step(Step.of(OPEN), _ -> repositories.open(stack.repository()))) {
            return new Keeping(request, repository.snapshots(), repository.pinned(), repository::read, run).all(began);
        }
    }

    /**
     * Looks at the places and not at the repository.
     *
     * @param known snapshots of the repository, as far as that is known
     * @param pinned which of them are pinned
     */
    public ExportsResult look(StackConfig stack, List<Snapshot> known, Set<SnapshotId> pinned, Run run) {
        Instant began = clock.instant();
        requireExports(stack);
        Request request = new Request(stack, Optional.empty(), Work.LOOK, true);
        return new Keeping(request, known, pinned, ExportsOperation::nothing, run).all(began);
    }

    private static PartReader nothing(Snapshot snapshot, Part part) {
        throw new IllegalStateException("looking reads nothing of " + snapshot.id() + ", " + part.name());
    }

    /**
     * @throws Invalid (USAGE) if a stack keeps nothing as files
     */
    public static void requireExports(StackConfig stack) {
        if (stack.exports().isEmpty()) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "stack '" + stack.name() + "' has no 'exports'",
                    "say in the stack file what is to be kept as ordinary files, and where; docs/export.md has an example.");
        }
    }

    /** One run. For one thread. */
    private final class Keeping {
        private final Request request;
        private final BiFunction<Snapshot, Part, PartReader> reading;
        private final Run run;
        private final List<Snapshot> snapshots;
        private final Set<SnapshotId> pinned;
        private final List<PlacedExport> placed = new ArrayList<>();
        private final List<PlaceState> states = new ArrayList<>();
        private final List<Finding> findings = new ArrayList<>();

        Keeping(
                Request request,
                List<Snapshot> all,
                Set<SnapshotId> pinned,
                BiFunction<Snapshot, Part, PartReader> reading,
                Run run) {
            this.request = request;
            this.reading = reading;
            this.run = run;
            this.snapshots = request.snapshot()
                    .map(name -> List.of(SnapshotSelector.among(all, Optional.of(stack().name()))
                            .select(name)))
                    .orElseGet(() -> all.stream()
                            .filter(snapshot -> snapshot.stack().equals(stack().name()))
                            .toList());
            this.pinned = pinned;
        }

        ExportsResult all(Instant began) {
            for (ExportConfig export : stack().exports()) {
                keep(export);
            }
            return new ExportsResult(
                    request.work() == Work.LOOK,
                    placed,
                    states,
                    Findings.joined(findings, List.of()),
                    Duration.between(began, clock.instant()));
        }

        private StackConfig stack() {
            return request.stack();
        }

        void keep(ExportConfig export) {
            List<Target> targets = new ArrayList<>();
            try {
                for (ExportPlace place : export.places()) {
                    if (request.byHand() || !place.byHand()) {
                        targets.add(run.step(new Step(PREFLIGHT, place.name()), _ -> opened(export, place)));
                    }
                }
                if (request.work() == Work.KEEP) {
                    deliver(export, targets);
                }
                targets.forEach(target -> states.add(state(export, target)));
            } finally {
                targets.forEach(Target::close);
            }
        }

        /** Only a person makes a place: for a service a disk that is not mounted looks like one that is new. */
        private Target opened(ExportConfig export, ExportPlace place) {
            return Target.open(
                    place,
                    places.open(place.config()),
                    stack().name(),
                    export.name(),
                    request.work() == Work.KEEP && request.byHand());
        }

        private void deliver(ExportConfig export, List<Target> targets) {
            Delivery delivery = new Delivery(places, export, zone(export), clock, random);
            List<Snapshot> some = exported(export);
            int begun = 0;
            for (Snapshot snapshot : some) {
                List<Target> lacking = targets.stream()
                        .filter(Target::isOpen)
                        .filter(target -> !isThere(export, target, snapshot))
                        .filter(target -> isWanted(export, target, snapshot, some))
                        .toList();
                if (!lacking.isEmpty() && begun++ < MOST_SNAPSHOTS) {
                    List<PlacedExport> results = delivery.deliver(snapshot, lacking, new Reading(snapshot));
                    results.forEach(Keeping::requireNotCancelled);
                    placed.addAll(results);
                }
            }
            if (begun > MOST_SNAPSHOTS) {
                findings.add(new Finding(
                        export.name(),
                        "more snapshots are lacking than one run exports; " + (begun - MOST_SNAPSHOTS)
                                + " are left for the next one"));
            }
            delivery.findings().forEach(this::found);
        }

        /** The newest first. */
        private List<Snapshot> exported(ExportConfig export) {
            return snapshots.stream()
                    .filter(snapshot -> !export.partsOf(snapshot).isEmpty())
                    .sorted(Comparator.comparing(Snapshot::id).reversed())
                    .toList();
        }

        /** Where nothing was written. A place that waits for a person lacks nothing until he asks. */
        private List<SnapshotId> lacking(ExportConfig export, Target target) {
            if (request.work() == Work.KEEP || target.config().byHand()) {
                return List.of();
            }
            List<Snapshot> some = exported(export);
            Set<SnapshotId> wanted = retention(export, target).wanted(export, some, target, clock.instant());
            return some.stream()
                    .map(Snapshot::id)
                    .filter(id -> wanted.contains(id) && !target.has(id))
                    .toList();
        }

        private void found(Finding finding) {
            run.found(finding);
            findings.add(finding);
        }

        private static void requireNotCancelled(PlacedExport export) {
            if (export.outcome() instanceof PlacedExport.Outcome.Failed(Cancelled reason)) {
                throw reason;
            }
        }

        private boolean isThere(ExportConfig export, Target target, Snapshot snapshot) {
            boolean there = target.has(snapshot.id());
            if (there && request.snapshot().isPresent()) {
                placed.add(new PlacedExport(
                        export.name(),
                        snapshot.id(),
                        target.name(),
                        target.place().location(),
                        new PlacedExport.Outcome.There()));
            }
            return there;
        }

        private boolean isWanted(ExportConfig export, Target target, Snapshot snapshot, List<Snapshot> some) {
            return request.snapshot().isPresent()
                    || retention(export, target)
                            .wanted(export, some, target, clock.instant())
                            .contains(snapshot.id());
        }

        private ExportRetention retention(ExportConfig export, Target target) {
            return new ExportRetention(target.config().keep(), pinned, sources(export));
        }

        private Set<String> sources(ExportConfig export) {
            Set<String> all = stack().sources().stream().map(SourceConfig::name).collect(Collectors.toSet());
            if (export.parts().isEmpty()) {
                return all;
            }
            Set<String> some = new TreeSet<>();
            export.parts().forEach(part -> some.add(part.split("/", 2)[0]));
            return some;
        }

        private PlaceState state(ExportConfig export, Target target) {
            if (!target.isOpen()) {
                return state(export, target, List.of(), 0, List.of());
            }
            try {
                return run.step(new Step(PRUNE, target.name()), _ -> cleaned(export, target));
            } catch (HoldfastException e) {
                if (e instanceof Cancelled) {
                    throw e;
                }
                target.fail(e);
                return state(export, target, List.of(), 0, List.of());
            }
        }

        private PlaceState cleaned(ExportConfig export, Target target) {
            target.reread();
            target.contents().findings().forEach(this::found);
            ExportPlan plan = retention(export, target)
                    .plan(target.place(), target.contents(), stack().name(), export.name(), clock.instant());
            plan.decisions().stream()
                    .filter(decision -> decision.kept() && decision.standing() == Standing.INCOMPLETE)
                    .forEach(decision -> found(new Finding(
                            target.name(),
                            "the export of snapshot " + decision.entry().snapshot()
                                    + " lacks a file, or has one that was changed; it is not counted")));
            if (request.work() == Work.LOOK) {
                return state(export, target, plan.decisions(), 0, lacking(export, target));
            }
            Removal removal = new Removal(target.place(), target.contents());
            int removed = removal.remove(plan.removed());
            removal.findings().forEach(this::found);
            target.lastWritten().ifPresent(last -> target.place().sweepUnfinished(last.minus(DAY)));
            return state(export, target, plan.decisions(), removed, lacking(export, target));
        }

        private PlaceState state(
                ExportConfig export,
                Target target,
                List<ExportPlan.Decision> decisions,
                int removed,
                List<SnapshotId> lacking) {
            return new PlaceState(
                    export.name(),
                    target.name(),
                    target.place().location(),
                    target.failure(),
                    decisions,
                    removed,
                    lacking);
        }

        /** One snapshot's parts, read as steps of the run. */
        private final class Reading implements Contents {
            private final Snapshot snapshot;

            Reading(Snapshot snapshot) {
                this.snapshot = snapshot;
            }

            @Override
            public PartReader read(Part part) {
                return reading.apply(snapshot, part);
            }

            @Override
            public <T> T step(Part part, Function<Progress, T> work) {
                return run.step(new Step(EXPORT, part.name()), work);
            }

            @Override
            public Optional<String> database(Part part) {
                return stack().source(part.name())
                        .flatMap(source ->
                                source instanceof PostgresConfig postgres ? postgres.database() : Optional.empty());
            }

            @Override
            public Optional<String> bucket(Part part) {
                return stack().source(part.name())
                        .flatMap(source -> source instanceof BucketConfig bucket
                                ? Optional.of(bucket.place().bucket())
                                : Optional.empty());
            }
        }
    }

    private static ZoneId zone(ExportConfig export) {
        return export.places().getFirst().keep().zone();
    }
}
