package dev.holdfast.engine.repository;

import dev.holdfast.engine.store.StoreKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a prune left, as the sealed document {@code ckpt/<generation>} tells it: the index runs that replace those of all
 * sessions it covers.
 *
 * @param generation 1, 2, 3 ...; of several the highest counts
 * @param runs index runs that hold every chunk the covered sessions still need
 * @param covered sessions whose own runs no longer count
 * @param forgotten snapshots that were forgotten, also long ago: the record of one may come back with a destination that was
 *     away, its chunks may not
 */
record Checkpoint(long generation, List<StoreKey> runs, Set<SnapshotId> covered, Set<SnapshotId> forgotten) {
    static final Checkpoint NONE = new Checkpoint(0, List.of(), Set.of(), Set.of());

    /** How many forgotten snapshots a checkpoint remembers, the newest. */
    static final int MAX_FORGOTTEN = 10_000;

    Checkpoint {
        runs = List.copyOf(runs);
        covered = Set.copyOf(covered);
        forgotten = Set.copyOf(forgotten);
    }

    static StoreKey key(long generation) {
        return new StoreKey(String.format("ckpt/%010d", generation));
    }

    byte[] encode() {
        ObjectNode json = PlainJson.object();
        json.put("generation", generation);
        ArrayNode runNames = json.putArray("runs");
        runs.forEach(run -> runNames.add(run.name()));
        write(covered, json.putArray("covered"));
        write(forgotten, json.putArray("forgotten"));
        return PlainJson.bytes(json);
    }

    private static void write(Set<SnapshotId> sessions, ArrayNode json) {
        sessions.stream().sorted().forEach(session -> json.add(session.text()));
    }

    static Checkpoint decode(byte[] content) {
        JsonNode json = PlainJson.parse(content);
        List<StoreKey> runs = new ArrayList<>();
        json.required("runs").forEach(run -> runs.add(new StoreKey(run.asString())));
        return new Checkpoint(
                json.required("generation").asLong(),
                runs,
                read(json.required("covered")),
                read(json.required("forgotten")));
    }

    private static Set<SnapshotId> read(JsonNode json) {
        Set<SnapshotId> sessions = new HashSet<>();
        json.forEach(session -> sessions.add(new SnapshotId(session.asString())));
        return sessions;
    }
}
