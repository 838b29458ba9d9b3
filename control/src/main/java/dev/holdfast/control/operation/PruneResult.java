package dev.holdfast.control.operation;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.PruneReport;
import java.util.List;
import java.util.Optional;

/**
 * What a prune did.
 *
 * @param report what was freed, or would be
 * @param destinations how each destination stands
 */
public record PruneResult(PruneReport report, List<DestinationState> destinations) implements RunResult {
    public PruneResult {
        destinations = List.copyOf(destinations);
    }

    @Override
    public Optional<ErrorCode> concern() {
        return Findings.anyBehind(destinations) ? Optional.of(ErrorCode.FINDINGS) : Optional.empty();
    }
}
