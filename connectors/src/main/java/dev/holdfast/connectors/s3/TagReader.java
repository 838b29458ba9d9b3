package dev.holdfast.connectors.s3;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.Tag;

/**
 * Reads the tags of objects, without a request for objects that have none: an object's headers say how many it has. Whether
 * the server really says so is tried with the first objects that seem to have none. Safe for many threads.
 */
final class TagReader {
    private static final int TRIED = 16;

    private enum Support {
        /** Headers tell, as far as is known. */
        TOLD,
        /** An object had tags that its headers did not tell: every object is asked. */
        UNTOLD,
        NONE
    }

    private final S3Client client;
    private final S3Location location;
    private final S3Failures failures;
    private final AtomicLong denied = new AtomicLong();
    private int tried;
    private volatile Support support = Support.TOLD;

    TagReader(S3Client client, S3Location location, S3Failures failures) {
        this.client = client;
        this.location = location;
        this.failures = failures;
    }

    /** How many objects have tags that may not be read. */
    long denied() {
        return denied.get();
    }

    SortedMap<String, String> of(String key, GetObjectResponse object) {
        if (object.tagCount() != null && object.tagCount() > 0) {
            return ask(key, true);
        }
        return switch (support) {
            case UNTOLD -> ask(key, false);
            case TOLD -> object.tagCount() == null ? tryUntold(key) : Collections.emptySortedMap();
            case NONE -> Collections.emptySortedMap();
        };
    }

    /** One at a time: the first answer may settle it. */
    private synchronized SortedMap<String, String> tryUntold(String key) {
        if (support != Support.TOLD || tried >= TRIED) {
            return support == Support.UNTOLD ? ask(key, false) : Collections.emptySortedMap();
        }
        tried++;
        SortedMap<String, String> tags = ask(key, false);
        if (!tags.isEmpty()) {
            support = Support.UNTOLD;
        }
        return tags;
    }

    private SortedMap<String, String> ask(String key, boolean told) {
        SortedMap<String, String> tags = new TreeMap<>();
        try {
            for (Tag tag : client.getObjectTagging(
                            r -> r.bucket(location.bucket()).key(key))
                    .tagSet()) {
                tags.put(tag.key(), tag.value());
            }
        } catch (S3Exception e) {
            if (e.statusCode() == 403) {
                if (told) {
                    denied.incrementAndGet();
                }
            } else if (S3Failures.isNotImplemented(e) || e.statusCode() == 405) {
                support = Support.NONE;
            } else if (!S3Failures.isNotFound(e)) {
                throw failures.of("cannot read the tags of '" + key + "'", e);
            }
        } catch (SdkException e) {
            throw failures.of("cannot read the tags of '" + key + "'", e);
        }
        return tags;
    }
}
