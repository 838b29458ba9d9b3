package dev.holdfast.server.view;

import dev.holdfast.control.export.ExportPlan;
import dev.holdfast.control.export.ExportPlan.Standing;
import dev.holdfast.control.operation.ExportsResult;
import dev.holdfast.engine.repository.SnapshotId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A place of an export, as it stands now.
 *
 * @param state {@code usable} or {@code unusable}
 * @param whole how many exports are there with every file
 * @param incomplete how many lack something, or were cut off
 * @param bytes sum of the lengths of all files, as far as they are known
 * @param newest when the newest snapshot that is there as a whole was begun
 * @param lacking which snapshots it is to have and has not, as far as the listing knows
 */
public record ExportPlaceView(
        String export,
        String place,
        String location,
        boolean byHand,
        String state,
        Optional<FailureView> failure,
        long whole,
        long incomplete,
        long bytes,
        Optional<Instant> newest,
        List<String> lacking) {
    public static ExportPlaceView of(ExportsResult.PlaceState place, boolean byHand) {
        long whole = place.decisions().stream()
                .filter(decision -> decision.standing() == Standing.WHOLE)
                .count();
        return new ExportPlaceView(
                place.export(),
                place.place(),
                place.location(),
                byHand,
                place.failure().isPresent() ? "unusable" : "usable",
                place.failure().map(FailureView::of),
                whole,
                place.decisions().size() - whole,
                place.decisions().stream()
                        .mapToLong(decision -> decision.entry().bytes())
                        .sum(),
                place.decisions().stream()
                        .filter(decision -> decision.standing() == Standing.WHOLE)
                        .map(ExportPlan.Decision::entry)
                        .map(entry -> entry.snapshotBegan())
                        .max(Comparator.naturalOrder()),
                place.lacking().stream().map(SnapshotId::text).toList());
    }
}
