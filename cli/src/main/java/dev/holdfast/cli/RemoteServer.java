package dev.holdfast.cli;

import dev.holdfast.cli.client.Answers;
import dev.holdfast.cli.client.ServerClient;
import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.control.operation.BackupResult;
import dev.holdfast.control.operation.Confirmation;
import dev.holdfast.control.operation.RestoreResult;
import dev.holdfast.control.operation.Run;
import dev.holdfast.control.operation.ShowResult;
import dev.holdfast.control.operation.SnapshotSelector;
import dev.holdfast.control.operation.SnapshotsResult;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What commands ask of a server: the same questions as they put to operations, with the same answers. */
final class RemoteServer {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int PAGE = 500;

    private final ServerClient client;
    private final RemoteRuns runs;

    RemoteServer(ServerClient client) {
        this.client = client;
        this.runs = new RemoteRuns(client);
    }

    RemoteRuns runs() {
        return runs;
    }

    /** The repository of the stack that is meant. */
    RemoteRepository repository(Optional<String> stack) {
        return new RemoteRepository(client, this, stack(stack));
    }

    /**
     * The stack that is meant: the one named, or the only one.
     *
     * @throws Invalid (USAGE) if it has to be named
     */
    String stack(Optional<String> named) {
        if (named.isPresent()) {
            return named.get();
        }
        List<String> names = stacks();
        if (names.size() == 1) {
            return names.getFirst();
        }
        throw new Invalid(
                ErrorCode.USAGE,
                names.isEmpty() ? "the server has no stack" : "the server has several stacks",
                names.isEmpty()
                        ? "describe one where the server is started, or make one there."
                        : "name one with --stack: " + String.join(", ", names) + ".");
    }

    /** The names of all stacks that may be seen. */
    List<String> stacks() {
        return Answers.list(
                client.get("/api/v1/stacks").path("items"),
                stack -> stack.path("name").asString(""));
    }

    BackupResult backup(String stack, List<String> sources, Map<String, String> labels, Run run) {
        ObjectNode order = JSON.createObjectNode().put("stack", stack).put("kind", "backup");
        if (!sources.isEmpty()) {
            sources.forEach(order.putArray("sources")::add);
        }
        if (!labels.isEmpty()) {
            labels.forEach(order.putObject("labels")::put);
        }
        JsonNode ended = runs.carriedOut("/api/v1/runs", order, run);
        return Answers.backup(RemoteRuns.result(ended), Answers.time(ended.path("began")));
    }

    SnapshotsResult snapshots(Optional<String> stack) {
        List<Snapshot> snapshots = allSnapshots(stack);
        String filter =
                stack.map(name -> "?stack=" + ServerClient.encoded(name)).orElse("");
        JsonNode destinations = client.get("/api/v1/destinations" + filter).path("items");
        return new SnapshotsResult(snapshots, 0, Answers.list(destinations, Answers::destination), List.of());
    }

    /** Oldest first. */
    private List<Snapshot> allSnapshots(Optional<String> stack) {
        return allSnapshots(stack, "");
    }

    private List<Snapshot> allSnapshots(Optional<String> stack, String more) {
        String filter =
                stack.map(name -> "&stack=" + ServerClient.encoded(name)).orElse("") + more;
        List<Snapshot> all = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = client.get("/api/v1/snapshots?limit=" + PAGE + filter + after);
            all.addAll(Answers.list(page.path("items"), Answers::snapshot));
            String next = page.path("next").asString("");
            after = next.isEmpty() ? "" : "&after=" + ServerClient.encoded(next);
        } while (!after.isEmpty());
        Collections.reverse(all);
        return all;
    }

    /** The snapshot that is meant by {@code latest}, an id, or the beginning of one. */
    Snapshot snapshot(String stack, String text) {
        return select(stack, List.of(text)).getFirst();
    }

    /** The same for several, in their order. */
    List<Snapshot> select(String stack, List<String> texts) {
        SnapshotSelector selector = SnapshotSelector.among(snapshotsOf(stack), Optional.of(stack));
        return texts.stream().map(selector::select).toList();
    }

    /**
     * All snapshots of a stack, oldest first.
     *
     * @throws dev.holdfast.engine.error.HoldfastException (UNKNOWN_NAME) if there is no such stack
     */
    List<Snapshot> snapshotsOf(String stack) {
        List<Snapshot> all = allSnapshots(Optional.of(stack));
        if (all.isEmpty()) {
            client.get("/api/v1/stacks/" + ServerClient.encoded(stack));
        }
        return all;
    }

    /** Those that are pinned, oldest first. */
    List<Snapshot> pinned(Optional<String> stack) {
        return allSnapshots(stack, "&pinned=true");
    }

    /** Pins snapshots, named as {@link #snapshot} takes them, or releases them. */
    void pin(String stack, List<String> snapshots, boolean pinned) {
        select(stack, snapshots)
                .forEach(snapshot -> client.patch(
                        "/api/v1/stacks/" + ServerClient.encoded(stack) + "/snapshots/" + snapshot.id(),
                        JSON.createObjectNode().put("pinned", pinned)));
    }

    ShowResult show(String stack, String snapshot, Optional<String> partName, String prefix, ShowReport.Lines lines) {
        Snapshot shown = snapshot(stack, snapshot);
        Optional<Part> part = partName.map(name -> shown.part(name)
                .orElseThrow(() -> new Missing(
                        ErrorCode.PART_MISSING,
                        "the snapshot has no part '" + name + "'",
                        "its parts are: "
                                + shown.parts().stream().map(Part::name).collect(Collectors.joining(", ")) + ".")));
        lines.snapshot(shown, part);
        boolean whole = part.isEmpty() || entries(shown, part.get(), prefix, lines);
        return new ShowResult(shown, part, whole, List.of());
    }

    private boolean entries(Snapshot snapshot, Part part, String prefix, ShowReport.Lines lines) {
        String path = "/api/v1/stacks/" + ServerClient.encoded(snapshot.stack()) + "/snapshots/" + snapshot.id()
                + "/entries?part=" + ServerClient.encoded(part.name()) + "&prefix=" + ServerClient.encoded(prefix)
                + "&limit=" + PAGE;
        String after = "";
        do {
            JsonNode page = client.get(path + after);
            for (JsonNode entry : page.path("items")) {
                if (!lines.entry(line(entry))) {
                    return false;
                }
            }
            String next = page.path("next").asString("");
            after = next.isEmpty() ? "" : "&after=" + ServerClient.encoded(next);
        } while (!after.isEmpty());
        return true;
    }

    private static ShowReport.Line line(JsonNode entry) {
        Map<String, String> attributes = entry.path("attributes").properties().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, field -> field.getValue().asString(""), (one, _) -> one, TreeMap::new));
        return new ShowReport.Line(
                entry.path("name").asString(""),
                entry.path("type").asString(""),
                entry.path("bytes").asLong(0),
                () -> attributes);
    }

    /**
     * What is to be restored.
     *
     * @param snapshot as {@link #snapshot} found it
     * @param parts names; empty for all
     * @param places part to place
     */
    record Restoring(
            Snapshot snapshot,
            List<String> parts,
            Map<String, String> places,
            boolean overwrite,
            PostgresRestore database) {}

    /** What a restore would do. */
    RestoreResult plan(Restoring wanted) {
        return Answers.plan(planned(wanted), wanted.snapshot());
    }

    private JsonNode planned(Restoring wanted) {
        return client.post("/api/v1/restores/plan", order(wanted), Map.of());
    }

    /** Restores, after somebody has agreed to what would be lost. */
    RestoreResult restore(Restoring wanted, Confirmation confirmation, Run run) {
        JsonNode planned = planned(wanted);
        RestoreResult plan = Answers.plan(planned, wanted.snapshot());
        if (!plan.obstacles().isEmpty()) {
            throw plan.obstacles().getFirst();
        }
        ObjectNode order = order(wanted);
        String needed = planned.path("confirm").asString("");
        if (!needed.isEmpty()) {
            confirm(plan, confirmation);
            order.put("confirm", needed);
        }
        JsonNode ended = runs.carriedOut("/api/v1/restores", order, run);
        return Answers.restore(RemoteRuns.result(ended), wanted.snapshot(), RemoteRuns.failure(ended));
    }

    private static void confirm(RestoreResult plan, Confirmation confirmation) {
        plan.parts().forEach(part -> {
            if (part.outcome() instanceof RestoreResult.Outcome.Planned(var what)
                    && !what.losses().isEmpty()) {
                String loss = String.join(" ", what.losses());
                if (!confirmation.given(
                        new Confirmation.Question(loss, part.part().name()))) {
                    throw new Cancelled(
                            ErrorCode.NOT_CONFIRMED,
                            "the restore of part '" + part.part().name() + "' was not confirmed: " + loss,
                            "add --yes, or restore beside it with --to "
                                    + part.part().name() + "=...");
                }
            }
        });
    }

    private static ObjectNode order(Restoring wanted) {
        ObjectNode order = JSON.createObjectNode()
                .put("stack", wanted.snapshot().stack())
                .put("snapshot", wanted.snapshot().id().text())
                .put("overwrite", wanted.overwrite());
        texts(order, "parts", wanted.parts());
        if (!wanted.places().isEmpty()) {
            wanted.places().forEach(order.putObject("places")::put);
        }
        if (!wanted.database().equals(PostgresRestore.WHOLE)) {
            database(order.putObject("database"), wanted.database());
        }
        return order;
    }

    private static void database(ObjectNode json, PostgresRestore wanted) {
        texts(json, "schemas", wanted.schemas());
        texts(json, "tables", wanted.tables());
        json.put("contents", wanted.contents().name().toLowerCase(Locale.ROOT));
        switch (wanted.landing()) {
            case PostgresRestore.Landing.OriginalSchema _ -> json.put("intoOriginalSchema", true);
            case PostgresRestore.Landing.SideSchema side -> side.name().ifPresent(name -> json.put("sideSchema", name));
        }
        wanted.ownership().owner().ifPresent(owner -> json.put("owner", owner));
        if (!wanted.ownership().roles().isEmpty()) {
            wanted.ownership().roles().forEach(json.putObject("roles")::put);
        }
        json.put("keepOwners", wanted.ownership().keepOwners())
                .put("keepRights", wanted.ownership().keepRights())
                .put("truncate", wanted.truncate())
                .put("keepReplaced", wanted.keepReplaced())
                .put("keepOrder", wanted.keepOrder());
        wanted.compare().ifPresent(compare -> json.put("compare", compare));
    }

    private static void texts(ObjectNode json, String name, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode array = json.putArray(name);
            values.forEach(array::add);
        }
    }

    // ------------------------------------------------------------------ incidents

    JsonNode incidents(Optional<String> stack, boolean all, int limit) {
        String filter = (all ? "" : "&open=true")
                + stack.map(name -> "&stack=" + ServerClient.encoded(name)).orElse("");
        return client.get("/api/v1/incidents?limit=" + limit + filter).path("items");
    }
}
