package dev.holdfast.connectors.s3;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Entry;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Writes entries back as objects: small ones from memory, large ones as uploads of equal parts that stream from the
 * repository. Safe for many threads.
 */
final class ObjectRestorer {
    private static final int IN_MEMORY_MAX = 1 << 20;
    private static final int SINGLE_MAX = 16 << 20;
    private static final long PART_BYTES = 16L << 20;
    private static final int PARTS_MAX = 10_000;
    private static final int STREAMS_AT_ONCE = 6;
    private static final int TRIES = 4;
    private static final int FIRST_PAUSE_MILLIS = 300;

    private final S3Clients clients;
    private final S3Location location;
    private final S3Failures failures;
    private final PartReader part;
    private final Semaphore streams = new Semaphore(STREAMS_AT_ONCE);
    private final AtomicBoolean conditional;
    private final AtomicBoolean tagsProven = new AtomicBoolean();
    private final AtomicLong tagged = new AtomicLong();
    private final AtomicLong tagsLost = new AtomicLong();
    private volatile boolean tagsForgotten;
    private final AtomicLong classesLost = new AtomicLong();

    ObjectRestorer(S3Clients clients, S3Location location, S3Failures failures, PartReader part, boolean overwrite) {
        this.clients = clients;
        this.location = location;
        this.failures = failures;
        this.part = part;
        conditional = new AtomicBoolean(!overwrite);
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        long tagless = tagsForgotten ? tagged.get() : tagsLost.get();
        if (tagless > 0) {
            findings.add(new Finding(
                    location.uri(), "the tags of " + tagless + " objects were not restored: the server keeps none"));
        }
        if (classesLost.get() > 0) {
            findings.add(new Finding(
                    location.uri(),
                    classesLost.get() + " objects are in the server's usual storage class: it does not know theirs"));
        }
        return findings;
    }

    void restore(Entry entry) {
        String key = location.prefix() + new String(entry.key().toBytes(), StandardCharsets.UTF_8);
        if (key.isEmpty()) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the object that was named as the captured prefix itself would have no name in " + location,
                    "Restore into a prefix with --to BUCKET/PREFIX.");
        }
        boolean streamed = entry.content().bytes() > IN_MEMORY_MAX;
        acquire(streamed);
        try {
            write(key, entry, new Extras(true, true));
            proveTags(key, entry.attributes());
        } catch (SdkException e) {
            throw failures.of("cannot write '" + entry.key() + "'", e);
        } finally {
            if (streamed) {
                streams.release();
            }
        }
    }

    private void acquire(boolean streamed) {
        try {
            if (streamed) {
                streams.acquire();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled(ErrorCode.CANCELLED, "stopped", "", e);
        }
    }

    /** What not every server takes. */
    private record Extras(boolean tags, boolean storageClass) {}

    /** Writes with everything; what the server does not know is left out and counted. */
    private void write(String key, Entry entry, Extras extras) {
        try {
            if (entry.content().bytes() > SINGLE_MAX) {
                upload(key, entry, extras);
            } else {
                put(key, entry, extras);
            }
        } catch (S3Exception e) {
            Attributes attributes = entry.attributes();
            if (S3Failures.isPreconditionFailed(e)) {
                expectOwn(key, entry, e);
            } else if (S3Failures.isNotImplemented(e) && conditional.getAndSet(false)) {
                write(key, entry, extras);
            } else if (S3Failures.code(e).equals("InvalidStorageClass") && extras.storageClass()) {
                classesLost.incrementAndGet();
                write(key, entry, new Extras(extras.tags(), false));
            } else if (S3Failures.isNotImplemented(e) && extras.tags() && attributes.has(BucketEntry.TAGS)) {
                tagsLost.incrementAndGet();
                write(key, entry, new Extras(false, extras.storageClass()));
            } else {
                throw e;
            }
        }
    }

    private void put(String key, Entry entry, Extras extras) {
        PutObjectRequest.Builder request =
                PutObjectRequest.builder().bucket(location.bucket()).key(key);
        describe(request, entry.attributes(), extras);
        if (conditional.get()) {
            request.ifNoneMatch("*");
        }
        long bytes = entry.content().bytes();
        MessageDigest md5 = md5();
        RequestBody body;
        if (bytes <= IN_MEMORY_MAX) {
            byte[] content = readWhole(entry);
            request.contentMD5(Base64.getEncoder().encodeToString(md5.digest(content)));
            body = RequestBody.fromBytes(content);
        } else {
            body = RequestBody.fromContentProvider(() -> digesting(entry, md5), bytes, type(entry.attributes()));
        }
        String etag = BucketEntry.unquoted(
                clients.repeatingWhole().putObject(request.build(), body).eTag());
        expectStored(key, entry, etag, bytes <= IN_MEMORY_MAX ? null : md5);
    }

    private byte[] readWhole(Entry entry) {
        try (InputStream content = part.open(entry.content())) {
            return content.readNBytes(Math.toIntExact(entry.content().bytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private InputStream digesting(Entry entry, MessageDigest md5) {
        md5.reset();
        return new DigestInputStream(part.open(entry.content()), md5);
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Uploads equal parts one after the other from one stream; a part that fails is sent again from a new stream. */
    private void upload(String key, Entry entry, Extras extras) {
        CreateMultipartUploadRequest.Builder request =
                CreateMultipartUploadRequest.builder().bucket(location.bucket()).key(key);
        describe(request, entry.attributes(), extras);
        String upload =
                clients.repeating().createMultipartUpload(request.build()).uploadId();
        boolean completed = false;
        try {
            List<CompletedPart> parts = uploadParts(key, upload, entry);
            clients.repeating().completeMultipartUpload(r -> {
                r.bucket(location.bucket()).key(key).uploadId(upload).multipartUpload(m -> m.parts(parts));
                if (conditional.get()) {
                    r.ifNoneMatch("*");
                }
            });
            completed = true;
        } finally {
            if (!completed) {
                abort(key, upload);
            }
        }
        expectStored(key, entry, "", null);
        if (extras.tags()) {
            entry.attributes().text(BucketEntry.TAGS).ifPresent(tags -> tagUploaded(key, tags));
        }
    }

    /** Tags that are given when an upload begins are forgotten by some servers (Ceph RGW 16.2). */
    private void tagUploaded(String key, String tags) {
        List<Tag> set = new ArrayList<>();
        BucketEntry.decode(tags)
                .forEach((name, value) ->
                        set.add(Tag.builder().key(name).value(value).build()));
        try {
            clients.repeatingWhole()
                    .putObjectTagging(r -> r.bucket(location.bucket()).key(key).tagging(t -> t.tagSet(set)));
        } catch (S3Exception e) {
            if (!S3Failures.isNotImplemented(e)) {
                throw e;
            }
            tagsLost.incrementAndGet();
        }
    }

    private List<CompletedPart> uploadParts(String key, String upload, Entry entry) {
        long total = entry.content().bytes();
        long partBytes = partBytes(total);
        List<CompletedPart> parts = new ArrayList<>();
        int failuresInARow = 0;
        while (parts.size() * partBytes < total) {
            try (InputStream content = part.open(entry.content())) {
                content.skipNBytes(parts.size() * partBytes);
                while (parts.size() * partBytes < total) {
                    long length = Math.min(partBytes, total - parts.size() * partBytes);
                    parts.add(uploadPart(key, upload, parts.size() + 1, content, length));
                    failuresInARow = 0;
                }
            } catch (SdkException e) {
                boolean passing = failures.of("", e) instanceof Unavailable && ++failuresInARow < TRIES;
                if (!passing) {
                    throw e;
                }
                pause(failuresInARow);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return parts;
    }

    /** Equal parts, as few bytes as possible but not too many parts. */
    static long partBytes(long total) {
        long mebibytes = (total + PARTS_MAX * (1L << 20) - 1) / (PARTS_MAX * (1L << 20));
        return Math.max(PART_BYTES, mebibytes << 20);
    }

    private CompletedPart uploadPart(String key, String upload, int number, InputStream content, long length) {
        UploadPartResponse stored = clients.onceFor(length)
                .uploadPart(
                        r -> r.bucket(location.bucket())
                                .key(key)
                                .uploadId(upload)
                                .partNumber(number)
                                .contentLength(length),
                        RequestBody.fromInputStream(new Portion(content, length), length));
        return CompletedPart.builder().partNumber(number).eTag(stored.eTag()).build();
    }

    /** A given number of bytes of a stream that goes on after them, and that is not closed with this. */
    private static final class Portion extends FilterInputStream {
        private long left;

        Portion(InputStream stream, long length) {
            super(stream);
            left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                return length == 0 ? 0 : -1;
            }
            int read = in.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(read, 0);
            return read;
        }

        @Override
        public long skip(long bytes) {
            return 0;
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        @Override
        public void close() {}
    }

    private void abort(String key, String upload) {
        try {
            clients.repeating()
                    .abortMultipartUpload(
                            r -> r.bucket(location.bucket()).key(key).uploadId(upload));
        } catch (SdkException e) {
            // the failure before this one is told
            return;
        }
    }

    private static void pause(int failures) {
        try {
            Thread.sleep((long) FIRST_PAUSE_MILLIS << failures);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled(ErrorCode.CANCELLED, "stopped", "", e);
        }
    }

    private static String type(Attributes attributes) {
        return attributes.text(BucketEntry.CONTENT_TYPE).orElse("binary/octet-stream");
    }

    private static void describe(PutObjectRequest.Builder request, Attributes attributes, Extras extras) {
        request.contentType(type(attributes));
        attributes.text(BucketEntry.CONTENT_ENCODING).ifPresent(request::contentEncoding);
        attributes.text(BucketEntry.CONTENT_LANGUAGE).ifPresent(request::contentLanguage);
        attributes.text(BucketEntry.CONTENT_DISPOSITION).ifPresent(request::contentDisposition);
        attributes.text(BucketEntry.CACHE_CONTROL).ifPresent(request::cacheControl);
        attributes.text(BucketEntry.WEBSITE_REDIRECT).ifPresent(request::websiteRedirectLocation);
        attributes.text(BucketEntry.METADATA).map(BucketEntry::decode).ifPresent(request::metadata);
        attributes
                .text(BucketEntry.EXPIRES)
                .ifPresent(expires -> request.overrideConfiguration(header("Expires", expires)));
        if (extras.tags()) {
            attributes.text(BucketEntry.TAGS).ifPresent(request::tagging);
        }
        if (extras.storageClass()) {
            attributes.text(BucketEntry.STORAGE_CLASS).ifPresent(request::storageClass);
        }
    }

    private static void describe(CreateMultipartUploadRequest.Builder request, Attributes attributes, Extras extras) {
        request.contentType(type(attributes));
        attributes.text(BucketEntry.CONTENT_ENCODING).ifPresent(request::contentEncoding);
        attributes.text(BucketEntry.CONTENT_LANGUAGE).ifPresent(request::contentLanguage);
        attributes.text(BucketEntry.CONTENT_DISPOSITION).ifPresent(request::contentDisposition);
        attributes.text(BucketEntry.CACHE_CONTROL).ifPresent(request::cacheControl);
        attributes.text(BucketEntry.WEBSITE_REDIRECT).ifPresent(request::websiteRedirectLocation);
        attributes.text(BucketEntry.METADATA).map(BucketEntry::decode).ifPresent(request::metadata);
        attributes
                .text(BucketEntry.EXPIRES)
                .ifPresent(expires -> request.overrideConfiguration(header("Expires", expires)));
        if (extras.storageClass()) {
            attributes.text(BucketEntry.STORAGE_CLASS).ifPresent(request::storageClass);
        }
    }

    private static AwsRequestOverrideConfiguration header(String name, String value) {
        return AwsRequestOverrideConfiguration.builder().putHeader(name, value).build();
    }

    /** After 412: a repeated request meets the object that the first one made; anything else was there before. */
    private void expectOwn(String key, Entry entry, S3Exception cause) {
        HeadObjectResponse found =
                clients.repeating().headObject(r -> r.bucket(location.bucket()).key(key));
        boolean own = found.contentLength() == entry.content().bytes()
                && (entry.content().bytes() > SINGLE_MAX
                        || HexFormat.of().formatHex(digestOf(entry)).equals(BucketEntry.unquoted(found.eTag())));
        if (!own) {
            throw new AlreadyExists(
                    ErrorCode.BUCKET_NOT_EMPTY,
                    "'" + entry.key() + "' appeared in " + location + " during the restore",
                    "See who writes to the bucket, or replace what is there with --overwrite.",
                    cause);
        }
    }

    private byte[] digestOf(Entry entry) {
        MessageDigest md5 = md5();
        try (InputStream content = part.open(entry.content())) {
            byte[] buffer = new byte[64 << 10];
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                md5.update(buffer, 0, read);
            }
            return md5.digest();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @param etag what the server answered; empty if it is no digest
     * @param sent digest of what was sent; null if the server has checked it already
     */
    private void expectStored(String key, Entry entry, String etag, @Nullable MessageDigest sent) {
        if (sent != null && etag.matches("[0-9a-f]{32}")) {
            String digest = HexFormat.of().formatHex(sent.digest());
            if (digest.equals(etag)) {
                return;
            }
        } else if (sent == null && !etag.isEmpty()) {
            return;
        }
        HeadObjectResponse found =
                clients.repeating().headObject(r -> r.bucket(location.bucket()).key(key));
        boolean encrypted = found.serverSideEncryption() != null;
        if (found.contentLength() != entry.content().bytes() || (sent != null && !encrypted)) {
            throw new Failed(
                    ErrorCode.BUCKET_UNAVAILABLE,
                    "'" + entry.key() + "' in " + location + " is not what was sent: " + found.contentLength()
                            + " bytes, ETag " + found.eTag(),
                    "Check the server, then restore again.");
        }
    }

    /** Some servers take tags and forget them: looks once. */
    private void proveTags(String key, Attributes attributes) {
        if (!attributes.has(BucketEntry.TAGS)) {
            return;
        }
        tagged.incrementAndGet();
        if (tagsProven.getAndSet(true)) {
            return;
        }
        Map<String, String> wanted =
                attributes.text(BucketEntry.TAGS).map(BucketEntry::decode).orElseThrow();
        int found;
        try {
            found = clients.repeating()
                    .getObjectTagging(r -> r.bucket(location.bucket()).key(key))
                    .tagSet()
                    .size();
        } catch (S3Exception e) {
            if (e.statusCode() == 403) {
                return;
            }
            found = 0;
        }
        tagsForgotten = found != wanted.size();
    }
}
