package dev.holdfast.engine.repository;

import dev.holdfast.engine.crypto.KeySlot;
import dev.holdfast.engine.store.StoreKey;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The plain files {@code keys/<slot>}: the master key wrapped under one secret each. */
final class KeyFile {
    private KeyFile() {}

    static StoreKey key(String slot) {
        return new StoreKey("keys/" + slot);
    }

    static byte[] encode(KeySlot slot) {
        ObjectNode json = PlainJson.object();
        json.put("slot", slot.name());
        ObjectNode derivation = json.putObject("derivation");
        switch (slot.derivation()) {
            case KeySlot.Derivation.Argon2id argon -> {
                derivation.put("algorithm", "argon2id");
                derivation.put("memoryKib", argon.memoryKib());
                derivation.put("iterations", argon.iterations());
                derivation.put("lanes", argon.lanes());
            }
            case KeySlot.Derivation.Hkdf ignored -> derivation.put("algorithm", "hkdf-sha256");
        }
        json.put("salt", HexFormat.of().formatHex(slot.salt()));
        json.put("wrapped", HexFormat.of().formatHex(slot.wrapped()));
        json.put("commitment", HexFormat.of().formatHex(slot.commitment()));
        return PlainJson.write(json);
    }

    static KeySlot decode(byte[] file, StoreKey key, String location) {
        JsonNode json = PlainJson.read(file, key, location);
        try {
            JsonNode derivation = json.required("derivation");
            String algorithm = derivation.required("algorithm").asString();
            return new KeySlot(
                    json.required("slot").asString(),
                    switch (algorithm) {
                        case "argon2id" ->
                            new KeySlot.Derivation.Argon2id(
                                    derivation.required("memoryKib").asInt(),
                                    derivation.required("iterations").asInt(),
                                    derivation.required("lanes").asInt());
                        case "hkdf-sha256" -> new KeySlot.Derivation.Hkdf();
                        default -> throw new IllegalArgumentException(algorithm);
                    },
                    hex(json, "salt"),
                    hex(json, "wrapped"),
                    hex(json, "commitment"));
        } catch (RuntimeException e) {
            throw PlainJson.damaged(key, location, "a field is missing or of the wrong type");
        }
    }

    private static byte[] hex(JsonNode json, String field) {
        return HexFormat.of().parseHex(json.required(field).asString());
    }
}
