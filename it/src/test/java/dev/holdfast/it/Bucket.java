package dev.holdfast.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.Tag;

/** A small bucket with something of everything. */
final class Bucket {
    private static final int PART_BYTES = 5 << 20;

    private final S3Place place;
    private final String name;

    Bucket(S3Place place, String name) {
        this.place = place;
        this.name = name;
    }

    String name() {
        return name;
    }

    Bucket beside(String suffix) {
        return new Bucket(place, name + suffix);
    }

    /** Creates it with a number of objects of 100 bytes to 60 kB, an empty one, awkward names and one of 6 MB. */
    void fill(int objects) {
        try (S3Client client = place.client()) {
            client.createBucket(r -> r.bucket(name));
            put(client, "empty", new byte[0]);
            for (String key :
                    List.of("a b+c%20d.txt", "größe/日本語.txt", "deep/er/and/deeper/still", "-rf", "~tilde&=?.x")) {
                put(client, key, key.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
            putInParts(client, "big/six-megabytes.bin", 6_000_000);
        }
        append(0, objects);
    }

    /** Adds objects {@code from} (inclusive) to {@code to} (exclusive). */
    void append(int from, int to) {
        try (S3Client client = place.client()) {
            for (int i = from; i < to; i++) {
                put(client, key(i), bytes(i, 100 + (i * 7919) % 60_000));
            }
        }
    }

    static String key(int number) {
        return "media/%02d/object-%05d.jpg".formatted(number % 17, number);
    }

    void put(String key, byte[] content) {
        try (S3Client client = place.client()) {
            put(client, key, content);
        }
    }

    void delete(String key) {
        try (S3Client client = place.client()) {
            client.deleteObject(r -> r.bucket(name).key(key));
        }
    }

    /** The content of an object; empty if the object, or the bucket, is not there. */
    Optional<byte[]> find(String key) {
        try (S3Client client = place.client()) {
            return Optional.of(
                    client.getObjectAsBytes(r -> r.bucket(name).key(key)).asByteArray());
        } catch (NoSuchKeyException | NoSuchBucketException e) {
            return Optional.empty();
        }
    }

    private void put(S3Client client, String key, byte[] content) {
        client.putObject(
                r -> {
                    r.bucket(name)
                            .key(key)
                            .contentType(key.endsWith(".jpg") ? "image/jpeg" : "text/plain; charset=utf-8")
                            .cacheControl("max-age=" + content.length)
                            .metadata(Map.of("origin", "camera " + content.length, "reviewed", "yes"));
                    if (place.tags()) {
                        r.tagging("kind=photo&size=" + content.length);
                    }
                },
                RequestBody.fromBytes(content));
    }

    private void putInParts(S3Client client, String key, int length) {
        byte[] content = bytes(length, length);
        String upload = client.createMultipartUpload(
                        r -> r.bucket(name).key(key).contentType("application/x-big"))
                .uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        for (int at = 0; at < length; at += PART_BYTES) {
            int number = parts.size() + 1;
            byte[] part = java.util.Arrays.copyOfRange(content, at, Math.min(length, at + PART_BYTES));
            String etag = client.uploadPart(
                            r -> r.bucket(name).key(key).uploadId(upload).partNumber(number),
                            RequestBody.fromBytes(part))
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
        }
        client.completeMultipartUpload(
                r -> r.bucket(name).key(key).uploadId(upload).multipartUpload(u -> u.parts(parts)));
    }

    private static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    void create() {
        try (S3Client client = place.client()) {
            client.createBucket(r -> r.bucket(name));
        }
    }

    boolean exists() {
        try (S3Client client = place.client()) {
            client.listObjectsV2(r -> r.bucket(name).maxKeys(1));
            return true;
        } catch (NoSuchBucketException e) {
            return false;
        }
    }

    /** Deletes every object and the bucket; nothing is done where there is none. */
    void destroy() {
        try (S3Client client = place.client()) {
            for (String key : keys(client)) {
                client.deleteObject(r -> r.bucket(name).key(key));
            }
            client.deleteBucket(r -> r.bucket(name));
        } catch (NoSuchBucketException e) {
            // it is gone, as was wanted
        }
    }

    /** The same while somebody goes on writing into it. */
    void lose() {
        Until.met("the bucket is gone", () -> {
            try {
                destroy();
                return true;
            } catch (S3Exception e) {
                return false; // written to meanwhile
            }
        });
    }

    List<String> keys() {
        try (S3Client client = place.client()) {
            return keys(client);
        }
    }

    private List<String> keys(S3Client client) {
        List<String> keys = new ArrayList<>();
        String after = "";
        while (true) {
            String from = after;
            ListObjectsV2Response page =
                    client.listObjectsV2(r -> r.bucket(name).startAfter(from));
            page.contents().stream().map(S3Object::key).forEach(keys::add);
            if (!Boolean.TRUE.equals(page.isTruncated())) {
                return keys;
            }
            after = keys.getLast();
        }
    }

    /** The lengths of all objects, added up. */
    long bytes() {
        try (S3Client client = place.client()) {
            return client.listObjectsV2Paginator(r -> r.bucket(name)).contents().stream()
                    .mapToLong(S3Object::size)
                    .sum();
        }
    }

    /** What is kept under every key: digest of the content, headers, metadata, tags. */
    Map<String, String> fingerprint() {
        Map<String, String> found = new TreeMap<>();
        try (S3Client client = place.client()) {
            for (String key : keys(client)) {
                found.put(key, look(client, key));
            }
        }
        return found;
    }

    private String look(S3Client client, String key) {
        try (ResponseInputStream<GetObjectResponse> body =
                client.getObject(r -> r.bucket(name).key(key))) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[64 * 1024];
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            GetObjectResponse object = body.response();
            List<String> tags = !place.tags()
                    ? List.of()
                    : client.getObjectTagging(r -> r.bucket(name).key(key)).tagSet().stream()
                            .map(Tag::toString)
                            .sorted()
                            .toList();
            return String.join(
                    " ",
                    HexFormat.of().formatHex(digest.digest()),
                    object.contentType(),
                    object.cacheControl(),
                    new TreeMap<>(object.metadata()).toString(),
                    tags.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
