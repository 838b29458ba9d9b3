package dev.holdfast.control.retention;

import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import java.util.Map;
import java.util.Set;

/** What is known of a snapshot beside its record, for example in the catalog. */
public interface RetentionFacts {
    /** A label that pins a snapshot, given when it was made. */
    String PIN = "pin";

    /** Only what the record itself says. */
    RetentionFacts RECORD_ONLY = new RetentionFacts() {};

    /** Whether it must not be removed whatever the policy says. */
    default boolean isPinned(Snapshot snapshot) {
        return labels(snapshot).containsKey(PIN);
    }

    /** Whether a rehearsed restore or a comparison found it good. */
    default boolean isProven(Snapshot snapshot) {
        return false;
    }

    /** The same, and these are pinned too. */
    default RetentionFacts withPinned(Set<SnapshotId> pinned) {
        RetentionFacts others = this;
        return new RetentionFacts() {
            @Override
            public boolean isPinned(Snapshot snapshot) {
                return pinned.contains(snapshot.id()) || others.isPinned(snapshot);
            }

            @Override
            public boolean isProven(Snapshot snapshot) {
                return others.isProven(snapshot);
            }

            @Override
            public Map<String, String> labels(Snapshot snapshot) {
                return others.labels(snapshot);
            }
        };
    }

    /** Its labels, with those that were added later. */
    default Map<String, String> labels(Snapshot snapshot) {
        return snapshot.labels();
    }
}
