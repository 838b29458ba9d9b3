package dev.holdfast.engine.repository;

import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.store.StoreKey;
import dev.holdfast.engine.tree.ChunkId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a session ended, as the sealed document {@code log/<session>} tells it. Unknown fields are ignored by readers.
 *
 * @param snapshot the snapshot, or empty if the session was fenced off and can never commit
 * @param runs the index runs that the session wrote
 * @param nonce random; tells a writer whose record it finds whether it is its own
 */
record CommitRecord(Optional<Snapshot> snapshot, List<StoreKey> runs, String nonce) {
    CommitRecord {
        runs = List.copyOf(runs);
    }

    static CommitRecord aborted(String nonce) {
        return new CommitRecord(Optional.empty(), List.of(), nonce);
    }

    byte[] encode() {
        ObjectNode json = PlainJson.object();
        json.put("outcome", snapshot.isPresent() ? "commit" : "abort");
        json.put("nonce", nonce);
        ArrayNode runNames = json.putArray("runs");
        runs.forEach(run -> runNames.add(run.name()));
        snapshot.ifPresent(s -> write(s, json.putObject("snapshot")));
        return PlainJson.bytes(json);
    }

    private static void write(Snapshot snapshot, ObjectNode json) {
        json.put("id", snapshot.id().text());
        json.put("stack", snapshot.stack());
        json.put("began", snapshot.began().toString());
        json.put("committed", snapshot.committed().toString());
        json.put("host", snapshot.host());
        json.put("version", snapshot.version());
        json.put("storedBytes", snapshot.storedBytes());
        writeMap(snapshot.labels(), json.putObject("labels"));
        ArrayNode findings = json.putArray("findings");
        for (Finding finding : snapshot.findings()) {
            findings.addObject().put("subject", finding.subject()).put("message", finding.message());
        }
        ArrayNode parts = json.putArray("parts");
        snapshot.parts().forEach(part -> write(part, parts.addObject()));
    }

    private static void write(Part part, ObjectNode json) {
        json.put("name", part.name());
        json.put("kind", part.kind());
        json.put("location", part.location());
        part.root().ifPresent(root -> json.put("root", root.toString()));
        json.put("entries", part.entries());
        json.put("bytes", part.bytes());
        writeMap(part.details(), json.putObject("details"));
        Part.Statistics statistics = part.statistics();
        json.putObject("statistics")
                .put("new", statistics.newEntries())
                .put("changed", statistics.changedEntries())
                .put("unchanged", statistics.unchangedEntries())
                .put("removed", statistics.removedEntries())
                .put("readEntries", statistics.readEntries())
                .put("readBytes", statistics.readBytes())
                .put("storedBytes", statistics.storedBytes());
    }

    private static void writeMap(Map<String, String> map, ObjectNode json) {
        map.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(e -> json.put(e.getKey(), e.getValue()));
    }

    /**
     * @throws RuntimeException of any kind if the content is not a record; the caller names the file
     */
    static CommitRecord decode(byte[] content) {
        JsonNode json = PlainJson.parse(content);
        List<StoreKey> runs = new ArrayList<>();
        json.required("runs").forEach(run -> runs.add(new StoreKey(run.asString())));
        String nonce = json.required("nonce").asString();
        return switch (json.required("outcome").asString()) {
            case "commit" -> new CommitRecord(Optional.of(readSnapshot(json.required("snapshot"))), runs, nonce);
            case "abort" -> new CommitRecord(Optional.empty(), runs, nonce);
            default -> throw new IllegalArgumentException("unknown outcome");
        };
    }

    private static Snapshot readSnapshot(JsonNode json) {
        List<Part> parts = new ArrayList<>();
        json.required("parts").forEach(part -> parts.add(readPart(part)));
        List<Finding> findings = new ArrayList<>();
        json.required("findings")
                .forEach(f -> findings.add(new Finding(
                        f.required("subject").asString(), f.required("message").asString())));
        return new Snapshot(
                new SnapshotId(json.required("id").asString()),
                json.required("stack").asString(),
                Instant.parse(json.required("began").asString()),
                Instant.parse(json.required("committed").asString()),
                json.required("host").asString(),
                json.required("version").asString(),
                parts,
                readMap(json.required("labels")),
                findings,
                json.required("storedBytes").asLong());
    }

    private static Part readPart(JsonNode json) {
        @Nullable JsonNode root = json.get("root");
        JsonNode statistics = json.required("statistics");
        return new Part(
                json.required("name").asString(),
                json.required("kind").asString(),
                json.required("location").asString(),
                root == null ? Optional.empty() : Optional.of(chunkId(root.asString())),
                json.required("entries").asLong(),
                json.required("bytes").asLong(),
                readMap(json.required("details")),
                new Part.Statistics(
                        statistics.required("new").asLong(),
                        statistics.required("changed").asLong(),
                        statistics.required("unchanged").asLong(),
                        statistics.required("removed").asLong(),
                        statistics.required("readEntries").asLong(),
                        statistics.required("readBytes").asLong(),
                        statistics.required("storedBytes").asLong()));
    }

    private static ChunkId chunkId(String hex) {
        return ChunkId.ofOwned(HexFormat.of().parseHex(hex));
    }

    private static Map<String, String> readMap(JsonNode json) {
        Map<String, String> map = new LinkedHashMap<>();
        json.properties()
                .forEach(field -> map.put(field.getKey(), field.getValue().asString()));
        return map;
    }
}
