package dev.holdfast.engine.place;

import java.util.Map;
import java.util.OptionalLong;

/**
 * What a place is told about a file before its first byte.
 *
 * @param contentType its media type, such as {@code application/gzip}; kept where the place can
 * @param metadata what else is kept beside it where the place can: keys of {@code a-z}, digits and {@code -}; values of printable ASCII
 * @param expectedBytes about how long it will be, so that an upload can choose the size of its parts; empty if nobody knows
 */
public record FileFacts(String contentType, Map<String, String> metadata, OptionalLong expectedBytes) {
    public FileFacts {
        metadata = Map.copyOf(metadata);
        metadata.forEach((key, value) -> {
            if (!key.matches("[a-z0-9-]{1,64}") || !value.matches("[\\x20-\\x7e]{0,512}")) {
                throw new IllegalArgumentException("metadata " + key);
            }
        });
    }

    public static FileFacts of(String contentType) {
        return new FileFacts(contentType, Map.of(), OptionalLong.empty());
    }
}
