package dev.holdfast.engine.source;

import java.util.List;

/**
 * What a restore did.
 *
 * @param entries how many entries were restored
 * @param bytes their contents' bytes
 * @param findings everything that is not exactly as it was captured; empty if all is
 * @param notes what is good to know and as it should be, for example where the replaced one is kept; sentences for people
 */
public record RestoreReport(long entries, long bytes, List<Finding> findings, List<String> notes) {
    public RestoreReport {
        findings = List.copyOf(findings);
        notes = List.copyOf(notes);
    }

    public RestoreReport(long entries, long bytes, List<Finding> findings) {
        this(entries, bytes, findings, List.of());
    }
}
