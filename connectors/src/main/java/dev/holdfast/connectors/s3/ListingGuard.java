package dev.holdfast.connectors.s3;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.tree.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Doubts a listing: there are servers whose listings leave objects out and call themselves complete. Some of the objects
 * that seem gone are asked for by name; and where nothing is listed, or less than half of what was known, everything is
 * listed a second time by the older protocol. For one thread.
 */
final class ListingGuard {
    private static final int SAMPLES = 16;
    /** Objects younger than this may come and go between two listings; the server's clock may differ, too. */
    private static final Duration SETTLED = Duration.ofMinutes(15);

    private final S3Client client;
    private final S3Location location;
    private final S3Failures failures;
    private final Instant settledBefore;
    private final List<String> samples = new ArrayList<>();
    private long listed;
    private long settled;
    private long gone;

    ListingGuard(S3Client client, S3Location location, S3Failures failures, Instant began) {
        this.client = client;
        this.location = location;
        this.failures = failures;
        settledBefore = began.minus(SETTLED);
    }

    void listed(S3Object object) {
        listed++;
        if (object.lastModified().isBefore(settledBefore)) {
            settled++;
        }
    }

    /** Hears of an object of the previous snapshot that the listing does not show. Keeps a few, evenly spread. */
    void gone(Entry entry) {
        gone++;
        if (samples.size() < SAMPLES) {
            samples.add(key(entry));
        } else if (Long.bitCount(gone) == 1) {
            samples.set(Long.numberOfTrailingZeros(gone) % SAMPLES, key(entry));
        }
    }

    private String key(Entry entry) {
        return location.prefix() + new String(entry.key().toBytes(), StandardCharsets.UTF_8);
    }

    long listedCount() {
        return listed;
    }

    /**
     * @throws Unsupported (STORE_UNSUITABLE) if the listing left something out
     */
    void check() {
        try {
            samples.forEach(this::expectGone);
            // what is still there is at most all that is listed
            if (listed == 0 || gone > listed) {
                expectNoMore();
            }
        } catch (SdkException e) {
            throw failures.of("cannot list a second time", e);
        }
    }

    private void expectGone(String key) {
        try {
            HeadObjectResponse found =
                    client.headObject(r -> r.bucket(location.bucket()).key(key));
            if (found.lastModified().isBefore(settledBefore)) {
                throw leftOut("object '" + key + "' is there, but not listed");
            }
        } catch (SdkException e) {
            if (!S3Failures.isNotFound(e)) {
                throw e;
            }
        }
    }

    private void expectNoMore() {
        long found = 0;
        for (String marker = "", next; ; marker = next) {
            String after = marker;
            ListObjectsResponse page = client.listObjects(r -> r.bucket(location.bucket())
                    .prefix(location.prefix())
                    .marker(after)
                    .encodingType(EncodingType.URL));
            for (S3Object object : page.contents()) {
                if (object.lastModified().isBefore(settledBefore)) {
                    found++;
                }
            }
            if (found > settled) {
                throw leftOut("a second listing shows at least " + found + " older objects, the first " + settled);
            }
            if (!Boolean.TRUE.equals(page.isTruncated()) || page.contents().isEmpty()) {
                return;
            }
            next = page.contents().getLast().key();
            if (next.equals(marker)) {
                throw leftOut("the second listing goes in circles at '" + next + "'");
            }
        }
    }

    private Unsupported leftOut(String what) {
        return new Unsupported(
                ErrorCode.STORE_UNSUITABLE,
                "the listing of " + location + " cannot be trusted: " + what,
                "Update the server; an incomplete listing would make an incomplete backup.");
    }
}
