package dev.holdfast.connectors.s3;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.store.RetryingStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * An object read to its end: where the answer breaks off, the rest is asked for, if the object is still the same. It never looks
 * shorter than it is. For one thread.
 */
final class ResumingBody extends InputStream {
    private final PlaceBucket at;
    private final String key;
    private final RetryingStore.Policy patience;
    private final String tag;
    private final long expected;
    private @Nullable WholeBody body;
    private long done;
    private int failures;

    private ResumingBody(
            PlaceBucket at, String key, RetryingStore.Policy patience, ResponseInputStream<GetObjectResponse> first) {
        this.at = at;
        this.key = key;
        this.patience = patience;
        tag = Objects.requireNonNullElse(first.response().eTag(), "");
        expected = Objects.requireNonNull(first.response().contentLength(), "no Content-Length");
        body = new WholeBody(first);
    }

    /**
     * @throws dev.holdfast.engine.error.Missing (STORE_OBJECT_MISSING) if there is none
     */
    static ResumingBody open(PlaceBucket at, String key, RetryingStore.Policy patience) {
        try {
            return new ResumingBody(
                    at,
                    key,
                    patience,
                    at.client().getObject(r -> r.bucket(at.bucket()).key(key)));
        } catch (SdkException e) {
            if (!S3Failures.isNotFound(e)) {
                throw at.failure("cannot read", key, e);
            }
            throw at.home().exists() ? at.missing(key, e) : at.failures().noBucket(e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            WholeBody from = body;
            if (from == null) {
                if (done == expected) {
                    return -1;
                }
                from = rest();
                body = from;
            }
            try {
                int read = from.read(bytes, offset, length);
                if (read > 0) {
                    done += read;
                    failures = 0;
                }
                return read;
            } catch (IOException e) {
                giveUp();
                failures++;
                if (failures >= patience.tries()) {
                    throw new Unavailable(
                            ErrorCode.STORE_UNAVAILABLE,
                            "reading '" + key + "' in " + at.location() + " broke off at " + done + " of " + expected
                                    + " bytes: " + e.getMessage(),
                            "Check the network and the server.",
                            e);
                }
                pause();
            }
        }
    }

    private WholeBody rest() {
        GetObjectRequest.Builder request =
                GetObjectRequest.builder().bucket(at.bucket()).key(key).range("bytes=" + done + "-");
        if (!tag.isEmpty()) {
            request.ifMatch(tag);
        }
        try {
            ResponseInputStream<GetObjectResponse> answer = at.client().getObject(request.build());
            if (answer.response().contentRange() == null
                    || !Objects.equals(answer.response().contentLength(), expected - done)) {
                answer.abort();
                throw new Unsupported(
                        ErrorCode.STORE_UNSUITABLE,
                        at.location() + " does not answer ranges, so '" + key + "' cannot be read on",
                        "Use another server.");
            }
            return new WholeBody(answer);
        } catch (SdkException e) {
            if (S3Failures.isPreconditionFailed(e) || S3Failures.isNotFound(e)) {
                throw new Failed(
                        ErrorCode.STORE_OBJECT_MISSING,
                        "'" + key + "' in " + at.location() + " was replaced or removed while it was read",
                        "Read it again.",
                        e);
            }
            throw at.failure("cannot read on in", key, e);
        }
    }

    private void pause() {
        try {
            Thread.sleep(patience.firstPause()
                    .multipliedBy(failures)
                    .plusMillis(ThreadLocalRandom.current().nextInt(50)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled(ErrorCode.CANCELLED, "stopped while reading '" + key + "'", "", e);
        }
    }

    private void giveUp() {
        WholeBody broken = body;
        body = null;
        if (broken != null) {
            try {
                broken.close();
            } catch (IOException e) {
                // it is broken already
                return;
            }
        }
    }

    @Override
    public void close() {
        giveUp();
        done = expected;
    }
}
