package dev.holdfast.control.run;

import dev.holdfast.control.operation.Step;
import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Events as the catalog keeps them. */
final class EventJson {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private EventJson() {}

    static String write(RunEvent.Body body) {
        return switch (body) {
            case RunEvent.State state -> MAPPER.writeValueAsString(json(state));
            case RunEvent.Stepped step ->
                MAPPER.writeValueAsString(MAPPER.createObjectNode()
                        .put("phase", step.phase().name())
                        .put("subject", step.subject())
                        .put("ended", step.ended())
                        .put("entries", step.entries())
                        .put("bytes", step.bytes()));
            case RunEvent.Progressed progressed -> RunTable.json(progressed.progress());
            case RunEvent.Found found ->
                MAPPER.writeValueAsString(MAPPER.createObjectNode()
                        .put("subject", found.subject())
                        .put("message", found.message()));
            case RunEvent.Line line ->
                MAPPER.writeValueAsString(MAPPER.createObjectNode().put("text", line.text()));
        };
    }

    private static ObjectNode json(RunEvent.State state) {
        ObjectNode json =
                MAPPER.createObjectNode().put("state", state.state().name()).put("waitingFor", state.waitingFor());
        state.error()
                .ifPresent(error -> json.put("code", error.code().name())
                        .put("message", error.message())
                        .put("hint", error.hint()));
        return json;
    }

    static RunEvent.Body read(String label, String text) {
        if (label.equals("progress")) {
            return new RunEvent.Progressed(RunTable.progress(text));
        }
        JsonNode json = MAPPER.readTree(text);
        return switch (label) {
            case "state" ->
                new RunEvent.State(
                        RunState.valueOf(json.required("state").asString()),
                        json.required("waitingFor").asString(),
                        Optional.ofNullable(json.get("code"))
                                .map(code -> new RunRecord.Problem(
                                        ErrorCode.valueOf(code.asString()),
                                        json.required("message").asString(),
                                        json.required("hint").asString())));
            case "step" ->
                new RunEvent.Stepped(
                        Step.Phase.valueOf(json.required("phase").asString()),
                        json.required("subject").asString(),
                        json.required("ended").asBoolean(),
                        json.path("entries").asLong(0),
                        json.path("bytes").asLong(0));
            case "finding" ->
                new RunEvent.Found(
                        json.required("subject").asString(),
                        json.required("message").asString());
            case "line" -> new RunEvent.Line(json.required("text").asString());
            default -> throw new IllegalStateException("unknown event '" + label + "'");
        };
    }
}
