package dev.holdfast.control.operation;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Finding;
import java.util.List;
import java.util.Optional;

/**
 * What is there.
 *
 * @param snapshots oldest first
 * @param others how many snapshots of other stacks the repository holds besides
 * @param destinations how each destination stands
 * @param findings what keeps the list from being complete: a damaged record hides its snapshot
 */
public record SnapshotsResult(
        List<Snapshot> snapshots, int others, List<DestinationState> destinations, List<Finding> findings)
        implements RunResult {
    public SnapshotsResult {
        snapshots = List.copyOf(snapshots);
        destinations = List.copyOf(destinations);
        findings = List.copyOf(findings);
    }

    @Override
    public Optional<ErrorCode> concern() {
        return findings.isEmpty() ? Optional.empty() : Optional.of(ErrorCode.FINDINGS);
    }
}
