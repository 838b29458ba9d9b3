package dev.holdfast.engine.source;

import java.util.List;

/**
 * What a restore did.
 *
 * @param entries how many entries were restored
 * @param bytes their contents' bytes
 * @param findings everything that is not exactly as it was captured; empty if all is
 */
public record RestoreReport(long entries, long bytes, List<Finding> findings) {
    public RestoreReport {
        findings = List.copyOf(findings);
    }
}
