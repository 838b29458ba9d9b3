package dev.holdfast.cli;

import dev.holdfast.control.export.ExportPlan;
import dev.holdfast.control.export.PlacedExport;
import dev.holdfast.control.operation.ExportsResult;
import dev.holdfast.control.operation.ExportsResult.PlaceState;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.SnapshotId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

record ExportsReport(ExportsResult result) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public String problem() {
        return result.failure().map(ExportsReport::message).orElse("");
    }

    @Override
    public String hint() {
        return result.failure().map(HoldfastException::hint).orElse("");
    }

    private static String message(HoldfastException failure) {
        return Objects.requireNonNullElse(failure.getMessage(), "");
    }

    @Override
    public void text(Page page) {
        result.exports().forEach(export -> text(page, export));
        List<PlaceState> known = result.places().stream()
                .filter(place -> !place.decisions().isEmpty())
                .toList();
        if (!known.isEmpty()) {
            Table table = new Table("EXPORT", "PLACE", "SNAPSHOT", "TIME", ">SIZE", "STATE", "");
            known.forEach(place -> place.decisions().forEach(decision -> row(table, page, place, decision)));
            page.table(table).blank();
        }
        result.places().forEach(place -> text(page, place));
        page.findings(result.findings());
        result.degraded().ifPresent(text -> page.warn("The export is " + text + " places."));
    }

    private static void text(Page page, PlacedExport export) {
        String what = "Snapshot " + export.snapshot() + " in '" + export.place() + "' (" + export.location() + ")";
        switch (export.outcome()) {
            case PlacedExport.Outcome.Whole whole ->
                page.good(what + ": " + Format.count(whole.entry().fileCount(), "file", "files") + ", "
                        + Format.bytes(whole.entry().bytes()));
            case PlacedExport.Outcome.There() -> page.line(what + " was there already.");
            case PlacedExport.Outcome.Failed(HoldfastException reason) ->
                page.bad(what + " is NOT there: " + message(reason)
                        + (reason.hint().isEmpty() ? "" : "; " + reason.hint()));
        }
    }

    private void row(Table table, Page page, PlaceState place, ExportPlan.Decision decision) {
        table.row(
                place.export(),
                place.place(),
                decision.entry().snapshot().text(),
                page.time(decision.entry().snapshotBegan()),
                Format.bytes(decision.entry().bytes()),
                decision.standing().label(),
                fate(decision));
    }

    private String fate(ExportPlan.Decision decision) {
        if (!decision.kept()) {
            return result.dryRun() ? "would go" : "removed";
        }
        return decision.reasons().stream().map(Object::toString).collect(Collectors.joining(", "));
    }

    private void text(Page page, PlaceState place) {
        String what = "Place '" + place.place() + "' of export '" + place.export() + "'";
        place.failure()
                .ifPresentOrElse(
                        reason -> page.bad(what + " CANNOT be used: " + message(reason)
                                + (reason.hint().isEmpty() ? "" : "; " + reason.hint())),
                        () -> {
                            if (result.isBehind(place)) {
                                page.warn(what + " is BEHIND: " + place.location() + lacking(place));
                            } else {
                                page.line(what + " is complete: " + place.location());
                            }
                        });
    }

    private static String lacking(PlaceState place) {
        return place.lacking().isEmpty()
                ? ""
                : " lacks " + Format.count(place.lacking().size(), "snapshot", "snapshots")
                        + "; 'holdfast export --to-places' brings them";
    }

    @Override
    public void json(Json json) {
        json.field("dryRun", result.dryRun())
                .field("degraded", result.degraded().orElse(""));
        json.objects("exports", result.exports(), (PlacedExport export) -> {
            json.field("export", export.export())
                    .field("snapshot", export.snapshot().text())
                    .field("place", export.place())
                    .field("location", export.location());
            switch (export.outcome()) {
                case PlacedExport.Outcome.Whole whole ->
                    json.field("state", "whole").field("bytes", whole.entry().bytes());
                case PlacedExport.Outcome.There() -> json.field("state", "there");
                case PlacedExport.Outcome.Failed(HoldfastException reason) ->
                    json.field("state", "failed").error(reason.code(), message(reason), reason.hint());
            }
        });
        json.objects("places", result.places(), (PlaceState place) -> {
            json.field("export", place.export())
                    .field("place", place.place())
                    .field("location", place.location())
                    .field("state", result.isBehind(place) ? "behind" : "complete")
                    .field("removed", place.removed())
                    .texts(
                            "lacking",
                            place.lacking().stream().map(SnapshotId::text).toList())
                    .objects("entries", place.decisions(), (ExportPlan.Decision decision) -> entry(json, decision));
            place.failure().ifPresent(reason -> json.error(reason.code(), message(reason), reason.hint()));
        });
        json.findings(result.findings());
    }

    private static void entry(Json json, ExportPlan.Decision decision) {
        json.field("id", decision.entry().id().text())
                .field("snapshot", decision.entry().snapshot().text())
                .field("time", decision.entry().snapshotBegan().toString())
                .field("bytes", decision.entry().bytes())
                .field("state", decision.standing().label())
                .field("kept", decision.kept())
                .texts(
                        "files",
                        decision.entry().files().stream()
                                .map(file -> file.name().text())
                                .toList());
    }
}
