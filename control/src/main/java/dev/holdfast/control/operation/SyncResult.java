package dev.holdfast.control.operation;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.SyncReport;
import java.util.Optional;

/**
 * What a sync did.
 *
 * @param report what was copied and how each destination stands
 */
public record SyncResult(SyncReport report) implements RunResult {
    @Override
    public Optional<ErrorCode> concern() {
        return Findings.anyBehind(report.destinations()) ? Optional.of(ErrorCode.FINDINGS) : Optional.empty();
    }
}
