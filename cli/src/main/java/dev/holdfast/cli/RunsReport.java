package dev.holdfast.cli;

import dev.holdfast.cli.client.Answers;
import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Runs as a server tells of them.
 *
 * @param runs an array of the API's documents
 */
record RunsReport(JsonNode runs) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return Optional.empty();
    }

    @Override
    public void text(Page page) {
        if (runs.isEmpty()) {
            page.line("There are no runs yet.");
            return;
        }
        Table table = new Table("RUN", "ASKED FOR", "STACK", "KIND", "WHY", "STATE", ">TOOK", "");
        runs.forEach(run -> table.row(
                run.path("id").asString(""),
                page.time(Answers.time(run.path("requested"))),
                run.path("stack").asString(""),
                run.path("kind").asString(""),
                run.path("trigger").asString(""),
                run.path("state").asString(""),
                run.path("seconds").isNumber() ? Format.duration(Answers.seconds(run.path("seconds"))) : "",
                remark(run)));
        page.table(table);
    }

    private static String remark(JsonNode run) {
        String waiting = run.path("waitingFor").asString("");
        String error = run.path("error").path("message").asString("");
        String first = error.lines().findFirst().orElse("");
        return waiting.isEmpty() ? first : "waits for " + waiting;
    }

    @Override
    public void json(Json json) {
        json.document("runs", runs);
    }
}
