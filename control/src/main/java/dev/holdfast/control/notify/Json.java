package dev.holdfast.control.notify;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON, made and read in one way. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static String text(JsonNode json) {
        return MAPPER.writeValueAsString(json);
    }

    static JsonNode parse(String text) {
        return MAPPER.readTree(text);
    }

    /** A record as JSON. */
    static String write(Object record) {
        return MAPPER.writeValueAsString(record);
    }

    /** A record that {@link #write} wrote. */
    static <T> T read(String text, Class<T> type) {
        return MAPPER.readValue(text, type);
    }

    static boolean isDocument(String text) {
        try {
            return !MAPPER.readTree(text).isMissingNode();
        } catch (JacksonException e) {
            return false;
        }
    }

    /** A value as text, number or flag. */
    static String value(@Nullable Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** A value as it reads. */
    static String plain(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    /** Text as it stands between the quotes of a JSON text. */
    static String inside(String text) {
        String quoted = value(text);
        return quoted.substring(1, quoted.length() - 1);
    }
}
