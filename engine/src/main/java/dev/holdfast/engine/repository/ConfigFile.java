package dev.holdfast.engine.repository;

import dev.holdfast.engine.chunk.ChunkerParameters;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.format.FileHeader;
import dev.holdfast.engine.store.StoreKey;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The plain file {@code config}: which repository this is and how it is laid out. It names features that a reader must know;
 * a reader that does not know one refuses.
 *
 * @param id 32 hexadecimal digits
 * @param chunker how contents are cut
 */
record ConfigFile(String id, ChunkerParameters chunker) {
    static final StoreKey KEY = new StoreKey("config");

    byte[] encode() {
        ObjectNode json = PlainJson.object();
        json.put("format", FileHeader.VERSION);
        json.put("id", id);
        ObjectNode cutting = json.putObject("chunker");
        cutting.put("algorithm", "gear-keyed-1");
        cutting.put("min", chunker.minBytes());
        cutting.put("average", chunker.averageBytes());
        cutting.put("max", chunker.maxBytes());
        json.putArray("required");
        return PlainJson.write(json);
    }

    /**
     * @throws Unsupported if a later version made it
     */
    static ConfigFile decode(byte[] file, String location) {
        JsonNode json = PlainJson.read(file, KEY, location);
        try {
            int format = json.required("format").asInt();
            List<String> unknown = new ArrayList<>();
            json.required("required").forEach(feature -> unknown.add(feature.asString()));
            if (format != FileHeader.VERSION || !unknown.isEmpty()) {
                throw new Unsupported(
                        ErrorCode.REPOSITORY_TOO_NEW,
                        "the repository at " + location + " is of format " + format + " with features " + unknown
                                + ", this software knows format " + FileHeader.VERSION,
                        "Use a newer version of Holdfast.");
            }
            JsonNode cutting = json.required("chunker");
            String id = json.required("id").asString();
            if (!id.matches("[0-9a-f]{32}")) {
                throw PlainJson.damaged(KEY, location, "its id is not 32 hexadecimal digits");
            }
            return new ConfigFile(
                    id,
                    new ChunkerParameters(
                            cutting.required("min").asInt(),
                            cutting.required("average").asInt(),
                            cutting.required("max").asInt()));
        } catch (Damaged | Unsupported e) {
            throw e;
        } catch (RuntimeException e) {
            throw PlainJson.damaged(KEY, location, "a field is missing or of the wrong type");
        }
    }
}
