package dev.holdfast.connectors.s3;

import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Entry;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * What an object's entry keeps. Attributes that recognise it: {@code etag} without quotes, {@code modified} as the listing
 * showed it, {@code version} where the bucket has versions, {@code parts} how many an upload had. Attributes that restore it:
 * {@code content-type}, {@code content-encoding}, {@code content-language}, {@code content-disposition}, {@code
 * cache-control}, {@code expires}, {@code website-redirect}, {@code storage-class}; {@code metadata} and {@code tags} as a
 * query string ({@code name=value&name=value}, names ascending, percent-encoded UTF-8). {@code encryption} is only noted.
 */
final class BucketEntry {
    static final String ETAG = "etag";
    static final String MODIFIED = "modified";
    static final String VERSION = "version";
    static final String PARTS = "parts";
    static final String CONTENT_TYPE = "content-type";
    static final String CONTENT_ENCODING = "content-encoding";
    static final String CONTENT_LANGUAGE = "content-language";
    static final String CONTENT_DISPOSITION = "content-disposition";
    static final String CACHE_CONTROL = "cache-control";
    static final String EXPIRES = "expires";
    static final String WEBSITE_REDIRECT = "website-redirect";
    static final String STORAGE_CLASS = "storage-class";
    static final String ENCRYPTION = "encryption";
    static final String METADATA = "metadata";
    static final String TAGS = "tags";

    /** Attributes that a comparison looks at. */
    static final List<String> COMPARED = List.of(
            CONTENT_TYPE,
            CONTENT_ENCODING,
            CONTENT_LANGUAGE,
            CONTENT_DISPOSITION,
            CACHE_CONTROL,
            EXPIRES,
            WEBSITE_REDIRECT,
            STORAGE_CLASS,
            METADATA,
            TAGS);

    private BucketEntry() {}

    static String unquoted(@Nullable String etag) {
        return etag == null ? "" : etag.replace("\"", "");
    }

    /** Whether an entry shows the object as it is listed: content, time and length. */
    static boolean isUnchanged(Entry entry, S3Object listed) {
        return entry.content().bytes() == listed.size()
                && entry.attributes().text(ETAG).equals(Optional.of(unquoted(listed.eTag())))
                && entry.attributes()
                        .text(MODIFIED)
                        .equals(Optional.of(listed.lastModified().toString()));
    }

    /**
     * @param modified as the listing showed it, or as the object's own header does if it was replaced since
     */
    static Attributes attributes(GetObjectResponse object, String modified, SortedMap<String, String> tags) {
        Attributes.Builder attributes = Attributes.builder();
        String etag = unquoted(object.eTag());
        attributes.put(ETAG, etag).put(MODIFIED, modified);
        int dash = etag.lastIndexOf('-');
        if (dash > 0) {
            attributes.put(PARTS, etag.substring(dash + 1));
        }
        if (object.versionId() != null && !object.versionId().equals("null")) {
            attributes.put(VERSION, object.versionId());
        }
        restorable(object).forEach(attributes::put);
        put(attributes, ENCRYPTION, object.serverSideEncryptionAsString());
        put(attributes, TAGS, tags.isEmpty() ? null : encode(tags));
        return attributes.build();
    }

    /** All that a restore brings back, but tags. */
    static SortedMap<String, String> restorable(GetObjectResponse object) {
        SortedMap<String, String> values = new TreeMap<>();
        put(values, CONTENT_TYPE, object.contentType());
        put(values, CONTENT_ENCODING, withoutTransfer(object.contentEncoding()));
        put(values, CONTENT_LANGUAGE, object.contentLanguage());
        put(values, CONTENT_DISPOSITION, object.contentDisposition());
        put(values, CACHE_CONTROL, object.cacheControl());
        put(values, EXPIRES, object.expiresString());
        put(values, WEBSITE_REDIRECT, object.websiteRedirectLocation());
        put(values, STORAGE_CLASS, object.storageClassAsString());
        if (!object.metadata().isEmpty()) {
            values.put(METADATA, encode(new TreeMap<>(object.metadata())));
        }
        return values;
    }

    /** Some servers keep how a body was signed as if it were how it is encoded; AWS does not. */
    private static @Nullable String withoutTransfer(@Nullable String encoding) {
        return encoding == null
                ? null
                : encoding.replaceAll("(?i)(^|,)\\s*aws-chunked\\s*(?=,|$)", "").replaceAll("^,\\s*", "");
    }

    private static void put(SortedMap<String, String> values, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            values.put(name, value);
        }
    }

    private static void put(Attributes.Builder attributes, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            attributes.put(name, value);
        }
    }

    static String encode(SortedMap<String, String> values) {
        List<String> pairs = new ArrayList<>();
        values.forEach((name, value) -> pairs.add(encode(name) + "=" + encode(value)));
        return String.join("&", pairs);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static Map<String, String> decode(String query) {
        SortedMap<String, String> values = new TreeMap<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            values.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
        }
        return values;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
