package dev.holdfast.control.operation;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Snapshot;
import java.util.List;
import java.util.Optional;

/**
 * What was forgotten.
 *
 * @param forgotten the snapshots that are gone
 * @param left how many the repository still has
 * @param destinations how each destination stands
 */
public record ForgetResult(List<Snapshot> forgotten, int left, List<DestinationState> destinations)
        implements RunResult {
    public ForgetResult {
        forgotten = List.copyOf(forgotten);
        destinations = List.copyOf(destinations);
    }

    @Override
    public Optional<ErrorCode> concern() {
        return Findings.anyBehind(destinations) ? Optional.of(ErrorCode.FINDINGS) : Optional.empty();
    }
}
