package dev.holdfast.cli.client;

import dev.holdfast.control.operation.CheckResult;
import dev.holdfast.control.operation.CompareResult;
import dev.holdfast.control.operation.ExportFormat;
import dev.holdfast.control.operation.ExportResult;
import dev.holdfast.control.operation.ForgetResult;
import dev.holdfast.control.operation.PruneResult;
import dev.holdfast.control.operation.RetentionResult;
import dev.holdfast.control.operation.SyncResult;
import dev.holdfast.control.retention.RetentionPlan;
import dev.holdfast.engine.repository.CheckReport;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.PruneReport;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.repository.SyncReport;
import dev.holdfast.engine.source.ExportReport;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Results of runs about a repository, as the API tells them, as the values that operations give. */
public final class Results {
    private Results() {}

    public static CheckResult check(JsonNode json) {
        return new CheckResult(
                new CheckReport(
                        json.path("snapshots").asLong(0),
                        json.path("packs").asLong(0),
                        json.path("chunks").asLong(0),
                        json.path("bytesRead").asLong(0),
                        json.path("dataRead").asBoolean(false),
                        Answers.list(json.path("problems"), Results::problem)),
                destinations(json));
    }

    private static CheckReport.Problem problem(JsonNode json) {
        return new CheckReport.Problem(
                json.path("destination").asString(""),
                json.path("file").asString(""),
                json.path("what").asString(""),
                Answers.list(json.path("snapshots"), id -> new SnapshotId(id.asString(""))),
                texts(json.path("entries")),
                json.path("entryCount").asLong(0),
                texts(json.path("elsewhere")));
    }

    public static SyncResult sync(JsonNode json) {
        return new SyncResult(new SyncReport(
                json.path("objectsCopied").asLong(0), json.path("bytesCopied").asLong(0), destinations(json)));
    }

    public static PruneResult prune(JsonNode json) {
        return new PruneResult(
                new PruneReport(
                        json.path("dryRun").asBoolean(false),
                        json.path("snapshotsKept").asLong(0),
                        json.path("snapshotsRemoved").asLong(0),
                        json.path("packsBefore").asLong(0),
                        json.path("packsRemoved").asLong(0),
                        json.path("packsRewritten").asLong(0),
                        json.path("bytesBefore").asLong(0),
                        json.path("bytesFreed").asLong(0)),
                destinations(json));
    }

    /**
     * @param chosen the snapshots that were to be given up
     */
    public static ForgetResult forget(JsonNode json, List<Snapshot> chosen) {
        Set<String> gone = Set.copyOf(texts(json.path("forgotten")));
        return new ForgetResult(
                chosen.stream()
                        .filter(snapshot -> gone.contains(snapshot.id().text()))
                        .toList(),
                json.path("left").asInt(0),
                destinations(json));
    }

    /**
     * What a policy would keep, which is the answer to a simulation.
     *
     * @param stack whose snapshots
     */
    public static RetentionResult simulation(JsonNode json, String stack) {
        List<RetentionPlan.Decision> decisions = Answers.list(
                json.path("items"),
                item -> decision(stack, item.path("snapshot"), item.path("began"), item.path("why")));
        return new RetentionResult(
                new RetentionPlan(decisions), true, json.path("left").asInt(0), destinations(json));
    }

    /**
     * @param stack whose snapshots
     */
    public static RetentionResult retention(JsonNode json, String stack) {
        List<RetentionPlan.Decision> decisions = Answers.list(
                json.path("snapshots"), item -> decision(stack, item.path("id"), item.path("time"), item.path("why")));
        return new RetentionResult(
                new RetentionPlan(decisions),
                json.path("dryRun").asBoolean(false),
                json.path("left").asInt(0),
                destinations(json));
    }

    private static RetentionPlan.Decision decision(String stack, JsonNode id, JsonNode time, JsonNode why) {
        Instant began = Answers.time(time);
        Snapshot snapshot = new Snapshot(
                new SnapshotId(id.asString("")), stack, began, began, "", "", List.of(), Map.of(), List.of(), 0);
        return new RetentionPlan.Decision(
                snapshot, texts(why).stream().map(Results::reason).toList());
    }

    /** As {@link RetentionPlan.Reason#toString} writes it. */
    static RetentionPlan.Reason reason(String text) {
        int space = text.indexOf(' ');
        String rule = space < 0 ? text : text.substring(0, space);
        return new RetentionPlan.Reason(
                RetentionPlan.Rule.valueOf(rule.toUpperCase(Locale.ROOT)), space < 0 ? "" : text.substring(space + 1));
    }

    /**
     * @param snapshot what was compared
     */
    public static CompareResult compare(JsonNode json, Snapshot snapshot) {
        return new CompareResult(
                snapshot,
                Answers.list(json.path("parts"), Results::comparison),
                Answers.list(json.path("findings"), Answers::finding));
    }

    private static CompareResult.PartComparison comparison(JsonNode json) {
        return new CompareResult.PartComparison(
                part(json.path("name").asString(""), json.path("kind").asString("")),
                json.path("with").asString(""),
                json.path("compared").asLong(0),
                Answers.list(
                        json.path("differences"),
                        difference -> new CompareResult.Difference(
                                difference.path("key").asString(""),
                                difference.path("what").asString(""))),
                json.path("differenceCount").asLong(0));
    }

    /**
     * @param snapshot what was exported
     * @param location of the file
     */
    public static ExportResult export(JsonNode json, Snapshot snapshot, ExportFormat format, String location) {
        ExportReport report = new ExportReport(
                json.path("entries").asLong(0),
                json.path("bytes").asLong(0),
                json.path("fileBytes").asLong(0),
                Answers.list(json.path("findings"), Answers::finding));
        return new ExportResult(
                snapshot,
                part(json.path("part").asString(""), json.path("kind").asString("")),
                format,
                location,
                report,
                report.findings(),
                Answers.seconds(json.path("seconds")));
    }

    private static Part part(String name, String kind) {
        return new Part(name, kind, "", Optional.empty(), 0, 0, Map.of(), new Part.Statistics(0, 0, 0, 0, 0, 0, 0));
    }

    private static List<DestinationState> destinations(JsonNode json) {
        return Answers.list(json.path("destinations"), Answers::destination);
    }

    private static List<String> texts(JsonNode array) {
        return Answers.list(array, text -> text.asString(""));
    }
}
