package dev.holdfast.cli;

import dev.holdfast.cli.client.Answers;
import dev.holdfast.cli.client.ExportAnswers;
import dev.holdfast.cli.client.ServerClient;
import dev.holdfast.control.export.ExportPlan;
import dev.holdfast.control.operation.ExportsResult;
import dev.holdfast.control.operation.Run;
import dev.holdfast.engine.error.HoldfastException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The kept exports of a stack of a server: what commands ask of them, with the same answers. */
final class RemoteExports {
    private static final int PAGE = 500;

    private final ServerClient client;
    private final RemoteRuns runs;
    private final String stack;

    RemoteExports(ServerClient client, RemoteRuns runs, String stack) {
        this.client = client;
        this.runs = runs;
        this.stack = stack;
    }

    private String path() {
        return "/api/v1/stacks/" + ServerClient.encoded(stack) + "/exports";
    }

    /** What is where. */
    ExportsResult look() {
        JsonNode all = client.get(path());
        return ExportAnswers.look(
                Answers.list(all.path("items"), this::place), Answers.list(all.path("findings"), Answers::finding));
    }

    private ExportsResult.PlaceState place(JsonNode place) {
        Optional<HoldfastException> failure =
                Optional.of(place.path("failure")).filter(JsonNode::isObject).map(Answers::failure);
        return ExportAnswers.place(place, failure, failure.isPresent() ? List.of() : kept(place));
    }

    private List<ExportPlan.Decision> kept(JsonNode place) {
        String export = place.path("export").asString("");
        String pages = path() + "/" + ServerClient.encoded(export) + "/places/"
                + ServerClient.encoded(place.path("place").asString("")) + "?limit=" + PAGE;
        List<ExportPlan.Decision> kept = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = client.get(pages + after);
            page.path("items").forEach(item -> kept.add(ExportAnswers.decision(item, export, stack)));
            String next = page.path("next").asString("");
            after = next.isEmpty() ? "" : "&after=" + ServerClient.encoded(next);
        } while (!after.isEmpty());
        return kept;
    }

    /**
     * Writes what places lack.
     *
     * @param snapshot the one to export; empty for all that places lack
     */
    ExportsResult keep(Optional<String> snapshot, Run run) {
        ObjectNode order = JsonMapper.shared().createObjectNode();
        snapshot.ifPresent(one -> order.put("snapshot", one));
        return result(path(), order, run);
    }

    /** Removes what places do not keep. */
    ExportsResult clean(boolean dryRun, Run run) {
        return result(path() + "/clean", JsonMapper.shared().createObjectNode().put("dryRun", dryRun), run);
    }

    private ExportsResult result(String path, ObjectNode order, Run run) {
        return ExportAnswers.result(RemoteRuns.result(runs.carriedOut(path, order, run)), stack);
    }
}
