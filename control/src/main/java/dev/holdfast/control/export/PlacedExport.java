package dev.holdfast.control.export;

import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.SnapshotId;
import java.util.Optional;

/**
 * What became of one export of one snapshot in one place.
 *
 * @param export name of the export
 * @param place name of the place
 * @param location where the place is, for people
 */
public record PlacedExport(String export, SnapshotId snapshot, String place, String location, Outcome outcome) {
    /** What can become of it. */
    public sealed interface Outcome {
        /** It is there, whole. */
        record Whole(LedgerEntry entry) implements Outcome {}

        /** It was there, whole, before. */
        record There() implements Outcome {}

        /** It is not there. */
        record Failed(HoldfastException reason) implements Outcome {}
    }

    public boolean failed() {
        return outcome instanceof Outcome.Failed;
    }

    /** Why it is not there; empty if it is. */
    public Optional<HoldfastException> reason() {
        return outcome instanceof Outcome.Failed(HoldfastException reason) ? Optional.of(reason) : Optional.empty();
    }
}
