package dev.holdfast.control.operation;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.ExportReport;
import dev.holdfast.engine.source.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an export did.
 *
 * @param file where it went
 * @param findings what will not be exactly as it was, and what somebody should know about the repository
 */
public record ExportResult(
        Snapshot snapshot,
        Part part,
        ExportFormat format,
        String file,
        ExportReport report,
        List<Finding> findings,
        Duration took)
        implements RunResult {
    public ExportResult {
        findings = List.copyOf(findings);
    }

    /** The same for a file that was made longer on its way, as by encryption. */
    public ExportResult withFileBytes(long bytes) {
        ExportReport longer = new ExportReport(report.entries(), report.bytes(), bytes, report.findings());
        return new ExportResult(snapshot, part, format, file, longer, findings, took);
    }

    @Override
    public Optional<ErrorCode> concern() {
        return findings.isEmpty() ? Optional.empty() : Optional.of(ErrorCode.FINDINGS);
    }
}
