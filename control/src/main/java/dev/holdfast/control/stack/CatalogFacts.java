package dev.holdfast.control.stack;

import dev.holdfast.control.retention.RetentionFacts;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import java.util.Set;

/**
 * What the catalog knows of the snapshots of a stack, for its retention.
 *
 * @param pinned those that must stay
 * @param proven those that a restore or a comparison found good
 */
public record CatalogFacts(Set<SnapshotId> pinned, Set<SnapshotId> proven) implements RetentionFacts {
    public CatalogFacts {
        pinned = Set.copyOf(pinned);
        proven = Set.copyOf(proven);
    }

    /** As they are now. */
    public static CatalogFacts of(Snapshots snapshots, String stack) {
        return new CatalogFacts(snapshots.pinned(stack), snapshots.proven(stack));
    }

    @Override
    public boolean isPinned(Snapshot snapshot) {
        return pinned.contains(snapshot.id()) || RetentionFacts.super.isPinned(snapshot);
    }

    @Override
    public boolean isProven(Snapshot snapshot) {
        return proven.contains(snapshot.id());
    }
}
