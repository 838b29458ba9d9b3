package dev.holdfast.control.stack;

import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A snapshot as the listing knows it.
 *
 * @param bytes sum of all contents' lengths
 * @param storedBytes bytes it added to each destination
 * @param labels what was attached when it was made; the version of the application as it was said last
 * @param pinned whether retention must keep it
 * @param note what a person wrote about it
 */
public record SnapshotRecord(
        SnapshotId id,
        String stack,
        Instant began,
        Instant committed,
        String host,
        String version,
        List<PartRecord> parts,
        long entries,
        long bytes,
        long storedBytes,
        Map<String, String> labels,
        List<Finding> findings,
        boolean pinned,
        String note,
        Assurance assurance) {
    /** The label that holds which version of the application a snapshot shows. */
    public static final String APP_VERSION = "app-version";

    public SnapshotRecord {
        parts = List.copyOf(parts);
        labels = Map.copyOf(labels);
        findings = List.copyOf(findings);
    }

    /** The same as the repository has it, as far as the listing knows: what its parts hold cannot be read by it. */
    public Snapshot snapshot() {
        return new Snapshot(
                id,
                stack,
                began,
                committed,
                host,
                version,
                parts.stream().map(PartRecord::part).toList(),
                labels,
                findings,
                storedBytes);
    }

    /** Which version of the application it shows, if that was known. */
    public Optional<String> appVersion() {
        return Optional.ofNullable(labels.get(APP_VERSION));
    }

    /**
     * @param kind {@code postgres}, {@code bucket} or {@code directory}
     * @param location of the source, for people
     * @param storedBytes bytes it added to each destination
     */
    public record PartRecord(String name, String kind, String location, long entries, long bytes, long storedBytes) {
        private Part part() {
            return new Part(
                    name,
                    kind,
                    location,
                    Optional.empty(),
                    entries,
                    bytes,
                    Map.of(),
                    new Part.Statistics(0, 0, 0, 0, 0, 0, storedBytes));
        }
    }
}
