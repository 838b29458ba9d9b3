package dev.holdfast.control.stack;

import dev.holdfast.control.retention.RetentionFacts;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the catalog knows of the snapshots of a stack, for its retention.
 *
 * @param pinned those that must stay
 * @param proven those that a restore or a comparison found good
 * @param appVersions which version of the application some of them show, where that was said later
 */
public record CatalogFacts(Set<SnapshotId> pinned, Set<SnapshotId> proven, Map<SnapshotId, String> appVersions)
        implements RetentionFacts {
    public CatalogFacts {
        pinned = Set.copyOf(pinned);
        proven = Set.copyOf(proven);
        appVersions = Map.copyOf(appVersions);
    }

    /** As they are now. */
    public static CatalogFacts of(Snapshots snapshots, String stack) {
        return new CatalogFacts(snapshots.pinned(stack), snapshots.proven(stack), snapshots.appVersions(stack));
    }

    @Override
    public boolean isPinned(Snapshot snapshot) {
        return pinned.contains(snapshot.id()) || RetentionFacts.super.isPinned(snapshot);
    }

    @Override
    public boolean isProven(Snapshot snapshot) {
        return proven.contains(snapshot.id());
    }

    @Override
    public Map<String, String> labels(Snapshot snapshot) {
        String version = appVersions.get(snapshot.id());
        if (version == null) {
            return snapshot.labels();
        }
        Map<String, String> labels = new HashMap<>(snapshot.labels());
        labels.put(SnapshotRecord.APP_VERSION, version);
        return labels;
    }
}
