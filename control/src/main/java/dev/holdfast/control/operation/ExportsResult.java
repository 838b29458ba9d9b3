package dev.holdfast.control.operation;

import dev.holdfast.control.export.ExportPlan;
import dev.holdfast.control.export.PlacedExport;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the exports of a stack stand in their places, and what was done there.
 *
 * @param dryRun whether nothing was written or removed
 * @param exports what was delivered, or could not be
 * @param places every place that was looked at
 * @param findings what somebody should know
 */
public record ExportsResult(
        boolean dryRun, List<PlacedExport> exports, List<PlaceState> places, List<Finding> findings, Duration took)
        implements RunResult {
    /**
     * How a place stands.
     *
     * @param export name of the export
     * @param place name of the place
     * @param location where it is, for people
     * @param failure why nothing can be done there; empty if all is well
     * @param decisions what is there and what happens to it; empty if that is not known
     * @param removed how many exports were removed
     * @param lacking which snapshots it is to have and has not, where nothing was written
     */
    public record PlaceState(
            String export,
            String place,
            String location,
            Optional<HoldfastException> failure,
            List<ExportPlan.Decision> decisions,
            int removed,
            List<SnapshotId> lacking) {
        public PlaceState {
            decisions = List.copyOf(decisions);
            lacking = List.copyOf(lacking);
        }
    }

    public ExportsResult {
        exports = List.copyOf(exports);
        places = List.copyOf(places);
        findings = List.copyOf(findings);
    }

    /** How many places lack something that should be there. */
    public long behind() {
        return places.stream().filter(this::isBehind).count();
    }

    /** Whether a place lacks something that should be there. */
    public boolean isBehind(PlaceState state) {
        return state.failure().isPresent()
                || !state.lacking().isEmpty()
                || failures(state).findAny().isPresent();
    }

    /** What each place lacks, with the reason, and what else somebody should know. */
    public List<Finding> troubles() {
        return Findings.joined(backward(), findings);
    }

    private List<Finding> backward() {
        return places.stream()
                .filter(this::isBehind)
                .map(state -> new Finding(
                        "place '" + state.place() + "' of export '" + state.export() + "'",
                        "lacks what it should have: "
                                + Stream.concat(state.failure().stream(), failures(state))
                                        .map(HoldfastException::getMessage)
                                        .findFirst()
                                        .orElseGet(
                                                () -> state.lacking().size() + " of its snapshots are not there yet")))
                .toList();
    }

    private Stream<HoldfastException> failures(PlaceState state) {
        return exports.stream()
                .filter(export ->
                        export.export().equals(state.export()) && export.place().equals(state.place()))
                .flatMap(export -> export.reason().stream());
    }

    /** Such as {@code degraded: 1 of 3}; empty if every place has everything. */
    public Optional<String> degraded() {
        return behind() == 0 ? Optional.empty() : Optional.of("degraded: " + behind() + " of " + places.size());
    }

    /** Why nothing of it was done anywhere; empty if something was, or nothing was to be done. */
    public Optional<HoldfastException> failure() {
        return !places.isEmpty()
                        && behind() == places.size()
                        && exports.stream().allMatch(PlacedExport::failed)
                ? reasons().findFirst()
                : Optional.empty();
    }

    /** Why places are behind, those of whole places first. */
    private Stream<HoldfastException> reasons() {
        return Stream.concat(
                places.stream().flatMap(place -> place.failure().stream()),
                exports.stream().flatMap(export -> export.reason().stream()));
    }

    @Override
    public Optional<ErrorCode> concern() {
        if (failure().isPresent()) {
            return failure().map(HoldfastException::code);
        }
        return behind() > 0 || !findings.isEmpty() ? Optional.of(ErrorCode.FINDINGS) : Optional.empty();
    }
}
