package dev.holdfast.server.view;

import dev.holdfast.control.operation.ExportResult;
import java.util.List;

/**
 * What an export did.
 *
 * @param entries how many entries of the part it was made from
 * @param bytes their contents' bytes
 * @param fileBytes bytes of the file
 * @param findings what will not be exactly as it was, and what somebody should know about the repository
 */
public record ExportReportView(
        String part,
        String kind,
        long entries,
        long bytes,
        long fileBytes,
        Double seconds,
        List<FindingView> findings) {
    public static ExportReportView of(ExportResult result) {
        return new ExportReportView(
                result.part().name(),
                result.part().kind(),
                result.report().entries(),
                result.report().bytes(),
                result.report().written(),
                result.took().toMillis() / 1000.0,
                FindingView.of(result.findings()));
    }
}
