package dev.holdfast.engine.repository;

import dev.holdfast.engine.store.StoreKey;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who works on the repository, as the sealed documents {@code lease/<session>.<beat>} tell it. A session that lives writes the
 * next beat and removes the one before.
 *
 * @param session whose it is
 * @param purpose what it does
 * @param stack which stack it writes; empty for a prune
 * @param host name of its machine
 * @param process which process there
 * @param began when, by its own clock; shown to people only
 */
record Lease(SnapshotId session, Purpose purpose, String stack, String host, ProcessIdentity process, Instant began) {
    enum Purpose {
        WRITE,
        PRUNE
    }

    /** The name of a beat. */
    static StoreKey key(SnapshotId session, long beat) {
        return new StoreKey("lease/" + session + "." + beat);
    }

    /** Whose lease a file is; empty if it is none. */
    static Optional<SnapshotId> session(StoreKey key) {
        String name = key.name().substring("lease/".length());
        int dot = name.indexOf('.');
        return dot == SnapshotId.LENGTH && SnapshotId.isValid(name.substring(0, dot))
                ? Optional.of(new SnapshotId(name.substring(0, dot)))
                : Optional.empty();
    }

    /** What the session is, for people. */
    String shown() {
        return switch (purpose) {
                    case WRITE -> "a backup of stack '" + stack + "'";
                    case PRUNE -> "a prune";
                }
                + " on host '" + host + "' (process " + process.pid() + ", since " + began + ")";
    }

    byte[] encode() {
        ObjectNode json = PlainJson.object();
        json.put("session", session.text());
        json.put("purpose", purpose.name());
        json.put("stack", stack);
        json.put("host", host);
        json.put("machine", process.machine());
        json.put("pid", process.pid());
        json.put("started", process.started());
        json.put("began", began.toString());
        return PlainJson.bytes(json);
    }

    static Lease decode(byte[] content) {
        JsonNode json = PlainJson.parse(content);
        return new Lease(
                new SnapshotId(json.required("session").asString()),
                Purpose.valueOf(json.required("purpose").asString()),
                json.required("stack").asString(),
                json.required("host").asString(),
                new ProcessIdentity(
                        json.required("machine").asString(),
                        json.required("pid").asLong(),
                        json.required("started").asString()),
                Instant.parse(json.required("began").asString()));
    }
}
