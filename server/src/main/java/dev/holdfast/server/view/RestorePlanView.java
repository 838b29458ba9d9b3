package dev.holdfast.server.view;

import dev.holdfast.control.operation.RestoreResult;
import dev.holdfast.control.operation.RestoreResult.PartOutcome;
import dev.holdfast.engine.source.RestorePlan;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a restore would do. */
public record RestorePlanView(
        String snapshot,
        boolean feasible,
        Optional<String> confirm,
        List<FindingView> findings,
        List<PartPlanView> parts) {
    /** What it would do to one part. */
    public record PartPlanView(
            String part,
            String kind,
            String target,
            long entries,
            long bytes,
            List<String> steps,
            List<String> losses,
            List<FailureView> obstacles,
            List<FindingView> findings,
            List<FactView> facts,
            List<ItemView> items,
            Optional<EstimateView> estimate) {}

    /** Something that was seen. */
    public record FactView(String name, List<String> values) {}

    /** Something that would be restored. */
    public record ItemView(String name, long count, long bytes) {}

    /** How long it may take. */
    public record EstimateView(long atLeastSeconds, long atMostSeconds, String basis) {}

    /**
     * @param word what has to be typed to agree to losses
     */
    public static RestorePlanView of(RestoreResult result, String word) {
        List<PartPlanView> parts =
                result.parts().stream().flatMap(RestorePlanView::part).toList();
        boolean loses = parts.stream().anyMatch(part -> !part.losses().isEmpty());
        return new RestorePlanView(
                result.snapshot().id().text(),
                result.obstacles().isEmpty(),
                loses ? Optional.of(word) : Optional.empty(),
                FindingView.of(result.findings()),
                parts);
    }

    private static Stream<PartPlanView> part(PartOutcome outcome) {
        return outcome.outcome() instanceof RestoreResult.Outcome.Planned(RestorePlan plan)
                ? Stream.of(part(outcome, plan))
                : Stream.empty();
    }

    private static PartPlanView part(PartOutcome outcome, RestorePlan plan) {
        return new PartPlanView(
                outcome.part().name(),
                outcome.part().kind(),
                outcome.target(),
                plan.entries(),
                plan.bytes(),
                plan.steps(),
                plan.losses(),
                plan.obstacles().stream().map(FailureView::of).toList(),
                FindingView.of(plan.findings()),
                plan.facts().stream()
                        .map(fact -> new FactView(fact.name(), fact.values()))
                        .toList(),
                plan.items().stream()
                        .map(item -> new ItemView(item.name(), item.count(), item.bytes()))
                        .toList(),
                plan.estimate()
                        .map(estimate -> new EstimateView(
                                estimate.atLeast().toSeconds(),
                                estimate.atMost().toSeconds(),
                                estimate.basis())));
    }
}
