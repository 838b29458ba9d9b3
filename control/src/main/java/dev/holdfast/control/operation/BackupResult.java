package dev.holdfast.control.operation;

import dev.holdfast.connectors.postgres.TableSize;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a backup did.
 *
 * @param snapshot the new snapshot
 * @param destinations how each destination stands
 * @param findings what somebody should know
 * @param took how long it took
 * @param tables by part, how much of each table it has; empty where that is not known
 */
public record BackupResult(
        Snapshot snapshot,
        List<DestinationState> destinations,
        List<Finding> findings,
        Duration took,
        Map<String, List<TableSize>> tables)
        implements RunResult {
    public BackupResult {
        destinations = List.copyOf(destinations);
        findings = List.copyOf(findings);
        tables = Map.copyOf(tables);
    }

    public BackupResult(Snapshot snapshot, List<DestinationState> destinations, List<Finding> findings, Duration took) {
        this(snapshot, destinations, findings, took, Map.of());
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
