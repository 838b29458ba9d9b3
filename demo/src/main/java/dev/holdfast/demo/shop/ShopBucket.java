package dev.holdfast.demo.shop;

import dev.holdfast.demo.stand.LocalS3;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The shop's bucket: photographs, pages and one film, under keys as people make them. */
public final class ShopBucket {
    public static final String NAME = "shop-media";
    private static final int WIDTH = 8;
    private static final int PART_BYTES = 8 << 20;
    private static final String FILM = "films/the making of.mp4";

    /** Keys that break tools which build URLs, paths or command lines from them. */
    private static final List<String> AWKWARD = List.of(
            "awkward/two  spaces.txt",
            "awkward/100% cotton & linen + silk=?.txt",
            "awkward/%2e%2e%2f.txt",
            "awkward/hash#tag;semicolon,comma.txt",
            "awkward/quote'double\"back`tick.txt",
            "awkward/<tag attr=\"1\">&amp;.txt",
            "awkward/çay bardağı – 日本語 – 🧵.txt",
            "awkward/NFC-\u00e9.txt",
            "awkward/NFD-e\u0301.txt",
            "awkward/-rf",
            "awkward/~home$HOME${x}|pipe.txt",
            "awkward/" + "long".repeat(48) + ".txt",
            "awkward/.hidden",
            "awkward/UPPER.txt",
            "awkward/upper.txt",
            "awkward/back\\slash*star:colon.txt");

    private final LocalS3 server;
    private final ShopSize size;

    public ShopBucket(LocalS3 server, ShopSize size) {
        this.server = server;
        this.size = size;
    }

    /** Creates and fills the bucket. */
    public void fill() {
        server.createBucket(NAME);
        try (S3Client client = server.s3Client().build()) {
            List<Runnable> puts = new ArrayList<>();
            for (int i = 0; i < size.objects() - AWKWARD.size() - 1; i++) {
                int number = i;
                puts.add(() -> put(client, key(number), number));
            }
            for (int i = 0; i < AWKWARD.size(); i++) {
                int number = i;
                puts.add(() -> put(client, AWKWARD.get(number), -1 - number));
            }
            Parallel.run(WIDTH, puts);
            putFilm(client);
        }
    }

    /** Overwrites 15 objects, adds 8 and deletes 7; answers how many that are. */
    public long change() {
        try (S3Client client = server.s3Client().build()) {
            for (int i = 0; i < 15; i++) {
                put(client, key(i * 7), 1_000_000 + i);
            }
            for (int i = 0; i < 8; i++) {
                put(client, "new/%d.jpg".formatted(i), 2_000_000 + i);
            }
            for (int i = 0; i < 7; i++) {
                String key = key(3 + i * 7);
                client.deleteObject(delete -> delete.bucket(NAME).key(key));
            }
        }
        return 30;
    }

    /** Deletes every object, then the bucket; answers how many objects there were. */
    public long destroy() {
        return server.deleteBucket(NAME);
    }

    public boolean exists() {
        try (S3Client client = server.s3Client().build()) {
            client.headBucket(head -> head.bucket(NAME));
            return true;
        } catch (NoSuchBucketException e) {
            return false;
        }
    }

    /** SHA-256, content type, other headers and user metadata of every object, read through S3. */
    public Inventory inventory() {
        Map<String, String> entries = new ConcurrentSkipListMap<>();
        LongAdder bytes = new LongAdder();
        try (S3Client client = server.s3Client().build()) {
            Queue<S3Object> objects = new ConcurrentLinkedQueue<>();
            client.listObjectsV2Paginator(list -> list.bucket(NAME)).contents().forEach(objects::add);
            List<Runnable> readers = new ArrayList<>();
            for (int i = 0; i < WIDTH; i++) {
                readers.add(() -> {
                    for (S3Object next = objects.poll(); next != null; next = objects.poll()) {
                        entries.put("object " + next.key(), fingerprint(client, next.key()));
                        bytes.add(next.size());
                    }
                });
            }
            Parallel.run(WIDTH, readers);
        }
        return new Inventory(new TreeMap<>(entries), new Holding(entries.size(), bytes.sum()));
    }

    /** Lists the objects, and looks no further. */
    public Holding holding() {
        try (S3Client client = server.s3Client().build()) {
            long[] sums = new long[2];
            client.listObjectsV2Paginator(list -> list.bucket(NAME)).contents().forEach(object -> {
                sums[0]++;
                sums[1] += object.size();
            });
            return new Holding(sums[0], sums[1]);
        }
    }

    private static String fingerprint(S3Client client, String key) {
        try (ResponseInputStream<GetObjectResponse> content =
                client.getObject(get -> get.bucket(NAME).key(key))) {
            GetObjectResponse head = content.response();
            return "%d bytes, sha256 %s, type %s, cache %s, disposition %s, encoding %s, language %s, metadata %s"
                    .formatted(
                            head.contentLength(),
                            Content.sha256(content),
                            head.contentType(),
                            head.cacheControl(),
                            head.contentDisposition(),
                            head.contentEncoding(),
                            head.contentLanguage(),
                            new TreeMap<>(head.metadata()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read object '%s'".formatted(key), e);
        }
    }

    private static String key(int number) {
        return switch (number % 4) {
            case 0 -> "photos/%03d/IMG %05d.jpg".formatted(number / 100, number);
            case 1 -> "photos/%03d/thumbs/%05d.webp".formatted(number / 100, number);
            case 2 -> "pages/ürün-%d/index.html".formatted(number);
            default -> "exports/2025/%02d/day=%02d/part-%05d.json".formatted(number % 12 + 1, number % 28 + 1, number);
        };
    }

    private static void put(S3Client client, String key, int number) {
        byte[] content = content(number);
        boolean words = number % 4 > 1;
        client.putObject(
                put -> {
                    put.bucket(NAME)
                            .key(key)
                            .contentType(
                                    switch (Math.floorMod(number, 4)) {
                                        case 0 -> "image/jpeg";
                                        case 1 -> "image/webp";
                                        case 2 -> "text/html";
                                        default -> "application/json";
                                    })
                            .metadata(Map.of(
                                    "sku", "SKU-%06d".formatted(Math.abs(number)), "taken-by", "camera " + number % 7));
                    if (words) {
                        put.cacheControl("max-age=3600").contentLanguage("de");
                    } else if (number % 10 == 0) {
                        put.contentDisposition("attachment; filename=\"photo %d.jpg\"".formatted(number));
                    }
                },
                RequestBody.fromBytes(content));
    }

    /** One in 400 has some MB, one in 200 nothing, the others 1 to 40 KB. */
    private static byte[] content(int number) {
        if (number >= 0 && number % 200 == 199) {
            return new byte[0];
        }
        if (number > 0 && number % 400 == 0) {
            return Content.noise(number, (1 << 20) + Content.pick(number, 1, 3 << 20));
        }
        int bytes = 1024 + Content.pick(number, 2, 39 << 10);
        return number % 4 > 1 ? Content.words(number, bytes) : Content.noise(number, bytes);
    }

    private void putFilm(S3Client client) {
        String upload = client.createMultipartUpload(create ->
                        create.bucket(NAME).key(FILM).contentType("video/mp4").metadata(Map.of("length", "PT1H2M")))
                .uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        for (long at = 0; at < size.largestObjectBytes(); at += PART_BYTES) {
            int number = parts.size() + 1;
            byte[] content =
                    Content.noise(Content.mix(77, number), (int) Math.min(PART_BYTES, size.largestObjectBytes() - at));
            String tag = client.uploadPart(
                            part -> part.bucket(NAME).key(FILM).uploadId(upload).partNumber(number),
                            RequestBody.fromBytes(content))
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
        }
        client.completeMultipartUpload(
                complete -> complete.bucket(NAME).key(FILM).uploadId(upload).multipartUpload(all -> all.parts(parts)));
    }
}
