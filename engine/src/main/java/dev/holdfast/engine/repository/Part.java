package dev.holdfast.engine.repository;

import dev.holdfast.engine.tree.ChunkId;
import java.util.Map;
import java.util.Optional;

/**
 * One source's share of a snapshot, as its commit record tells it.
 *
 * @param name the source's name in the stack
 * @param kind {@code postgres}, {@code bucket} or {@code directory}
 * @param location where it was read from; no secret
 * @param root root node of its tree; empty if it has no entries
 * @param entries how many entries
 * @param bytes sum of their contents' lengths
 * @param details what the connector noted (server version, time interval)
 * @param statistics what the capture cost
 */
public record Part(
        String name,
        String kind,
        String location,
        Optional<ChunkId> root,
        long entries,
        long bytes,
        Map<String, String> details,
        Statistics statistics) {
    public Part {
        details = Map.copyOf(details);
    }

    /**
     * What a capture cost.
     *
     * @param newEntries entries that the previous snapshot did not have
     * @param changedEntries entries that differ from the previous snapshot
     * @param unchangedEntries entries taken over without reading
     * @param removedEntries entries of the previous snapshot that are gone
     * @param readEntries entries read at the source
     * @param readBytes bytes read at the source
     * @param storedBytes bytes added to the packs for this part, compressed and sealed
     */
    public record Statistics(
            long newEntries,
            long changedEntries,
            long unchangedEntries,
            long removedEntries,
            long readEntries,
            long readBytes,
            long storedBytes) {}
}
