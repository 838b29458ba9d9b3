package dev.holdfast.control.operation;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.RestorePlan;
import dev.holdfast.engine.source.RestoreReport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a restore did.
 *
 * @param snapshot which snapshot was restored
 * @param parts what became of each part
 * @param findings what somebody should know about the repository
 * @param took how long it took
 */
public record RestoreResult(Snapshot snapshot, List<PartOutcome> parts, List<Finding> findings, Duration took)
        implements RunResult {
    public RestoreResult {
        parts = List.copyOf(parts);
        findings = List.copyOf(findings);
    }

    /**
     * @param part which part
     * @param target where it went
     * @param outcome what became of it
     */
    public record PartOutcome(Part part, String target, Outcome outcome) {}

    /** What became of a part. */
    public sealed interface Outcome {
        /** It was only planned. */
        record Planned(RestorePlan plan) implements Outcome {}

        record Restored(RestoreReport report, Duration took) implements Outcome {}

        record NotRestored(HoldfastException reason) implements Outcome {}

        /** A part before it failed. */
        record NotBegun() implements Outcome {}
    }

    /** Why not all parts were restored; empty if they were. */
    public Optional<HoldfastException> failure() {
        return RestoreOperation.failure(parts);
    }

    /** Why a plan cannot be carried out; empty if it can, or if it was. */
    public List<HoldfastException> obstacles() {
        return parts.stream()
                .flatMap(part -> part.outcome() instanceof Outcome.Planned(RestorePlan plan)
                        ? plan.obstacles().stream()
                        : Stream.<HoldfastException>empty())
                .toList();
    }

    @Override
    public Optional<ErrorCode> concern() {
        Optional<HoldfastException> failed =
                failure().or(() -> obstacles().stream().findFirst());
        boolean found = !findings.isEmpty() || parts.stream().anyMatch(RestoreResult::hasFindings);
        return failed.map(HoldfastException::code).or(() -> found ? Optional.of(ErrorCode.FINDINGS) : Optional.empty());
    }

    private static boolean hasFindings(PartOutcome part) {
        return switch (part.outcome()) {
            case Outcome.Planned planned -> !planned.plan().findings().isEmpty();
            case Outcome.Restored restored -> !restored.report().findings().isEmpty();
            case Outcome.NotRestored _, Outcome.NotBegun _ -> false;
        };
    }
}
