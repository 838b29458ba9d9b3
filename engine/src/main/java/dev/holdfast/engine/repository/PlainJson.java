package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.store.StoreKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The form of the files that are read before there is a key: a line of JSON, then a line {@code sha256:} with the digest of
 * the first in hexadecimal, so that a damaged byte is found.
 */
final class PlainJson {
    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final String DIGEST = "sha256:";

    private PlainJson() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static JsonNode parse(byte[] json) {
        return MAPPER.readTree(json);
    }

    static byte[] bytes(JsonNode json) {
        return MAPPER.writeValueAsBytes(json);
    }

    static byte[] write(ObjectNode json) {
        String line = MAPPER.writeValueAsString(json);
        return (line + "\n" + DIGEST + digest(line) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static JsonNode read(byte[] file, StoreKey key, String location) {
        String[] lines = new String(file, StandardCharsets.UTF_8).split("\n", -1);
        if (lines.length != 3 || !lines[2].isEmpty() || !lines[1].equals(DIGEST + digest(lines[0]))) {
            throw damaged(key, location, "its digest does not hold");
        }
        try {
            return MAPPER.readTree(lines[0]);
        } catch (JacksonException e) {
            throw damaged(key, location, "it is not JSON");
        }
    }

    static Damaged damaged(StoreKey key, String location, String why) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "'" + key + "' at " + location + " is damaged: " + why,
                "Put the file back from another destination, where it is the same.");
    }

    private static String digest(String line) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(line.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
