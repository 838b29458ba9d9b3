package dev.holdfast.server.view;

import dev.holdfast.control.retention.RetentionPlan;
import java.time.Instant;
import java.util.List;

/** What a retention policy would keep and remove. */
public record RetentionPlanView(String policy, int kept, int removed, List<DecisionView> items) {
    /** What would happen to one snapshot. */
    public record DecisionView(String snapshot, Instant began, boolean keep, List<String> why) {}

    public static RetentionPlanView of(String policy, RetentionPlan plan) {
        return new RetentionPlanView(
                policy,
                plan.kept().size(),
                plan.removed().size(),
                plan.decisions().stream()
                        .map(decision -> new DecisionView(
                                decision.snapshot().id().text(),
                                decision.snapshot().began(),
                                decision.isKept(),
                                decision.reasons().stream()
                                        .map(RetentionPlan.Reason::toString)
                                        .toList()))
                        .toList());
    }
}
