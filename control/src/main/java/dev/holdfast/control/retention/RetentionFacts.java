package dev.holdfast.control.retention;

import dev.holdfast.engine.repository.Snapshot;
import java.util.Map;

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

    /** Its labels, with those that were added later. */
    default Map<String, String> labels(Snapshot snapshot) {
        return snapshot.labels();
    }
}
