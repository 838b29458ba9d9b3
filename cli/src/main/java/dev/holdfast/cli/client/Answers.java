package dev.holdfast.cli.client;

import dev.holdfast.control.operation.BackupResult;
import dev.holdfast.control.operation.RestoreResult;
import dev.holdfast.control.operation.RestoreResult.Outcome;
import dev.holdfast.control.operation.RestoreResult.PartOutcome;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.RestorePlan;
import dev.holdfast.engine.source.RestoreReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** The documents of the API as the values that they tell about. What a document does not tell is empty or 0. */
public final class Answers {
    private Answers() {}

    public static Snapshot snapshot(JsonNode json) {
        return new Snapshot(
                new SnapshotId(json.path("id").asString("")),
                json.path("stack").asString(""),
                time(json.path("began")),
                time(json.path("committed")),
                json.path("host").asString(""),
                json.path("version").asString(""),
                list(json.path("parts"), Answers::part),
                texts(json.path("labels")),
                list(json.path("findings"), Answers::finding),
                json.path("storedBytes").asLong(0));
    }

    private static Part part(JsonNode json) {
        return new Part(
                json.path("name").asString(""),
                json.path("kind").asString(""),
                json.path("location").asString(""),
                Optional.empty(),
                json.path("entries").asLong(0),
                json.path("bytes").asLong(0),
                Map.of(),
                new Part.Statistics(
                        json.path("newEntries").asLong(0),
                        json.path("changedEntries").asLong(0),
                        json.path("unchangedEntries").asLong(0),
                        json.path("removedEntries").asLong(0),
                        json.path("readEntries").asLong(0),
                        json.path("readBytes").asLong(0),
                        json.path("storedBytes").asLong(0)));
    }

    public static Finding finding(JsonNode json) {
        return new Finding(
                json.path("subject").asString(""), json.path("message").asString(""));
    }

    public static DestinationState destination(JsonNode json) {
        String state = json.path("state").asString("");
        String reason = json.path("reason").asString("");
        return new DestinationState(
                json.path("name").asString(""),
                json.path("location").asString(""),
                state.equals("complete"),
                state.equals("unknown") ? "it has not been looked at yet" : reason);
    }

    public static HoldfastException failure(JsonNode json) {
        return new Failed(
                ServerClient.code(json.path("code").asString("")).orElse(ErrorCode.INTERNAL),
                json.path("message").asString(""),
                json.path("hint").asString(""));
    }

    /** The result of a run that was a backup. */
    public static BackupResult backup(JsonNode json, Instant began) {
        Snapshot snapshot = new Snapshot(
                new SnapshotId(json.path("snapshot").asString("")),
                json.path("stack").asString(""),
                began,
                began,
                "",
                "",
                list(json.path("parts"), Answers::part),
                Map.of(),
                List.of(),
                json.path("storedBytes").asLong(0));
        return new BackupResult(
                snapshot,
                list(json.path("destinations"), Answers::destination),
                list(json.path("findings"), Answers::finding),
                seconds(json.path("seconds")));
    }

    /**
     * The result of a run that was a restore.
     *
     * @param snapshot what was restored
     * @param failure why not all of it was
     */
    public static RestoreResult restore(JsonNode json, Snapshot snapshot, Optional<HoldfastException> failure) {
        return new RestoreResult(
                snapshot,
                list(json.path("parts"), part -> restored(part, failure)),
                list(json.path("findings"), Answers::finding),
                seconds(json.path("seconds")));
    }

    private static PartOutcome restored(JsonNode json, Optional<HoldfastException> failure) {
        Outcome outcome = switch (json.path("state").asString("")) {
            case "restored" ->
                new Outcome.Restored(
                        new RestoreReport(
                                json.path("entries").asLong(0),
                                json.path("bytes").asLong(0),
                                list(json.path("findings"), Answers::finding),
                                list(json.path("notes"), note -> note.asString(""))),
                        seconds(json.path("seconds")));
            case "failed" ->
                new Outcome.NotRestored(
                        json.path("error").isObject()
                                ? failure(json.path("error"))
                                : failure.orElseGet(() -> failure(json)));
            default -> new Outcome.NotBegun();
        };
        return new PartOutcome(part(json), json.path("target").asString(""), outcome);
    }

    /** What a restore would do. */
    public static RestoreResult plan(JsonNode json, Snapshot snapshot) {
        return new RestoreResult(
                snapshot,
                list(json.path("parts"), Answers::planned),
                list(json.path("findings"), Answers::finding),
                Duration.ZERO);
    }

    private static PartOutcome planned(JsonNode json) {
        RestorePlan plan = new RestorePlan(
                json.path("entries").asLong(0),
                json.path("bytes").asLong(0),
                list(json.path("steps"), step -> step.asString("")),
                list(json.path("losses"), loss -> loss.asString("")),
                list(json.path("obstacles"), Answers::failure),
                list(json.path("findings"), Answers::finding),
                list(json.path("facts"), Answers::fact),
                list(json.path("items"), Answers::item),
                Optional.of(json.path("estimate")).filter(JsonNode::isObject).map(Answers::estimate));
        Part part = new Part(
                json.path("part").asString(""),
                json.path("kind").asString(""),
                "",
                Optional.empty(),
                json.path("entries").asLong(0),
                json.path("bytes").asLong(0),
                Map.of(),
                new Part.Statistics(0, 0, 0, 0, 0, 0, 0));
        return new PartOutcome(part, json.path("target").asString(""), new Outcome.Planned(plan));
    }

    private static RestorePlan.Fact fact(JsonNode json) {
        return new RestorePlan.Fact(
                json.path("name").asString(""), list(json.path("values"), value -> value.asString("")));
    }

    private static RestorePlan.Item item(JsonNode json) {
        return new RestorePlan.Item(
                json.path("name").asString(""),
                json.path("count").asLong(0),
                json.path("bytes").asLong(0));
    }

    private static RestorePlan.Estimate estimate(JsonNode json) {
        return new RestorePlan.Estimate(
                seconds(json.path("atLeastSeconds")),
                seconds(json.path("atMostSeconds")),
                json.path("basis").asString(""));
    }

    public static Duration seconds(JsonNode json) {
        return Duration.ofMillis(Math.round(json.asDouble(0) * 1000));
    }

    /** A moment; the beginning of all time if none is told. */
    public static Instant time(JsonNode json) {
        String text = json.asString("");
        return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
    }

    public static <T> List<T> list(JsonNode array, Function<JsonNode, T> each) {
        List<T> all = new ArrayList<>();
        array.forEach(element -> all.add(each.apply(element)));
        return all;
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> all = new LinkedHashMap<>();
        object.properties()
                .forEach(field -> all.put(field.getKey(), field.getValue().asString("")));
        return all;
    }
}
