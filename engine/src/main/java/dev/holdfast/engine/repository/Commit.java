package dev.holdfast.engine.repository;

import java.util.List;

/**
 * How a snapshot was committed: at one destination at least, or {@link SnapshotWriter#commit} would have thrown.
 *
 * @param snapshot the snapshot
 * @param destinations how each destination stands
 */
public record Commit(Snapshot snapshot, List<DestinationState> destinations) {
    public Commit {
        destinations = List.copyOf(destinations);
    }

    /** Whether every destination holds the snapshot. */
    public boolean everywhere() {
        return destinations.stream().allMatch(DestinationState::level);
    }
}
