package dev.holdfast.cli;

import dev.holdfast.cli.client.Answers;
import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Incidents as a server tells of them.
 *
 * @param incidents an array of the API's documents
 */
record IncidentsReport(JsonNode incidents) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return Optional.empty();
    }

    @Override
    public void text(Page page) {
        if (incidents.isEmpty()) {
            page.line("Nothing is wrong that the server knows of.");
            return;
        }
        Table table = new Table("SINCE", "UNTIL", ">TOLD", "WHAT");
        incidents.forEach(incident -> table.row(
                page.time(Answers.time(incident.path("began"))),
                incident.has("ended") ? page.time(Answers.time(incident.path("ended"))) : "",
                Integer.toString(incident.path("told").asInt(0)),
                incident.path("title").asString("")));
        page.table(table);
    }

    @Override
    public void json(Json json) {
        json.document("incidents", incidents);
    }
}
