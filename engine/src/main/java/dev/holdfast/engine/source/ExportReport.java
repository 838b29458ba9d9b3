package dev.holdfast.engine.source;

import java.util.List;

/**
 * What an export did.
 *
 * @param entries how many entries of the part it was made from
 * @param bytes their contents' bytes
 * @param written bytes of the file
 * @param findings everything that will not be exactly as it was captured when the file is read back; empty if all will be
 */
public record ExportReport(long entries, long bytes, long written, List<Finding> findings) {
    public ExportReport {
        findings = List.copyOf(findings);
    }
}
