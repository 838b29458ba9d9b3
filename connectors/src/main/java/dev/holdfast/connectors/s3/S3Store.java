package dev.holdfast.connectors.s3;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.store.Body;
import dev.holdfast.engine.store.ObjectStore;
import dev.holdfast.engine.store.StoreKey;
import dev.holdfast.engine.store.StoreProbe;
import dev.holdfast.engine.store.StoredObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A store in a bucket, or under a prefix of it.
 *
 * <p>Objects up to {@value #SINGLE_MAX} bytes are written by one {@code PUT} with {@code If-None-Match: *} and {@code
 * Content-MD5}: atomic and once, on every server that passes {@link #probe}. Larger ones (packs, whose names are never used
 * twice) are written as multipart uploads of equal parts, after a look whether the name is free: some servers ignore the
 * condition when such an upload is completed. Their length is checked afterwards.
 *
 * <p>Safe for many threads. Makes every call once, but for pages of listings, whose repetition nobody notices.
 */
public final class S3Store implements ObjectStore {
    /** Largest object that is written by a single request. */
    static final int SINGLE_MAX = 16 << 20;

    private static final int PART_BYTES = 16 << 20;
    private static final int PARTS_AT_ONCE = 4;
    private static final int READ_WHOLE_MAX = 64 << 20;

    private final S3Location location;
    private final String prefix;
    private final S3Failures failures;
    private final S3Clients clients;
    private final S3Client client;
    private final S3Client listing;
    private final HomeBucket bucket;

    /**
     * @param location where; its prefix is a folder, a missing {@code /} at its end is added
     */
    public S3Store(S3Location location) {
        this.prefix = location.folder();
        this.location = location.withoutSlashes();
        failures = S3Failures.ofStore(this.location);
        clients = new S3Clients(location);
        client = clients.once();
        listing = clients.repeating();
        bucket = new HomeBucket(client, this.location, failures);
    }

    @Override
    public String location() {
        return location.uri();
    }

    @Override
    public void prepare() {
        bucket.prepare(false);
    }

    @Override
    public void probe() {
        StoreProbe.run(this);
        probeListings();
    }

    /** Some servers lose objects between pages, or show others in one listing than in another. */
    private void probeListings() {
        SortedSet<String> expected = new TreeSet<>();
        List<StoreKey> scratch = new ArrayList<>();
        String folder = "probe/" + UUID.randomUUID() + "/";
        try {
            for (String name : List.of("a", "b/c", "b0", "d")) {
                StoreKey key = new StoreKey(folder + name);
                scratch.add(key);
                expected.add(prefix + key);
                create(key, Body.of(new byte[] {1}));
            }
            expectListing("version 2", expected, namesBySecondVersion(prefix + folder));
            expectListing("version 1", expected, namesByFirstVersion(prefix + folder));
        } catch (SdkException e) {
            throw failures.of("cannot list", e);
        } finally {
            scratch.forEach(this::delete);
        }
    }

    private void expectListing(String which, SortedSet<String> expected, List<String> found) {
        if (!found.equals(List.copyOf(expected))) {
            throw new Unsupported(
                    ErrorCode.STORE_UNSUITABLE,
                    "'" + location() + "' cannot hold a repository: a listing in pages (" + which + ") shows "
                            + found.size() + " objects of " + expected.size() + ", or not in order",
                    "Update the server, or keep the repository in another place.");
        }
    }

    private List<String> namesBySecondVersion(String from) {
        List<String> names = new ArrayList<>();
        pages(listing, location.bucket(), from, 1, page -> page.forEach(object -> names.add(object.key())));
        return names;
    }

    private List<String> namesByFirstVersion(String from) {
        List<String> names = new ArrayList<>();
        for (String marker = ""; names.size() < 10; ) {
            String after = marker;
            var page = listing.listObjects(
                    r -> r.bucket(location.bucket()).prefix(from).marker(after).maxKeys(1));
            page.contents().forEach(object -> names.add(object.key()));
            if (!Boolean.TRUE.equals(page.isTruncated()) || page.contents().isEmpty()) {
                return names;
            }
            marker = page.contents().getLast().key();
        }
        return names;
    }

    @Override
    public void create(StoreKey key, Body body) {
        try {
            if (body.bytes() <= SINGLE_MAX) {
                put(key, body);
            } else {
                upload(key, body);
            }
        } catch (S3Exception e) {
            if (e.statusCode() == 412 || (e.statusCode() == 409 && isThere(key))) {
                throw exists(key, e);
            }
            throw failures.of("cannot create '" + key + "'", e);
        } catch (SdkException e) {
            throw failures.of("cannot create '" + key + "'", e);
        }
    }

    private void put(StoreKey key, Body body) {
        byte[] content = content(body);
        clients.onceFor(content.length)
                .putObject(
                        r -> r.bucket(location.bucket())
                                .key(prefix + key)
                                .ifNoneMatch("*")
                                .contentType("application/octet-stream")
                                .contentMD5(md5(content)),
                        RequestBody.fromBytes(content));
    }

    private static byte[] content(Body body) {
        return switch (body) {
            case Body.InMemory memory -> memory.content();
            case Body.InFile file -> {
                try {
                    byte[] content = Files.readAllBytes(file.path());
                    if (content.length != file.bytes()) {
                        throw new IOException(
                                "'" + file.path() + "' has " + content.length + " bytes instead of " + file.bytes());
                    }
                    yield content;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    private static String md5(byte[] content) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("MD5").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void upload(StoreKey key, Body body) {
        if (isThere(key)) {
            throw exists(key, null);
        }
        String upload = client.createMultipartUpload(
                        r -> r.bucket(location.bucket()).key(prefix + key).contentType("application/octet-stream"))
                .uploadId();
        boolean completed = false;
        try {
            List<CompletedPart> parts = uploadParts(key, upload, body);
            client.completeMultipartUpload(r -> r.bucket(location.bucket())
                    .key(prefix + key)
                    .uploadId(upload)
                    .ifNoneMatch("*")
                    .multipartUpload(m -> m.parts(parts)));
            completed = true;
        } finally {
            if (!completed) {
                abort(prefix + key, upload);
            }
        }
        expectLength(key, body.bytes());
    }

    private List<CompletedPart> uploadParts(StoreKey key, String upload, Body body) {
        int count = Math.toIntExact((body.bytes() + PART_BYTES - 1) / PART_BYTES);
        Semaphore window = new Semaphore(PARTS_AT_ONCE);
        List<Future<CompletedPart>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                for (int number = 1; number <= count; number++) {
                    int part = number;
                    running.add(threads.submit(() -> {
                        window.acquire();
                        try {
                            return uploadPart(key, upload, body, part);
                        } finally {
                            window.release();
                        }
                    }));
                }
                List<CompletedPart> parts = new ArrayList<>();
                for (Future<CompletedPart> part : running) {
                    parts.add(part.get());
                }
                return parts;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Cancelled(ErrorCode.CANCELLED, "stopped while creating '" + key + "'", "", e);
            } catch (ExecutionException e) {
                throw rethrown(e);
            } finally {
                running.forEach(part -> part.cancel(true));
            }
        }
    }

    private static RuntimeException rethrown(ExecutionException e) {
        return switch (e.getCause()) {
            case RuntimeException cause -> cause;
            case Error cause -> throw cause;
            case null, default -> new IllegalStateException(e);
        };
    }

    private CompletedPart uploadPart(StoreKey key, String upload, Body body, int number) {
        long offset = (long) (number - 1) * PART_BYTES;
        long length = Math.min(PART_BYTES, body.bytes() - offset);
        ContentStreamProvider content = () -> open(body, offset, length);
        String tag = clients.onceFor(length)
                .uploadPart(
                        r -> r.bucket(location.bucket())
                                .key(prefix + key)
                                .uploadId(upload)
                                .partNumber(number)
                                .contentLength(length),
                        RequestBody.fromContentProvider(content, length, "application/octet-stream"))
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    private static InputStream open(Body body, long offset, long length) {
        return switch (body) {
            case Body.InMemory memory ->
                new ByteArrayInputStream(memory.content(), Math.toIntExact(offset), Math.toIntExact(length));
            case Body.InFile file -> FileRange.open(file.path(), offset, length);
        };
    }

    private void abort(String key, String upload) {
        try {
            client.abortMultipartUpload(
                    r -> r.bucket(location.bucket()).key(key).uploadId(upload));
        } catch (SdkException e) {
            // the failure before this one is told; what is left is swept later
            return;
        }
    }

    private void expectLength(StoreKey key, long expected) {
        long found = size(key);
        if (found != expected) {
            delete(key);
            throw new Unavailable(
                    ErrorCode.STORE_UNAVAILABLE,
                    "'" + key + "' in " + location + " has " + found + " bytes instead of " + expected
                            + " after it was written",
                    "Check the server: it lost a part of an upload.");
        }
    }

    private boolean isThere(StoreKey key) {
        try {
            client.headObject(r -> r.bucket(location.bucket()).key(prefix + key));
            return true;
        } catch (SdkException e) {
            if (S3Failures.isNotFound(e)) {
                return false;
            }
            throw failures.of("cannot look for '" + key + "'", e);
        }
    }

    @Override
    public byte[] read(StoreKey key) {
        try (ResponseInputStream<GetObjectResponse> content =
                client.getObject(r -> r.bucket(location.bucket()).key(prefix + key))) {
            long length = Objects.requireNonNull(content.response().contentLength(), "no Content-Length");
            if (length > READ_WHOLE_MAX) {
                content.abort();
                throw new IllegalArgumentException("'" + key + "' has " + length + " bytes: too long to read whole");
            }
            return readFully(key, content, (int) length);
        } catch (SdkException e) {
            throw readFailure(key, e);
        } catch (IOException e) {
            throw brokenOff(key, e);
        }
    }

    @Override
    public byte[] read(StoreKey key, long offset, int length) {
        String range = "bytes=" + offset + "-" + (offset + length - 1);
        try (ResponseInputStream<GetObjectResponse> content = client.getObject(
                r -> r.bucket(location.bucket()).key(prefix + key).range(range))) {
            if (content.response().contentRange() == null) {
                content.abort();
                throw new Unsupported(
                        ErrorCode.STORE_UNSUITABLE, location + " does not answer ranges", "Use another server.");
            }
            long found = Objects.requireNonNull(content.response().contentLength(), "no Content-Length");
            if (found != length) {
                content.abort();
                throw endsEarly(key, offset + found, offset + length, null);
            }
            return readFully(key, content, length);
        } catch (S3Exception e) {
            if (e.statusCode() == 416) {
                throw endsEarly(key, -1, offset + length, e);
            }
            throw readFailure(key, e);
        } catch (SdkException e) {
            throw readFailure(key, e);
        } catch (IOException e) {
            throw brokenOff(key, e);
        }
    }

    private byte[] readFully(StoreKey key, InputStream content, int length) throws IOException {
        byte[] bytes = content.readNBytes(length);
        if (bytes.length != length || content.read() >= 0) {
            throw brokenOff(key, null);
        }
        return bytes;
    }

    private Unavailable brokenOff(StoreKey key, @Nullable IOException cause) {
        return new Unavailable(
                ErrorCode.STORE_UNAVAILABLE,
                "reading '" + key + "' in " + location + " broke off"
                        + (cause == null ? "" : ": " + cause.getMessage()),
                "Check the network and the server.",
                cause);
    }

    private Damaged endsEarly(StoreKey key, long found, long expected, @Nullable Throwable cause) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "'" + key + "' in " + location + " ends " + (found < 0 ? "" : "at " + found + " bytes, ") + "before "
                        + expected + " bytes",
                "Run 'holdfast check' to see what else is hurt.",
                cause);
    }

    @Override
    public long size(StoreKey key) {
        try {
            Long bytes = client.headObject(r -> r.bucket(location.bucket()).key(prefix + key))
                    .contentLength();
            return Objects.requireNonNull(bytes, "no Content-Length");
        } catch (SdkException e) {
            throw readFailure(key, e);
        }
    }

    private HoldfastException readFailure(StoreKey key, SdkException e) {
        if (!S3Failures.isNotFound(e)) {
            return failures.of("cannot read '" + key + "'", e);
        }
        if (S3Failures.isNoBucket(e) || !bucket.exists()) {
            return failures.noBucket(e);
        }
        return new Missing(ErrorCode.STORE_OBJECT_MISSING, "'" + key + "' is not there in " + location.uri(), "", e);
    }

    @Override
    public void list(String wanted, Consumer<StoredObject> consumer) {
        try {
            pages(listing, location.bucket(), prefix + wanted, 1000, page -> {
                for (S3Object object : page) {
                    String name = object.key().substring(prefix.length());
                    if (StoreKey.isValid(name)) {
                        consumer.accept(new StoredObject(new StoreKey(name), object.size(), object.lastModified()));
                    }
                }
            });
        } catch (SdkException e) {
            throw failures.of("cannot list '" + wanted + "'", e);
        }
    }

    private void pages(S3Client from, String bucket, String under, int pageSize, Consumer<List<S3Object>> consumer) {
        ListingPages pages = new ListingPages(from, bucket, under, pageSize, location.toString());
        for (List<S3Object> page = pages.next(); page != null; page = pages.next()) {
            consumer.accept(page);
        }
    }

    @Override
    public void delete(StoreKey key) {
        try {
            client.deleteObject(r -> r.bucket(location.bucket()).key(prefix + key));
        } catch (SdkException e) {
            if (!S3Failures.isNotFound(e) || S3Failures.isNoBucket(e)) {
                throw failures.of("cannot delete '" + key + "'", e);
            }
        }
    }

    @Override
    public int sweepTemporary(Instant olderThan) {
        int swept = 0;
        try {
            for (MultipartUpload upload : listing.listMultipartUploadsPaginator(
                            r -> r.bucket(location.bucket()).prefix(prefix))
                    .uploads()) {
                if (StoreKey.isValid(upload.key().substring(prefix.length()))
                        && upload.initiated().isBefore(olderThan)) {
                    abort(upload.key(), upload.uploadId());
                    swept++;
                }
            }
        } catch (SdkException e) {
            throw failures.of("cannot list unfinished uploads", e);
        }
        return swept;
    }

    @Override
    public void close() {
        clients.close();
    }

    private AlreadyExists exists(StoreKey key, @Nullable Throwable cause) {
        return new AlreadyExists(
                ErrorCode.STORE_OBJECT_EXISTS, "'" + key + "' exists already in " + location.uri(), "", cause);
    }
}
