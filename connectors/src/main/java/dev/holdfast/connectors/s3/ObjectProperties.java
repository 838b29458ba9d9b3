package dev.holdfast.connectors.s3;

import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Entry;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a captured object had besides its bytes.
 *
 * @param modified when it was written last, by the server's clock; empty if the server did not say
 * @param headers {@code content-type}, {@code cache-control} and so on, as far as it had them
 * @param metadata names and values that its writer gave it
 * @param tags its tags
 */
public record ObjectProperties(
        Optional<Instant> modified,
        SortedMap<String, String> headers,
        Map<String, String> metadata,
        Map<String, String> tags) {
    private static final List<String> HEADERS = List.of(
            BucketEntry.CONTENT_TYPE,
            BucketEntry.CONTENT_ENCODING,
            BucketEntry.CONTENT_LANGUAGE,
            BucketEntry.CONTENT_DISPOSITION,
            BucketEntry.CACHE_CONTROL,
            BucketEntry.EXPIRES,
            BucketEntry.WEBSITE_REDIRECT,
            BucketEntry.STORAGE_CLASS,
            BucketEntry.ETAG,
            BucketEntry.VERSION);

    /** Of an entry that a bucket was captured with. */
    public static ObjectProperties of(Entry entry) {
        Attributes kept = entry.attributes();
        SortedMap<String, String> headers = new TreeMap<>();
        HEADERS.forEach(name -> kept.text(name).ifPresent(value -> headers.put(name, value)));
        return new ObjectProperties(
                kept.text(BucketEntry.MODIFIED).flatMap(ObjectProperties::time),
                headers,
                kept.text(BucketEntry.METADATA).map(BucketEntry::decode).orElse(Map.of()),
                kept.text(BucketEntry.TAGS).map(BucketEntry::decode).orElse(Map.of()));
    }

    /** Its media type. */
    public String contentType() {
        return headers.getOrDefault(BucketEntry.CONTENT_TYPE, "application/octet-stream");
    }

    private static Optional<Instant> time(String shown) {
        try {
            return Optional.of(Instant.parse(shown));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
