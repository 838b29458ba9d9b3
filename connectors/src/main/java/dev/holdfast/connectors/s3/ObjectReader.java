package dev.holdfast.connectors.s3;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Reads objects into a part, body and headers in one request, never a part of a body. Safe for many threads. */
final class ObjectReader {
    private static final int TRIES = 5;
    private static final int FIRST_PAUSE_MILLIS = 200;

    private final S3Client client;
    private final S3Location location;
    private final S3Failures failures;
    private final PartWriter part;
    private final TagReader tags;
    private final AtomicLong vanished = new AtomicLong();
    private final AtomicLong replaced = new AtomicLong();
    private final AtomicLong metadataLost = new AtomicLong();

    ObjectReader(S3Client client, S3Location location, S3Failures failures, PartWriter part) {
        this.client = client;
        this.location = location;
        this.failures = failures;
        this.part = part;
        tags = new TagReader(client, location, failures);
    }

    long vanished() {
        return vanished.get();
    }

    long replaced() {
        return replaced.get();
    }

    void tellFindings() {
        if (tags.denied() > 0) {
            part.find(new Finding(
                    location.uri(),
                    "the tags of " + tags.denied() + " objects were not captured: s3:GetObjectTagging is not allowed"));
        }
        if (metadataLost.get() > 0) {
            part.find(new Finding(
                    location.uri(),
                    "the server withholds user metadata of " + metadataLost.get() + " objects: it was not captured"));
        }
    }

    /** Reads an object as listed, or as it is by now; empty if it is gone. */
    Optional<Entry> read(EntryKey key, S3Object listed) {
        boolean asListed = true;
        for (int attempt = 1; ; attempt++) {
            try {
                return Optional.of(readOnce(key, listed, asListed));
            } catch (S3Exception e) {
                if (S3Failures.isNotFound(e) && !S3Failures.isNoBucket(e)) {
                    vanished.incrementAndGet();
                    return Optional.empty();
                }
                if (S3Failures.isPreconditionFailed(e) && asListed) {
                    asListed = false;
                    continue;
                }
                if (S3Failures.isAboutTheObject(e)) {
                    throw BucketSource.unreadable(listed.key(), e);
                }
                throw failures.of("cannot read '" + key + "'", e);
            } catch (SdkException e) {
                throw failures.of("cannot read '" + key + "'", e);
            } catch (IOException e) {
                if (attempt == TRIES) {
                    throw brokenOff(key, e);
                }
                pause(attempt);
            }
        }
    }

    private Entry readOnce(EntryKey key, S3Object listed, boolean asListed) throws IOException {
        // before the request: a connection must not wait for memory
        try (ContentWriter writer = part.content(listed.size());
                ResponseInputStream<GetObjectResponse> body = client.getObject(request(listed, asListed))) {
            GetObjectResponse object = body.response();
            Content content = new WholeBody(body).copyTo(writer);
            boolean same = BucketEntry.unquoted(object.eTag()).equals(BucketEntry.unquoted(listed.eTag()));
            if (!same) {
                replaced.incrementAndGet();
            }
            if (object.missingMeta() != null && object.missingMeta() > 0) {
                metadataLost.incrementAndGet();
            }
            part.countRead(1, content.bytes());
            String modified = (same ? listed.lastModified() : object.lastModified()).toString();
            return new Entry(
                    key,
                    EntryType.OBJECT,
                    BucketEntry.attributes(object, modified, tags.of(listed.key(), object)),
                    content);
        }
    }

    private GetObjectRequest request(S3Object listed, boolean asListed) {
        GetObjectRequest.Builder request =
                GetObjectRequest.builder().bucket(location.bucket()).key(listed.key());
        return (asListed ? request.ifMatch(listed.eTag()) : request).build();
    }

    private Unavailable brokenOff(EntryKey key, IOException e) {
        return new Unavailable(
                ErrorCode.BUCKET_UNAVAILABLE,
                "reading '" + key + "' in " + location + " broke off " + TRIES + " times: " + e.getMessage(),
                "Check the network and the server.",
                e);
    }

    private static void pause(int attempt) {
        try {
            Thread.sleep((long) FIRST_PAUSE_MILLIS << (attempt - 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled(ErrorCode.CANCELLED, "stopped", "", e);
        }
    }
}
