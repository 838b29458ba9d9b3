package dev.holdfast.control.operation;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.CheckReport;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.source.Finding;
import java.util.List;
import java.util.Optional;

/**
 * What a check found.
 *
 * @param report what was looked at and what is wrong
 * @param destinations how each destination stands
 */
public record CheckResult(CheckReport report, List<DestinationState> destinations) implements RunResult {
    public CheckResult {
        destinations = List.copyOf(destinations);
    }

    /** What keeps the check from proving something. */
    public List<Finding> findings() {
        return report.snapshots() > 0
                ? List.of()
                : List.of(new Finding("snapshots", "there is no snapshot yet, so nothing was checked"));
    }

    /** Whether everything that the snapshots need was looked at and is sound. */
    public boolean sound() {
        return report.sound() && report.snapshots() > 0;
    }

    @Override
    public Optional<ErrorCode> concern() {
        if (!report.sound()) {
            return Optional.of(ErrorCode.CHECK_FAILED);
        }
        return sound() && !Findings.anyBehind(destinations) ? Optional.empty() : Optional.of(ErrorCode.FINDINGS);
    }
}
