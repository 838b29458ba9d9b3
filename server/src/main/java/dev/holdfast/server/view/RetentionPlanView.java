package dev.holdfast.server.view;

import dev.holdfast.control.operation.RetentionResult;
import dev.holdfast.control.retention.RetentionPlan;
import java.time.Instant;
import java.util.List;

/**
 * What a retention policy would keep and remove.
 *
 * @param left how many snapshots of all stacks the repository has now
 */
public record RetentionPlanView(
        String policy, int kept, int removed, int left, List<DecisionView> items, List<DestinationView> destinations) {
    /** What would happen to one snapshot. */
    public record DecisionView(String snapshot, Instant began, boolean keep, List<String> why) {}

    public static RetentionPlanView of(String stack, String policy, RetentionResult result) {
        RetentionPlan plan = result.plan();
        return new RetentionPlanView(
                policy,
                plan.kept().size(),
                plan.removed().size(),
                result.left(),
                plan.decisions().stream()
                        .map(decision -> new DecisionView(
                                decision.snapshot().id().text(),
                                decision.snapshot().began(),
                                decision.isKept(),
                                decision.reasons().stream()
                                        .map(RetentionPlan.Reason::toString)
                                        .toList()))
                        .toList(),
                result.destinations().stream()
                        .map(state -> DestinationView.of(stack, state))
                        .toList());
    }
}
