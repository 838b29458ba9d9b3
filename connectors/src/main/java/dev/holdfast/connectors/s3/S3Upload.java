package dev.holdfast.connectors.s3;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * The upload of a file in parts, some of them at once. Each part is sent again after a passing fault, and the server compares its
 * checksum. Ended without {@link #complete}, nothing of it stays. For one thread; the parts go over threads of their own.
 */
final class S3Upload implements AutoCloseable {
    private static final int LAST_WAIT_SECONDS = 30;

    private final PlaceBucket at;
    private final String key;
    private final String token;
    private final Semaphore window;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<CompletedPart>> parts = new ArrayList<>();
    private final AtomicReference<@Nullable RuntimeException> failed = new AtomicReference<>();
    private final String id;
    private boolean completed;

    private S3Upload(PlaceBucket at, String key, String token, int atOnce, String id) {
        this.at = at;
        this.key = key;
        this.token = token;
        this.id = id;
        window = new Semaphore(atOnce);
    }

    /**
     * @param token a UUID that no other upload has
     * @param atOnce how many parts are sent at once
     */
    static S3Upload begin(PlaceBucket at, CreateMultipartUploadRequest.Builder request, String token, int atOnce) {
        switch (at.settings().checksum()) {
            case MD5 -> {}
            case CRC32 -> request.checksumAlgorithm(ChecksumAlgorithm.CRC32);
            case SHA256 -> request.checksumAlgorithm(ChecksumAlgorithm.SHA256);
        }
        CreateMultipartUploadRequest asked = at.kept(request);
        try {
            new UploadMarker(at).set(token, asked.key());
            return new S3Upload(
                    at,
                    asked.key(),
                    token,
                    atOnce,
                    at.client().createMultipartUpload(asked).uploadId());
        } catch (SdkException e) {
            new UploadMarker(at).remove(token);
            throw at.failure("cannot begin to write", asked.key(), e);
        }
    }

    int parts() {
        return parts.size();
    }

    /** Takes a part over and sends it as soon as few enough are on their way. */
    void send(PartBuffer part) {
        try {
            window.acquire();
        } catch (InterruptedException e) {
            part.close();
            throw stopped(e);
        }
        RuntimeException before = failed.get();
        if (before != null) {
            part.close();
            throw before;
        }
        int number = parts.size() + 1;
        parts.add(threads.submit(() -> {
            try (part) {
                return sent(part, number);
            } catch (RuntimeException e) {
                failed.compareAndSet(null, e);
                throw e;
            } finally {
                window.release();
            }
        }));
    }

    private CompletedPart sent(PartBuffer part, int number) {
        PartBuffer.Sums sums = part.sums();
        long length = part.bytes();
        UploadPartRequest.Builder request = UploadPartRequest.builder()
                .bucket(at.bucket())
                .key(key)
                .uploadId(id)
                .partNumber(number)
                .contentLength(length)
                .contentMD5(sums.md5());
        CompletedPart.Builder done = CompletedPart.builder().partNumber(number);
        switch (sums.kind()) {
            case MD5 -> {}
            case CRC32 -> {
                request.checksumCRC32(sums.crc32());
                done.checksumCRC32(sums.crc32());
            }
            case SHA256 -> {
                request.checksumSHA256(sums.sha256());
                done.checksumSHA256(sums.sha256());
            }
        }
        try {
            String tag = at.clients()
                    .repeatingFor(length)
                    .uploadPart(
                            request.build(),
                            RequestBody.fromContentProvider(part::open, length, "application/octet-stream"))
                    .eTag();
            return done.eTag(tag).build();
        } catch (SdkException e) {
            throw failure("cannot write part " + number + " of", e);
        }
    }

    private HoldfastException failure(String what, SdkException e) {
        boolean ended =
                e instanceof S3Exception answer && S3Failures.code(answer).equals("NoSuchUpload");
        return ended
                ? new Unavailable(
                        ErrorCode.STORE_UNAVAILABLE,
                        "the upload of '" + key + "' to " + at.location() + " was ended by somebody else",
                        "See that no rule of the bucket ends uploads so early.",
                        e)
                : at.failure(what, key, e);
    }

    private Cancelled stopped(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Cancelled(ErrorCode.CANCELLED, "stopped while writing '" + key + "'", "", e);
    }

    /** Waits until all parts are there. */
    private List<CompletedPart> sent() {
        List<CompletedPart> sent = new ArrayList<>();
        for (Future<CompletedPart> part : parts) {
            try {
                sent.add(part.get());
            } catch (InterruptedException e) {
                throw stopped(e);
            } catch (ExecutionException e) {
                RuntimeException first = failed.get();
                throw first == null ? new IllegalStateException(e) : first;
            }
        }
        return sent;
    }

    /**
     * Makes one file of the parts.
     *
     * @param once whether the server is asked to do so only if there is none of that name; some ignore that
     */
    void complete(boolean once) {
        List<CompletedPart> sent = sent();
        try {
            complete(sent, once);
        } catch (SdkException e) {
            if (!once || !S3Failures.isNotImplemented(e)) {
                throw e;
            }
            complete(sent, false);
        }
        completed();
    }

    private void complete(List<CompletedPart> sent, boolean once) {
        at.client().completeMultipartUpload(r -> {
            r.bucket(at.bucket()).key(key).uploadId(id).multipartUpload(m -> m.parts(sent));
            if (once) {
                r.ifNoneMatch("*");
            }
        });
    }

    /** What was asked for is done, whatever the answer was. */
    void completed() {
        completed = true;
    }

    HoldfastException incomplete(SdkException e) {
        return failure("cannot finish", e);
    }

    /** Ends it; what is still being sent first, because parts that arrive later would stay. */
    @Override
    public void close() {
        // whoever stops this wants it cleared away, too
        boolean stopped = Thread.interrupted();
        try {
            threads.shutdownNow();
            boolean ended = threads.awaitTermination(LAST_WAIT_SECONDS, TimeUnit.SECONDS);
            if (completed || (aborted() && ended)) {
                new UploadMarker(at).remove(token);
            }
        } catch (InterruptedException e) {
            stopped = true;
        } finally {
            if (stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean aborted() {
        try {
            at.clients()
                    .brief()
                    .abortMultipartUpload(r -> r.bucket(at.bucket()).key(key).uploadId(id));
            return true;
        } catch (SdkException e) {
            // the failure before this one is told; where the upload is still there, the marker leads a sweep to it
            return S3Failures.isNotFound(e);
        }
    }
}
