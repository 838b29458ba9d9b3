package dev.holdfast.control.operation;

import dev.holdfast.control.retention.RetentionPlan;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.DestinationState;
import java.util.List;
import java.util.Optional;

/**
 * What a policy keeps of a stack.
 *
 * @param plan every snapshot with what happens to it
 * @param dryRun whether it was only told
 * @param left how many snapshots of all stacks the repository has now
 * @param destinations how each destination stands
 */
public record RetentionResult(RetentionPlan plan, boolean dryRun, int left, List<DestinationState> destinations)
        implements RunResult {
    public RetentionResult {
        destinations = List.copyOf(destinations);
    }

    @Override
    public Optional<ErrorCode> concern() {
        return Findings.anyBehind(destinations) ? Optional.of(ErrorCode.FINDINGS) : Optional.empty();
    }
}
