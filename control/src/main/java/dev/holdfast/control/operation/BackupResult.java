package dev.holdfast.control.operation;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a backup did.
 *
 * @param snapshot the new snapshot
 * @param destinations how each destination stands
 * @param findings what somebody should know
 * @param took how long it took
 */
public record BackupResult(
        Snapshot snapshot, List<DestinationState> destinations, List<Finding> findings, Duration took)
        implements RunResult {
    public BackupResult {
        destinations = List.copyOf(destinations);
        findings = List.copyOf(findings);
    }

    /** Bytes read at the sources. */
    public long readBytes() {
        return snapshot.parts().stream()
                .mapToLong(part -> part.statistics().readBytes())
                .sum();
    }

    @Override
    public Optional<ErrorCode> concern() {
        return findings.isEmpty() && !Findings.anyBehind(destinations)
                ? Optional.empty()
                : Optional.of(ErrorCode.FINDINGS);
    }
}
