package dev.holdfast.control.run;

import dev.holdfast.control.export.ExportPlan;
import dev.holdfast.control.export.LedgerEntry;
import dev.holdfast.control.export.PlacedExport;
import dev.holdfast.control.operation.BackupResult;
import dev.holdfast.control.operation.CheckResult;
import dev.holdfast.control.operation.CompareResult;
import dev.holdfast.control.operation.DoctorResult;
import dev.holdfast.control.operation.ExportResult;
import dev.holdfast.control.operation.ExportsResult;
import dev.holdfast.control.operation.ForgetResult;
import dev.holdfast.control.operation.InitResult;
import dev.holdfast.control.operation.LeavingResult;
import dev.holdfast.control.operation.PruneResult;
import dev.holdfast.control.operation.RestoreResult;
import dev.holdfast.control.operation.RestoreResult.Outcome;
import dev.holdfast.control.operation.RestoreResult.PartOutcome;
import dev.holdfast.control.operation.RetentionResult;
import dev.holdfast.control.operation.RunResult;
import dev.holdfast.control.operation.ShowResult;
import dev.holdfast.control.operation.SnapshotsResult;
import dev.holdfast.control.operation.SyncResult;
import dev.holdfast.control.operation.UnlockResult;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.CheckReport;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.PruneReport;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.RestorePlan;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Results as JSON documents, with the fields that the commands have with {@code --json}. */
final class ResultJson {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private ResultJson() {}

    static String write(RunResult result) {
        ObjectNode json = MAPPER.createObjectNode();
        switch (result) {
            case BackupResult backup -> backup(json, backup);
            case RestoreResult restore -> restore(json, restore);
            case CheckResult check -> check(json, check);
            case SyncResult sync -> sync(json, sync);
            case PruneResult prune -> prune(json, prune);
            case ForgetResult forget -> forget(json, forget);
            case RetentionResult retention -> retention(json, retention);
            case ExportResult export -> export(json, export);
            case ExportsResult exports -> exports(json, exports);
            case CompareResult compare -> compare(json, compare);
            case DoctorResult _, InitResult _, LeavingResult _, ShowResult _, SnapshotsResult _, UnlockResult _ ->
                throw new IllegalArgumentException("no run has a " + result.getClass());
        }
        return MAPPER.writeValueAsString(json);
    }

    private static void backup(ObjectNode json, BackupResult result) {
        Snapshot snapshot = result.snapshot();
        json.put("snapshot", snapshot.id().text()).put("stack", snapshot.stack());
        ArrayNode parts = json.putArray("parts");
        snapshot.parts().forEach(part -> part(parts.addObject(), part));
        json.put("bytes", snapshot.bytes())
                .put("storedBytes", snapshot.storedBytes())
                .put("readBytes", result.readBytes())
                .put("seconds", seconds(result.took()));
        destinations(json, result.destinations());
        findings(json, result.findings());
    }

    private static void part(ObjectNode json, Part part) {
        Part.Statistics cost = part.statistics();
        json.put("name", part.name())
                .put("kind", part.kind())
                .put("location", part.location())
                .put("entries", part.entries())
                .put("bytes", part.bytes())
                .put("storedBytes", cost.storedBytes())
                .put("newEntries", cost.newEntries())
                .put("changedEntries", cost.changedEntries())
                .put("unchangedEntries", cost.unchangedEntries())
                .put("removedEntries", cost.removedEntries())
                .put("readEntries", cost.readEntries())
                .put("readBytes", cost.readBytes());
    }

    private static void restore(ObjectNode json, RestoreResult result) {
        boolean planned = result.parts().stream().anyMatch(part -> part.outcome() instanceof Outcome.Planned);
        json.put("snapshot", result.snapshot().id().text())
                .put("stack", result.snapshot().stack())
                .put("dryRun", planned);
        ArrayNode parts = json.putArray("parts");
        result.parts().forEach(part -> part(parts.addObject(), part));
        json.put("seconds", seconds(result.took()));
        findings(json, result.findings());
    }

    private static void part(ObjectNode json, PartOutcome part) {
        json.put("name", part.part().name()).put("kind", part.part().kind()).put("target", part.target());
        switch (part.outcome()) {
            case Outcome.Restored restored -> {
                json.put("state", "restored")
                        .put("entries", restored.report().entries())
                        .put("bytes", restored.report().bytes())
                        .put("seconds", seconds(restored.took()));
                texts(json, "notes", restored.report().notes());
                findings(json, restored.report().findings());
            }
            case Outcome.Planned(RestorePlan plan) -> plan(json, plan);
            case Outcome.NotRestored(HoldfastException reason) ->
                error(json.put("state", "failed").putObject("error"), reason);
            case Outcome.NotBegun _ -> json.put("state", "not-begun");
        }
    }

    private static void plan(ObjectNode json, RestorePlan plan) {
        json.put("state", "planned").put("entries", plan.entries()).put("bytes", plan.bytes());
        texts(json, "steps", plan.steps());
        texts(json, "losses", plan.losses());
        ObjectNode facts = json.putObject("facts");
        plan.facts().forEach(fact -> texts(facts, camel(fact.name()), fact.values()));
        ArrayNode items = json.putArray("items");
        plan.items()
                .forEach(item -> items.addObject()
                        .put("name", item.name())
                        .put("count", item.count())
                        .put("bytes", item.bytes()));
        ArrayNode obstacles = json.putArray("obstacles");
        plan.obstacles().forEach(obstacle -> error(obstacles.addObject(), obstacle));
        plan.estimate()
                .ifPresent(estimate -> json.putObject("estimate")
                        .put("secondsAtLeast", seconds(estimate.atLeast()))
                        .put("secondsAtMost", seconds(estimate.atMost()))
                        .put("basis", estimate.basis()));
        findings(json, plan.findings());
    }

    private static void check(ObjectNode json, CheckResult result) {
        CheckReport report = result.report();
        json.put("sound", result.sound())
                .put("snapshots", report.snapshots())
                .put("packs", report.packs())
                .put("chunks", report.chunks())
                .put("bytesRead", report.bytesRead())
                .put("dataRead", report.dataRead());
        ArrayNode problems = json.putArray("problems");
        report.problems().forEach(problem -> problem(problems.addObject(), problem));
        destinations(json, result.destinations());
        findings(json, result.findings());
    }

    private static void problem(ObjectNode json, CheckReport.Problem problem) {
        json.put("destination", problem.destination())
                .put("file", problem.file())
                .put("what", problem.what());
        texts(
                json,
                "snapshots",
                problem.snapshots().stream().map(SnapshotId::text).toList());
        texts(json, "entries", problem.entries());
        json.put("entryCount", problem.entryCount());
        texts(json, "elsewhere", problem.elsewhere());
    }

    private static void sync(ObjectNode json, SyncResult result) {
        json.put("objectsCopied", result.report().objectsCopied())
                .put("bytesCopied", result.report().bytesCopied());
        destinations(json, result.report().destinations());
    }

    private static void prune(ObjectNode json, PruneResult result) {
        PruneReport report = result.report();
        json.put("dryRun", report.dryRun())
                .put("snapshotsKept", report.snapshotsKept())
                .put("snapshotsRemoved", report.snapshotsRemoved())
                .put("packsBefore", report.packsBefore())
                .put("packsRemoved", report.packsRemoved())
                .put("packsRewritten", report.packsRewritten())
                .put("bytesBefore", report.bytesBefore())
                .put("bytesFreed", report.bytesFreed());
        destinations(json, result.destinations());
    }

    private static void forget(ObjectNode json, ForgetResult result) {
        texts(
                json,
                "forgotten",
                result.forgotten().stream()
                        .map(snapshot -> snapshot.id().text())
                        .toList());
        json.put("left", result.left());
        destinations(json, result.destinations());
    }

    private static void retention(ObjectNode json, RetentionResult result) {
        json.put("dryRun", result.dryRun())
                .put("kept", result.plan().kept().size())
                .put("removed", result.plan().removed().size())
                .put("left", result.left());
        ArrayNode snapshots = json.putArray("snapshots");
        result.plan().decisions().forEach(decision -> {
            ObjectNode one = snapshots
                    .addObject()
                    .put("id", decision.snapshot().id().text())
                    .put("time", decision.snapshot().began().toString())
                    .put("kept", decision.isKept());
            texts(one, "why", decision.reasons().stream().map(Object::toString).toList());
        });
        destinations(json, result.destinations());
    }

    private static void exports(ObjectNode json, ExportsResult result) {
        json.put("dryRun", result.dryRun());
        result.degraded().ifPresent(text -> json.put("degraded", text));
        ArrayNode exports = json.putArray("exports");
        for (PlacedExport export : result.exports()) {
            ObjectNode fields = exports.addObject()
                    .put("export", export.export())
                    .put("snapshot", export.snapshot().text())
                    .put("place", export.place())
                    .put("location", export.location());
            switch (export.outcome()) {
                case PlacedExport.Outcome.Whole(LedgerEntry entry) ->
                    fields.put("state", "whole")
                            .put("id", entry.id().text())
                            .put("files", entry.fileCount())
                            .put("bytes", entry.bytes())
                            .set("entry", entry(MAPPER.createObjectNode(), entry));
                case PlacedExport.Outcome.There() -> fields.put("state", "there");
                case PlacedExport.Outcome.Failed(HoldfastException reason) ->
                    error(fields.put("state", "failed").putObject("error"), reason);
            }
        }
        ArrayNode places = json.putArray("places");
        for (ExportsResult.PlaceState place : result.places()) {
            ObjectNode fields = places.addObject()
                    .put("export", place.export())
                    .put("place", place.place())
                    .put("location", place.location())
                    .put("state", result.isBehind(place) ? "behind" : "complete")
                    .put("removed", place.removed());
            texts(
                    fields,
                    "lacking",
                    place.lacking().stream().map(SnapshotId::text).toList());
            place.failure().ifPresent(reason -> error(fields.putObject("error"), reason));
            ArrayNode entries = fields.putArray("entries");
            place.decisions().forEach(decision -> decision(entries.addObject(), decision));
        }
        json.put("seconds", seconds(result.took()));
        findings(json, result.findings());
    }

    private static void decision(ObjectNode json, ExportPlan.Decision decision) {
        entry(json, decision.entry()).put("state", decision.standing().label()).put("kept", decision.kept());
        texts(json, "why", decision.reasons().stream().map(Object::toString).toList());
    }

    private static ObjectNode entry(ObjectNode json, LedgerEntry entry) {
        json.put("id", entry.id().text())
                .put("snapshot", entry.snapshot().text())
                .put("time", entry.snapshotBegan().toString())
                .put("bytes", entry.bytes());
        ArrayNode files = json.putArray("files");
        entry.files().forEach(file -> {
            ObjectNode fields = files.addObject().put("name", file.name().text());
            file.bytes().ifPresent(bytes -> fields.put("bytes", bytes));
            file.tree().ifPresent(tree -> fields.put("files", tree.files()));
        });
        return json;
    }

    private static void export(ObjectNode json, ExportResult result) {
        json.put("snapshot", result.snapshot().id().text())
                .put("stack", result.snapshot().stack())
                .put("part", result.part().name())
                .put("kind", result.part().kind())
                .put("format", result.format().label())
                .put("file", result.file())
                .put("entries", result.report().entries())
                .put("bytes", result.report().bytes())
                .put("fileBytes", result.report().written())
                .put("seconds", seconds(result.took()));
        findings(json, result.findings());
    }

    private static void compare(ObjectNode json, CompareResult result) {
        json.put("snapshot", result.snapshot().id().text())
                .put("stack", result.snapshot().stack())
                .put("equal", result.equal());
        ArrayNode parts = json.putArray("parts");
        result.parts().forEach(part -> part(parts.addObject(), part));
        findings(json, result.findings());
    }

    private static void part(ObjectNode json, CompareResult.PartComparison part) {
        json.put("name", part.part().name())
                .put("kind", part.part().kind())
                .put("with", part.with())
                .put("compared", part.compared())
                .put("equal", part.equal());
        ArrayNode differences = json.putArray("differences");
        part.differences()
                .forEach(difference ->
                        differences.addObject().put("key", difference.key()).put("what", difference.what()));
        json.put("differenceCount", part.differenceCount());
    }

    private static void destinations(ObjectNode json, List<DestinationState> states) {
        ArrayNode destinations = json.putArray("destinations");
        states.forEach(state -> destinations
                .addObject()
                .put("name", state.name())
                .put("location", state.location())
                .put("state", state.level() ? "complete" : "behind")
                .put("reason", state.reason()));
    }

    private static void findings(ObjectNode json, List<Finding> all) {
        ArrayNode findings = json.putArray("findings");
        all.forEach(finding ->
                findings.addObject().put("subject", finding.subject()).put("message", finding.message()));
    }

    private static void error(ObjectNode json, HoldfastException error) {
        json.put("code", error.code().label())
                .put("number", error.code().number())
                .put("message", error.getMessage())
                .put("hint", error.hint());
    }

    private static void texts(ObjectNode json, String name, List<String> values) {
        values.forEach(json.putArray(name)::add);
    }

    private static double seconds(Duration took) {
        return took.toMillis() / 1000.0;
    }

    /** {@code present-database} as fields of documents are written: {@code presentDatabase}. */
    private static String camel(String name) {
        StringBuilder camel = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            boolean word = i > 0 && name.charAt(i - 1) == '-';
            if (name.charAt(i) != '-') {
                camel.append(word ? Character.toUpperCase(name.charAt(i)) : name.charAt(i));
            }
        }
        return camel.toString();
    }
}
