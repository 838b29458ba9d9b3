package dev.holdfast.control.export;

import dev.holdfast.engine.place.FileName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file of a tree, as the tree's list has it: a line of JSON.
 *
 * @param name relative to the tree's folder; never leads out of it
 * @param sha256 in lower-case hex
 */
public record TreeFile(String name, long bytes, String sha256) {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    /**
     * @throws dev.holdfast.engine.error.Invalid if no file can have the name
     */
    public TreeFile {
        new FileName(name);
    }

    /** With the line feed. */
    byte[] line() {
        String json = MAPPER.writeValueAsString(
                MAPPER.createObjectNode().put("name", name).put("bytes", bytes).put("sha256", sha256));
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * @throws tools.jackson.core.JacksonException if it is none
     */
    static TreeFile of(String line) {
        JsonNode json = MAPPER.readTree(line);
        return new TreeFile(
                json.required("name").asString(),
                json.required("bytes").asLong(),
                json.required("sha256").asString());
    }

    /** Stands for the whole line where a million of them have to be known. */
    long key() {
        return key(line());
    }

    /** Stands for what a listing tells of a file. */
    static long placeKey(String name, long bytes) {
        return key((bytes + " " + name).getBytes(StandardCharsets.UTF_8));
    }

    private static long key(byte[] text) {
        return ByteBuffer.wrap(Checksum.SHA256.newDigest().digest(text)).getLong();
    }
}
