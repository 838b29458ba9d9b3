package dev.holdfast.engine.repository;

import dev.holdfast.engine.source.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A committed snapshot.
 *
 * @param id its name; ids order as snapshots were begun, whatever the clock said
 * @param stack which stack it shows
 * @param began when the run began, by the clock of the machine that made it
 * @param committed when everything was stored
 * @param host name of that machine
 * @param version version of Holdfast that wrote it
 * @param parts one for each source
 * @param labels what people attached
 * @param findings what they should know
 * @param storedBytes bytes the run added to each destination
 */
public record Snapshot(
        SnapshotId id,
        String stack,
        Instant began,
        Instant committed,
        String host,
        String version,
        List<Part> parts,
        Map<String, String> labels,
        List<Finding> findings,
        long storedBytes) {
    public Snapshot {
        parts = List.copyOf(parts);
        labels = Map.copyOf(labels);
        findings = List.copyOf(findings);
    }

    public Optional<Part> part(String name) {
        return parts.stream().filter(p -> p.name().equals(name)).findFirst();
    }

    /** Sum of all contents' lengths. */
    public long bytes() {
        return parts.stream().mapToLong(Part::bytes).sum();
    }

    public long entries() {
        return parts.stream().mapToLong(Part::entries).sum();
    }
}
