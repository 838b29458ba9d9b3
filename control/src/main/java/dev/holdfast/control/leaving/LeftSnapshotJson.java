package dev.holdfast.control.leaving;

import dev.holdfast.control.leaving.LeftFile.Content;
import dev.holdfast.control.leaving.LeftFile.State;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.Finding;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Records of snapshots as they are stored; docs/leaving.md has the format. */
final class LeftSnapshotJson {
    static final int VERSION = 1;

    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final Part.Statistics NOTHING = new Part.Statistics(0, 0, 0, 0, 0, 0, 0);

    private LeftSnapshotJson() {}

    static byte[] write(LeftSnapshot left) {
        ObjectNode json = MAPPER.createObjectNode().put("version", VERSION);
        write(json, left);
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    }

    /** The fields of a record. */
    static void write(ObjectNode json, LeftSnapshot left) {
        Snapshot snapshot = left.snapshot();
        json.put("snapshot", snapshot.id().text())
                .put("stack", snapshot.stack())
                .put("began", snapshot.began().toString())
                .put("committed", snapshot.committed().toString())
                .put("host", snapshot.host())
                .put("holdfast", snapshot.version())
                .put("pinned", left.pinned());
        texts(json.putObject("labels"), snapshot.labels());
        ArrayNode parts = json.putArray("parts");
        snapshot.parts().forEach(part -> {
            ObjectNode fields = parts.addObject()
                    .put("name", part.name())
                    .put("kind", part.kind())
                    .put("from", part.location())
                    .put("entries", part.entries())
                    .put("bytes", part.bytes());
            texts(fields.putObject("details"), part.details());
        });
        findings(json, snapshot.findings());
        ArrayNode files = json.putArray("files");
        left.files().forEach(file -> write(files.addObject(), file));
        ArrayNode leftOut = json.putArray("leftOut");
        left.leftOut().forEach(leftOut::add);
    }

    private static void write(ObjectNode json, LeftFile file) {
        json.put("name", file.name().text())
                .put("part", file.part())
                .put("content", file.content().label())
                .put("format", file.format());
        switch (file.state()) {
            case State.Whole whole -> {
                json.put("state", "whole").put("bytes", whole.bytes()).put("sha256", whole.sha256());
                whole.modified().ifPresent(time -> json.put("modified", time.toString()));
                findings(json, whole.findings());
            }
            case State.Missing(String reason, String hint) ->
                json.put("state", "missing").put("reason", reason).put("hint", hint);
        }
    }

    private static void texts(ObjectNode json, Map<String, String> values) {
        new TreeMap<>(values).forEach(json::put);
    }

    private static void findings(ObjectNode json, List<Finding> findings) {
        ArrayNode array = json.putArray("findings");
        findings.forEach(
                finding -> array.addObject().put("subject", finding.subject()).put("message", finding.message()));
    }

    /** Empty if it is no record, or not of a version that is known. */
    static Optional<LeftSnapshot> read(byte[] bytes) {
        try {
            JsonNode json = MAPPER.readTree(bytes);
            return json.isObject() && json.path("version").asInt(0) == VERSION
                    ? Optional.of(snapshot(json))
                    : Optional.empty();
        } catch (JacksonException | IllegalArgumentException | DateTimeException | HoldfastException e) {
            return Optional.empty();
        }
    }

    private static LeftSnapshot snapshot(JsonNode json) {
        Snapshot snapshot = new Snapshot(
                new SnapshotId(text(json, "snapshot")),
                text(json, "stack"),
                Instant.parse(text(json, "began")),
                Instant.parse(text(json, "committed")),
                text(json, "host"),
                text(json, "holdfast"),
                json.required("parts").valueStream().map(LeftSnapshotJson::part).toList(),
                texts(json.required("labels")),
                findings(json.required("findings")),
                0);
        return new LeftSnapshot(
                snapshot,
                json.required("pinned").asBoolean(),
                json.required("files").valueStream().map(LeftSnapshotJson::file).toList());
    }

    private static Part part(JsonNode json) {
        return new Part(
                text(json, "name"),
                text(json, "kind"),
                text(json, "from"),
                Optional.empty(),
                json.required("entries").asLong(),
                json.required("bytes").asLong(),
                texts(json.required("details")),
                NOTHING);
    }

    private static LeftFile file(JsonNode json) {
        return new LeftFile(
                new FileName(text(json, "name")),
                text(json, "part"),
                Content.valueOf(text(json, "content").toUpperCase(Locale.ROOT)),
                text(json, "format"),
                text(json, "state").equals("whole")
                        ? new State.Whole(
                                json.required("bytes").asLong(),
                                text(json, "sha256"),
                                json.has("modified")
                                        ? Optional.of(Instant.parse(text(json, "modified")))
                                        : Optional.empty(),
                                findings(json.required("findings")))
                        : new State.Missing(text(json, "reason"), text(json, "hint")));
    }

    private static Map<String, String> texts(JsonNode json) {
        Map<String, String> values = new LinkedHashMap<>();
        json.properties().forEach(one -> values.put(one.getKey(), one.getValue().asString()));
        return values;
    }

    private static List<Finding> findings(JsonNode json) {
        return json.valueStream()
                .map(one -> new Finding(text(one, "subject"), text(one, "message")))
                .toList();
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.required(field);
        if (!value.isString()) {
            throw new IllegalArgumentException(field);
        }
        return value.asString();
    }
}
