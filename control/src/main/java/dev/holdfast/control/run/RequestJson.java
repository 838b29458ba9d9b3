package dev.holdfast.control.run;

import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.connectors.postgres.PostgresRestore.Contents;
import dev.holdfast.connectors.postgres.PostgresRestore.Landing;
import dev.holdfast.connectors.postgres.PostgresRestore.Ownership;
import dev.holdfast.control.catalog.Seal;
import dev.holdfast.control.config.Secret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Requests as the catalog keeps them. Places may hold passwords and are sealed. Safe for many threads. */
final class RequestJson {
    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final String BY_HAND = "byHand";
    private static final String CLEAN_UP = "cleanUp";
    private static final String PLACES = "the places of a run";

    private final Seal seal;

    RequestJson(Seal seal) {
        this.seal = seal;
    }

    /** The same text for the same request, but for what is sealed. */
    String write(RunRequest request) {
        return MAPPER.writeValueAsString(json(request));
    }

    RunRequest read(String text) {
        JsonNode json = MAPPER.readTree(text);
        String stack = json.required("stack").asString();
        return switch (RunKind.valueOf(json.required("kind").asString())) {
            case BACKUP -> new RunRequest.Backup(stack, texts(json, "sources"), map(json.required("labels")));
            case RESTORE ->
                new RunRequest.Restore(
                        stack,
                        json.required("snapshot").asString(),
                        texts(json, "parts"),
                        places(json),
                        json.required("overwrite").asBoolean(),
                        json.required("confirmed").asBoolean(),
                        database(json.required("database")),
                        json.required("dryRun").asBoolean());
            case CHECK -> new RunRequest.Check(stack, json.required("readData").asBoolean());
            case SYNC -> new RunRequest.Sync(stack);
            case PRUNE -> new RunRequest.Prune(stack, json.required("dryRun").asBoolean());
            case RETENTION ->
                new RunRequest.Retention(stack, json.required("dryRun").asBoolean());
            case FORGET ->
                new RunRequest.Forget(
                        stack,
                        texts(json, "snapshots"),
                        json.required("confirmed").asBoolean());
            case EXPORT -> export(json, stack);
            case COMPARE ->
                new RunRequest.Compare(stack, json.required("snapshot").asString(), texts(json, "parts"), places(json));
        };
    }

    private static RunRequest export(JsonNode json, String stack) {
        if (json.has(CLEAN_UP)) {
            return new RunRequest.ExportsCleanUp(
                    stack, json.required(CLEAN_UP).required("dryRun").asBoolean());
        }
        return new RunRequest.Exports(
                stack, text(json, "snapshot"), json.required(BY_HAND).asBoolean());
    }

    private ObjectNode json(RunRequest request) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("kind", request.kind().name()).put("stack", request.stack());
        switch (request) {
            case RunRequest.Backup backup -> {
                put(json, "sources", backup.sources());
                put(json, "labels", backup.labels());
            }
            case RunRequest.Restore restore -> {
                json.put("snapshot", restore.snapshot());
                put(json, "parts", restore.parts());
                seal(json, restore.places());
                json.put("overwrite", restore.overwrite());
                json.put("confirmed", restore.confirmed());
                json.set("database", json(restore.database()));
                json.put("dryRun", restore.dryRun());
            }
            case RunRequest.Check check -> json.put("readData", check.readData());
            case RunRequest.Sync _ -> {}
            case RunRequest.Prune prune -> json.put("dryRun", prune.dryRun());
            case RunRequest.Retention retention -> json.put("dryRun", retention.dryRun());
            case RunRequest.Forget forget -> {
                put(json, "snapshots", forget.snapshots());
                json.put("confirmed", forget.confirmed());
            }
            case RunRequest.Exports exports -> {
                exports.snapshot().ifPresent(snapshot -> json.put("snapshot", snapshot));
                json.put(BY_HAND, exports.byHand());
            }
            case RunRequest.ExportsCleanUp cleanUp -> json.putObject(CLEAN_UP).put("dryRun", cleanUp.dryRun());
            case RunRequest.Compare compare -> {
                json.put("snapshot", compare.snapshot());
                put(json, "parts", compare.parts());
                seal(json, compare.places());
            }
        }
        return json;
    }

    private void seal(ObjectNode json, Map<String, String> places) {
        if (!places.isEmpty()) {
            ObjectNode open = MAPPER.createObjectNode();
            put(open, "places", places);
            json.put("places", seal.seal(new Secret(MAPPER.writeValueAsString(open)), PLACES));
        }
    }

    private Map<String, String> places(JsonNode json) {
        return text(json, "places")
                .map(kept -> map(MAPPER.readTree(seal.open(kept, PLACES).text()).required("places")))
                .orElse(Map.of());
    }

    private static ObjectNode json(PostgresRestore database) {
        ObjectNode json = MAPPER.createObjectNode();
        put(json, "schemas", database.schemas());
        put(json, "tables", database.tables());
        json.put("contents", database.contents().name());
        switch (database.landing()) {
            case Landing.OriginalSchema _ -> json.put("originalSchema", true);
            case Landing.SideSchema side -> side.name().ifPresent(name -> json.put("sideSchema", name));
        }
        database.ownership().owner().ifPresent(owner -> json.put("owner", owner));
        put(json, "roles", database.ownership().roles());
        json.put("keepOwners", database.ownership().keepOwners());
        json.put("keepRights", database.ownership().keepRights());
        json.put("truncate", database.truncate());
        json.put("keepReplaced", database.keepReplaced());
        database.compare().ifPresent(compare -> json.put("compare", compare));
        json.put("keepOrder", database.keepOrder());
        return json;
    }

    private static PostgresRestore database(JsonNode json) {
        return new PostgresRestore(
                texts(json, "schemas"),
                texts(json, "tables"),
                Contents.valueOf(json.required("contents").asString()),
                json.has("originalSchema")
                        ? new Landing.OriginalSchema()
                        : new Landing.SideSchema(text(json, "sideSchema")),
                new Ownership(
                        text(json, "owner"),
                        map(json.required("roles")),
                        json.required("keepOwners").asBoolean(),
                        json.required("keepRights").asBoolean()),
                json.required("truncate").asBoolean(),
                json.required("keepReplaced").asBoolean(),
                Optional.ofNullable(json.get("compare")).map(JsonNode::asBoolean),
                json.required("keepOrder").asBoolean());
    }

    private static void put(ObjectNode json, String name, List<String> values) {
        values.forEach(json.putArray(name)::add);
    }

    private static void put(ObjectNode json, String name, Map<String, String> values) {
        ObjectNode fields = json.putObject(name);
        new TreeMap<>(values).forEach(fields::put);
    }

    private static Optional<String> text(JsonNode json, String name) {
        return Optional.ofNullable(json.get(name)).map(JsonNode::asString);
    }

    private static List<String> texts(JsonNode json, String name) {
        return json.required(name).valueStream().map(JsonNode::asString).toList();
    }

    private static Map<String, String> map(JsonNode fields) {
        Map<String, String> map = new LinkedHashMap<>();
        fields.properties()
                .forEach(field -> map.put(field.getKey(), field.getValue().asString()));
        return map;
    }
}
