package dev.holdfast.control.stack;

import dev.holdfast.control.stack.SnapshotRecord.PartRecord;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.source.Finding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the listing keeps as text in one column. */
final class ListingJson {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private ListingJson() {}

    static String ofParts(List<Part> parts) {
        ArrayNode json = MAPPER.createArrayNode();
        parts.forEach(part -> json.addObject()
                .put("name", part.name())
                .put("kind", part.kind())
                .put("location", part.location())
                .put("entries", part.entries())
                .put("bytes", part.bytes())
                .put("storedBytes", part.statistics().storedBytes()));
        return MAPPER.writeValueAsString(json);
    }

    static List<PartRecord> parts(String text) {
        return MAPPER.readTree(text)
                .valueStream()
                .map(json -> new PartRecord(
                        json.required("name").asString(),
                        json.required("kind").asString(),
                        json.path("location").asString(""),
                        json.required("entries").asLong(),
                        json.required("bytes").asLong(),
                        json.path("storedBytes").asLong(0)))
                .toList();
    }

    static String ofLabels(Map<String, String> labels) {
        ObjectNode json = MAPPER.createObjectNode();
        new TreeMap<>(labels).forEach(json::put);
        return MAPPER.writeValueAsString(json);
    }

    /** One label as it stands in the text of all of them. */
    static String ofLabel(String name, String value) {
        return MAPPER.writeValueAsString(name) + ":" + MAPPER.writeValueAsString(value);
    }

    static Map<String, String> labels(String text) {
        Map<String, String> labels = new LinkedHashMap<>();
        MAPPER.readTree(text)
                .properties()
                .forEach(field -> labels.put(field.getKey(), field.getValue().asString()));
        return labels;
    }

    static String ofFindings(List<Finding> findings) {
        ArrayNode json = MAPPER.createArrayNode();
        findings.forEach(
                finding -> json.addObject().put("subject", finding.subject()).put("message", finding.message()));
        return MAPPER.writeValueAsString(json);
    }

    static List<Finding> findings(String text) {
        return MAPPER.readTree(text)
                .valueStream()
                .map(json -> new Finding(
                        json.required("subject").asString(),
                        json.required("message").asString()))
                .toList();
    }

    static String ofDestinations(List<DestinationState> destinations) {
        ArrayNode json = MAPPER.createArrayNode();
        destinations.forEach(state -> json.addObject()
                .put("name", state.name())
                .put("location", state.location())
                .put("level", state.level())
                .put("reason", state.reason()));
        return MAPPER.writeValueAsString(json);
    }

    static List<DestinationState> destinations(String text) {
        return MAPPER.readTree(text)
                .valueStream()
                .map(json -> new DestinationState(
                        json.required("name").asString(),
                        json.required("location").asString(),
                        json.required("level").asBoolean(),
                        json.required("reason").asString()))
                .toList();
    }
}
