package dev.holdfast.control.stack;

import dev.holdfast.engine.repository.SnapshotId;
import java.util.List;
import java.util.Optional;

/**
 * Some snapshots, newest first.
 *
 * @param next after which id the next page begins; empty if this is the last
 */
public record SnapshotPage(List<SnapshotRecord> snapshots, Optional<SnapshotId> next) {
    public SnapshotPage {
        snapshots = List.copyOf(snapshots);
    }
}
