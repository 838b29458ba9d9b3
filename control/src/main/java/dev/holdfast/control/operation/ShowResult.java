package dev.holdfast.control.operation;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Finding;
import java.util.List;
import java.util.Optional;

/**
 * What was shown.
 *
 * @param snapshot which snapshot
 * @param part whose entries
 * @param whole whether all entries were shown
 * @param findings what somebody should know about the repository
 */
public record ShowResult(Snapshot snapshot, Optional<Part> part, boolean whole, List<Finding> findings)
        implements RunResult {
    public ShowResult {
        findings = List.copyOf(findings);
    }

    @Override
    public Optional<ErrorCode> concern() {
        return findings.isEmpty() ? Optional.empty() : Optional.of(ErrorCode.FINDINGS);
    }
}
