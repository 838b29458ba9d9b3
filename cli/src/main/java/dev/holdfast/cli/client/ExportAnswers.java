package dev.holdfast.cli.client;

import dev.holdfast.control.export.ExportId;
import dev.holdfast.control.export.ExportPlan;
import dev.holdfast.control.export.ExportPlan.Standing;
import dev.holdfast.control.export.LedgerEntry;
import dev.holdfast.control.export.LedgerEntry.State;
import dev.holdfast.control.export.LedgerEntry.Tree;
import dev.holdfast.control.export.LedgerEntry.Written;
import dev.holdfast.control.export.PlacedExport;
import dev.holdfast.control.operation.ExportsResult;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What a server tells of kept exports, as the values that operations give. */
public final class ExportAnswers {
    private ExportAnswers() {}

    /**
     * The result of a run that wrote or cleaned up.
     *
     * @param stack whose exports
     */
    public static ExportsResult result(JsonNode json, String stack) {
        return new ExportsResult(
                json.path("dryRun").asBoolean(false),
                Answers.list(json.path("exports"), export -> placed(export, stack)),
                Answers.list(json.path("places"), place -> place(place, stack)),
                Answers.list(json.path("findings"), Answers::finding),
                Answers.seconds(json.path("seconds")));
    }

    /** What places have, and what somebody should know. */
    public static ExportsResult look(List<ExportsResult.PlaceState> places, List<Finding> findings) {
        return new ExportsResult(true, List.of(), places, findings, Duration.ZERO);
    }

    private static PlacedExport placed(JsonNode json, String stack) {
        String export = json.path("export").asString("");
        PlacedExport.Outcome outcome = switch (json.path("state").asString("")) {
            case "whole" -> new PlacedExport.Outcome.Whole(entry(json.path("entry"), export, stack));
            case "there" -> new PlacedExport.Outcome.There();
            default -> new PlacedExport.Outcome.Failed(Answers.failure(json.path("error")));
        };
        return new PlacedExport(
                export,
                new SnapshotId(json.path("snapshot").asString("")),
                json.path("place").asString(""),
                json.path("location").asString(""),
                outcome);
    }

    private static ExportsResult.PlaceState place(JsonNode json, String stack) {
        String export = json.path("export").asString("");
        return place(
                json,
                Optional.of(json.path("error")).filter(JsonNode::isObject).map(Answers::failure),
                Answers.list(json.path("entries"), entry -> decision(entry, export, stack)));
    }

    /** A place as the list of places shows it, with what its own list has. */
    public static ExportsResult.PlaceState place(
            JsonNode json, Optional<HoldfastException> failure, List<ExportPlan.Decision> decisions) {
        return new ExportsResult.PlaceState(
                json.path("export").asString(""),
                json.path("place").asString(""),
                json.path("location").asString(""),
                failure,
                decisions,
                json.path("removed").asInt(0),
                Answers.list(json.path("lacking"), id -> new SnapshotId(id.asString(""))));
    }

    /**
     * What happens to one export.
     *
     * @param export its name
     * @param stack whose it is
     */
    public static ExportPlan.Decision decision(JsonNode json, String export, String stack) {
        return new ExportPlan.Decision(
                entry(json, export, stack),
                standing(json.path("state").asString("")),
                json.path("kept").asBoolean(true),
                Answers.list(json.path("why"), why -> Results.reason(why.asString(""))));
    }

    private static Standing standing(String label) {
        return Stream.of(Standing.values())
                .filter(standing -> standing.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("an export is '" + label + "'"));
    }

    private static LedgerEntry entry(JsonNode json, String export, String stack) {
        Instant began = Answers.time(json.path("time"));
        return new LedgerEntry(
                new ExportId(json.path("id").asString("")),
                stack,
                export,
                new SnapshotId(json.path("snapshot").asString("")),
                began,
                State.WHOLE,
                began,
                Optional.empty(),
                Map.of(),
                List.of(),
                Answers.list(json.path("files"), ExportAnswers::file));
    }

    private static Written file(JsonNode json) {
        FileName name = new FileName(json.path("name").asString(""));
        return new Written(
                name,
                json.path("part").asString(""),
                json.has("bytes") ? OptionalLong.of(json.path("bytes").asLong()) : OptionalLong.empty(),
                json.path("sha256").asString(""),
                Optional.empty(),
                false,
                // where its list is, the server does not tell
                Optional.of(json.path("files"))
                        .filter(JsonNode::isNumber)
                        .map(files -> new Tree(name, 0, files.asLong(), Optional.empty())));
    }
}
