package dev.holdfast.control.export;

import dev.holdfast.control.export.LedgerEntry.PartSize;
import dev.holdfast.control.export.LedgerEntry.State;
import dev.holdfast.control.export.LedgerEntry.Tree;
import dev.holdfast.control.export.LedgerEntry.Written;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.repository.ProcessIdentity;
import dev.holdfast.engine.repository.SnapshotId;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Entries of the ledger as they are stored; docs/export.md has the format. */
final class LedgerJson {
    static final int VERSION = 1;

    /** What only knows the first one leaves an entry with a tree alone. */
    static final int VERSION_WITH_TREES = 2;

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private LedgerJson() {}

    static byte[] write(LedgerEntry entry) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("version", entry.hasTrees() ? VERSION_WITH_TREES : VERSION)
                .put("id", entry.id().text())
                .put("state", entry.state().label())
                .put("stack", entry.stack())
                .put("export", entry.export())
                .put("snapshot", entry.snapshot().text())
                .put("snapshotBegan", entry.snapshotBegan().toString())
                .put("begun", entry.begun().toString());
        entry.writer()
                .ifPresent(writer -> json.putObject("writer")
                        .put("machine", writer.machine())
                        .put("pid", writer.pid())
                        .put("started", writer.started()));
        ObjectNode labels = json.putObject("labels");
        new TreeMap<>(entry.labels()).forEach(labels::put);
        ArrayNode parts = json.putArray("parts");
        entry.parts()
                .forEach(part -> parts.addObject()
                        .put("name", part.name())
                        .put("entries", part.entries())
                        .put("bytes", part.bytes()));
        ArrayNode files = json.putArray("files");
        entry.files().forEach(file -> write(files.addObject(), file));
        return (MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void write(ObjectNode json, Written file) {
        json.put("name", file.name().text()).put("part", file.part());
        file.bytes().ifPresent(bytes -> json.put("bytes", bytes).put("sha256", file.sha256()));
        file.modified().ifPresent(time -> json.put("modified", time.toString()));
        json.put("replaceable", file.replaceable());
        file.tree().ifPresent(tree -> {
            ObjectNode fields = json.putObject("tree")
                    .put("list", tree.list().text())
                    .put("bytes", tree.listBytes())
                    .put("files", tree.files());
            tree.earliest().ifPresent(time -> fields.put("earliest", time.toString()));
        });
    }

    /** Empty if it is no entry, or not of a version that is known. */
    static Optional<LedgerEntry> read(byte[] bytes) {
        try {
            JsonNode json = MAPPER.readTree(bytes);
            int version = json.path("version").asInt(0);
            return json.isObject() && (version == VERSION || version == VERSION_WITH_TREES)
                    ? Optional.of(entry(json)).filter(entry -> version == VERSION_WITH_TREES || !entry.hasTrees())
                    : Optional.empty();
        } catch (JacksonException | IllegalArgumentException | DateTimeException | HoldfastException e) {
            return Optional.empty();
        }
    }

    private static LedgerEntry entry(JsonNode json) {
        Map<String, String> labels = new LinkedHashMap<>();
        json.required("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
        return new LedgerEntry(
                new ExportId(text(json, "id")),
                text(json, "stack"),
                text(json, "export"),
                new SnapshotId(text(json, "snapshot")),
                Instant.parse(text(json, "snapshotBegan")),
                State.valueOf(text(json, "state").toUpperCase(Locale.ROOT)),
                Instant.parse(text(json, "begun")),
                json.has("writer") ? Optional.of(writer(json.required("writer"))) : Optional.empty(),
                labels,
                parts(json.required("parts")),
                files(json.required("files")));
    }

    private static ProcessIdentity writer(JsonNode json) {
        return new ProcessIdentity(text(json, "machine"), number(json, "pid"), text(json, "started"));
    }

    private static List<PartSize> parts(JsonNode json) {
        return json.valueStream()
                .map(part -> new PartSize(text(part, "name"), number(part, "entries"), number(part, "bytes")))
                .toList();
    }

    private static List<Written> files(JsonNode json) {
        return json.valueStream()
                .map(file -> new Written(
                        new FileName(text(file, "name")),
                        text(file, "part"),
                        file.has("bytes") ? OptionalLong.of(number(file, "bytes")) : OptionalLong.empty(),
                        file.has("bytes") ? text(file, "sha256") : "",
                        file.has("modified") ? Optional.of(Instant.parse(text(file, "modified"))) : Optional.empty(),
                        file.required("replaceable").asBoolean(),
                        file.has("tree") ? Optional.of(tree(file.required("tree"))) : Optional.empty()))
                .toList();
    }

    private static Tree tree(JsonNode json) {
        return new Tree(
                new FileName(text(json, "list")),
                number(json, "bytes"),
                number(json, "files"),
                json.has("earliest") ? Optional.of(Instant.parse(text(json, "earliest"))) : Optional.empty());
    }

    private static long number(JsonNode json, String field) {
        return json.required(field).asLong();
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.required(field);
        if (!value.isString()) {
            throw new IllegalArgumentException(field);
        }
        return value.asString();
    }
}
