package dev.holdfast.connectors.s3;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A small object, {@code .holdfast-<uuid>.part}, that is there while an upload is under way and holds the key of its file: listings
 * of uploads do not say who began them, and those of others must not be ended. Safe for many threads.
 */
final class UploadMarker {
    static final String BEGINNING = ".holdfast-";

    private static final Pattern NAME =
            Pattern.compile("\\.holdfast-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\.part");
    private static final int MOST_BYTES = 4096;

    private final PlaceBucket at;

    UploadMarker(PlaceBucket at) {
        this.at = at;
    }

    /** Whether a name, relative to the place, is that of a marker. */
    static boolean is(String name) {
        return NAME.matcher(name).matches();
    }

    private String name(String token) {
        return at.folder() + BEGINNING + token + ".part";
    }

    void set(String token, String key) {
        byte[] content = key.getBytes(StandardCharsets.UTF_8);
        at.clients()
                .repeatingWhole()
                .putObject(
                        r -> r.bucket(at.bucket()).key(name(token)).contentType("text/plain"),
                        RequestBody.fromBytes(content));
    }

    void remove(String token) {
        try {
            at.clients().brief().deleteObject(r -> r.bucket(at.bucket()).key(name(token)));
        } catch (SdkException e) {
            // whoever may write and not delete leaves it; it harms nobody
            return;
        }
    }

    private void delete(String marker) {
        at.client().deleteObject(r -> r.bucket(at.bucket()).key(marker));
    }

    /**
     * Ends uploads that were begun before a time and removes their markers.
     *
     * @return how many things were removed
     */
    int sweep(Instant olderThan) {
        int swept = 0;
        String under = at.folder() + BEGINNING;
        ListingPages pages = new ListingPages(
                at.client(), at.bucket(), under, 1000, at.location().toString());
        for (List<S3Object> page = pages.next(); page != null; page = pages.next()) {
            for (S3Object object : page) {
                boolean marker = is(object.key().substring(at.folder().length())) && object.size() <= MOST_BYTES;
                if (marker && object.lastModified().isBefore(olderThan)) {
                    swept += Math.max(1, end(content(object.key()), olderThan));
                    delete(object.key());
                }
            }
        }
        return swept;
    }

    private Optional<String> content(String marker) {
        try {
            return Optional.of(at.client()
                    .getObjectAsBytes(r -> r.bucket(at.bucket()).key(marker))
                    .asUtf8String());
        } catch (SdkException e) {
            if (S3Failures.isNotFound(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private int end(Optional<String> key, Instant olderThan) {
        int ended = 0;
        if (key.isEmpty() || !key.get().startsWith(at.folder())) {
            return ended;
        }
        for (MultipartUpload upload : at.client()
                .listMultipartUploadsPaginator(r -> r.bucket(at.bucket()).prefix(key.get()))
                .uploads()) {
            if (upload.key().equals(key.get()) && upload.initiated().isBefore(olderThan)) {
                at.client()
                        .abortMultipartUpload(
                                r -> r.bucket(at.bucket()).key(upload.key()).uploadId(upload.uploadId()));
                ended++;
            }
        }
        return ended;
    }
}
