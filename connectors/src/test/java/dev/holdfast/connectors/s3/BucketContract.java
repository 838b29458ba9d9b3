package dev.holdfast.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.workers.HookedPart;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.PartWriter.Change;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestoreReport;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A bucket captured, restored and compared, on whatever server. */
abstract class BucketContract {
    private final S3Server server;
    private TestBucket bucket;
    private TestBucket other;

    BucketContract(S3Server server) {
        this.server = server;
    }

    @BeforeEach
    final void openBuckets() {
        bucket = new TestBucket(server);
        other = new TestBucket(server);
    }

    @AfterEach
    final void closeBuckets() {
        bucket.close();
        other.close();
    }

    @Test
    void a_bucket_comes_back_with_all_that_belongs_to_its_objects() {
        fill();
        MemoryPart part = capture(bucket.location(), new MemoryPart("bucket"));
        RestoreReport report = restore(part, other.location(), false);

        assertThat(report.findings()).isEmpty();
        assertThat(report.entries()).isEqualTo(part.entryCount());
        assertThat(report.bytes()).isEqualTo(part.contentBytes());
        assertThat(differences(part, other.location())).isEmpty();
        assertThat(differences(part, bucket.location())).isEmpty();
        MemoryPart again = capture(other.location(), new MemoryPart("bucket"));
        assertThat(contents(again)).isEqualTo(contents(part));
    }

    private void fill() {
        bucket.put("plain.txt", "hello");
        bucket.put("empty", "");
        bucket.put("deep/in/the/bucket.bin", random(300_000, 1), r -> r.contentType("application/x-deep"));
        bucket.put("with spaces & signs + % ? # = ;.txt", "signs");
        bucket.put("umlaut-ä-😀.txt", "unicode");
        bucket.put("large.bin", random(3_000_000, 2), r -> r.contentType("video/mp4"));
        bucket.put(
                "page.html.gz",
                random(1000, 3),
                r -> r.contentType("text/html; charset=utf-8")
                        .contentEncoding("gzip")
                        .contentLanguage("de")
                        .contentDisposition("attachment; filename=\"a b.html\"")
                        .cacheControl("max-age=3600")
                        .metadata(Map.of("owner", "alice", "purpose", "a b & c=d", "empty", "")));
        bucket.put("expires.txt", random(10, 4), r -> r.expires(Instant.parse("2031-05-06T07:08:09Z")));
        if (server.complete()) {
            bucket.put("tagged", random(10, 5), r -> r.tagging("stage=live&who=a%20b%26c"));
            bucket.put(
                    "tagged-large",
                    random(17 << 20, 6),
                    r -> r.tagging("big=yes").metadata(Map.of("a", "b")));
            for (String key : awkwardKeys()) {
                bucket.put(key, "content of " + key);
            }
        }
    }

    /** Keys that a path would not survive. */
    private static List<String> awkwardKeys() {
        return List.of(
                "a",
                "a/",
                "a//",
                "a//b",
                "a/b",
                "a/./b",
                "a/../b",
                "/a",
                "//",
                "dir/",
                "line\nbreak",
                "tab\tand\u0001control",
                "quote'\"<&>",
                "caf\u00e9",
                "cafe\u0301",
                "\uffee-before-supplementary",
                "\ud83d\ude00-supplementary",
                "%2F-not-a-slash",
                "x".repeat(1024),
                "back\\slash");
    }

    @Test
    void keys_are_bytes_and_not_paths() {
        if (!server.complete()) {
            return;
        }
        List<String> keys = new ArrayList<>(awkwardKeys());
        keys.forEach(key -> bucket.put(key, "content of " + key));
        MemoryPart part = capture(bucket.location(), new MemoryPart("bucket"));

        keys.sort((a, b) -> EntryKey.of(a).compareTo(EntryKey.of(b)));
        assertThat(keys(part)).isEqualTo(keys);
        restore(part, other.location(), false);
        assertThat(differences(part, other.location())).isEmpty();
    }

    @Test
    void a_second_capture_reads_nothing_again() {
        fill();
        MemoryPart first = capture(bucket.location(), new MemoryPart("bucket"));
        MemoryPart second = capture(bucket.location(), first.following());

        assertThat(first.readEntries()).isEqualTo(first.entryCount());
        assertThat(second.readEntries()).isZero();
        assertThat(second.readBytes()).isZero();
        assertThat(second.entryCount()).isEqualTo(first.entryCount());
        assertThat(second.changes().values()).containsOnly(Change.UNCHANGED);
    }

    @Test
    void only_what_is_new_or_changed_is_read() {
        for (int i = 0; i < 30; i++) {
            bucket.put("object-%02d".formatted(i), "content " + i);
        }
        MemoryPart first = capture(bucket.location(), new MemoryPart("bucket"));
        bucket.put("object-07", "content X");
        bucket.put("object-07a", "content 7a");
        bucket.delete("object-09");
        MemoryPart second = capture(bucket.location(), first.following());

        assertThat(second.readEntries()).isEqualTo(2);
        assertThat(second.changes())
                .containsEntry(EntryKey.of("object-07"), Change.CHANGED)
                .containsEntry(EntryKey.of("object-07a"), Change.NEW)
                .containsEntry(EntryKey.of("object-08"), Change.UNCHANGED)
                .doesNotContainKey(EntryKey.of("object-09"));
        assertThat(second.details()).containsEntry("listed", "30");
        restore(second, other.location(), false);
        assertThat(other.read("object-07")).isEqualTo("content X");
    }

    @Test
    void a_listing_of_many_pages_is_taken_whole_and_in_order() {
        for (int i = 0; i < 1100; i++) {
            bucket.put("many/%d".formatted(i), "");
        }
        MemoryPart part = capture(bucket.location(), new MemoryPart("bucket"));

        assertThat(part.entryCount()).isEqualTo(1100);
        assertThat(capture(bucket.location(), part.following()).readEntries()).isZero();
    }

    @Test
    void a_prefix_is_left_off_and_put_on_again() {
        bucket.put("media/one", "1");
        bucket.put("media/two/three", "2");
        bucket.put("mediator", "no");
        MemoryPart part = capture(bucket.under("media/"), new MemoryPart("bucket"));
        assertThat(keys(part)).containsExactly("one", "two/three");

        other.put("elsewhere", "stays");
        S3Location target = other.under("restored/");
        restore(part, target, false);
        assertThat(differences(part, target)).isEmpty();
        assertThat(other.read("restored/two/three")).isEqualTo("2");
        assertThat(other.read("elsewhere")).isEqualTo("stays");
    }

    @Test
    void an_object_deleted_while_it_is_captured_is_left_out_and_counted() {
        bucket.put("a", "1");
        bucket.put("b", "2");
        MemoryPart part = new MemoryPart("bucket");
        Map<String, String> details = capture(bucket.location(), new HookedPart(part, () -> {
            bucket.delete("a");
            bucket.delete("b");
        }));

        assertThat(part.entryCount()).isZero();
        assertThat(details).containsEntry("vanished", "2").containsEntry("listed", "2");
    }

    @Test
    void an_object_replaced_while_it_is_captured_is_read_as_it_then_is() {
        bucket.put("a", "before");
        MemoryPart part = new MemoryPart("bucket");
        Map<String, String> details =
                capture(bucket.location(), new HookedPart(part, () -> bucket.put("a", "after, and longer")));
        part.with(details);

        assertThat(details).containsEntry("replaced", "1");
        assertThat(differences(part, bucket.location())).isEmpty();
        assertThat(contents(part).get("a")).isEqualTo("after, and longer");
    }

    @Test
    void large_objects_come_back_in_equal_parts() {
        byte[] large = random((40 << 20) + 17, 9);
        bucket.put("large", large, r -> r.contentType("video/mp4").metadata(Map.of("title", "large")));
        MemoryPart part = capture(bucket.location(), new MemoryPart("bucket"));
        restore(part, other.location(), false);

        assertThat(differences(part, other.location())).isEmpty();
        String etag = other.client()
                .headObject(r -> r.bucket(other.location().bucket()).key("large"))
                .eTag();
        assertThat(etag).endsWith("-3\"");
    }

    @Test
    void an_empty_bucket_is_captured_and_restored_as_such() {
        MemoryPart part = capture(bucket.location(), new MemoryPart("bucket"));
        S3Location fresh = server.location().with(server.newBucketName(), "");
        RestoreReport report = restore(part, fresh, false);

        assertThat(part.entryCount()).isZero();
        assertThat(report.entries()).isZero();
        assertThat(differences(part, fresh)).isEmpty();
        other.client().deleteBucket(r -> r.bucket(fresh.bucket()));
    }

    @Test
    void a_bucket_that_is_not_empty_is_refused() {
        bucket.put("a", "1");
        other.put("precious", "data");
        MemoryPart part = capture(bucket.location(), new MemoryPart("bucket"));

        try (BucketTarget target = new BucketTarget(other.location())) {
            assertThat(target.occupied()).isTrue();
            assertThatThrownBy(() -> target.preflight(part, false))
                    .isInstanceOfSatisfying(
                            AlreadyExists.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUCKET_NOT_EMPTY));
        }
        assertThat(other.read("precious")).isEqualTo("data");
    }

    @Test
    void with_overwrite_the_target_becomes_exactly_the_snapshot() {
        bucket.put("a", "1");
        bucket.put("c", "3");
        other.put("a", "old");
        other.put("b", "not in the snapshot");
        other.put("d", "not in the snapshot");
        MemoryPart part = capture(bucket.location(), new MemoryPart("bucket"));
        restore(part, other.location(), true);

        assertThat(differences(part, other.location())).isEmpty();
        assertThat(other.read("a")).isEqualTo("1");
    }

    @Test
    void a_restore_that_fails_deletes_nothing() {
        bucket.put("a", "1");
        bucket.put("b", "2");
        other.put("precious", "data");
        MemoryPart part = capture(bucket.location(), new MemoryPart("bucket"));

        try (BucketTarget target = new BucketTarget(other.location())) {
            PartReader failing = failingToOpen(part);
            target.preflight(failing, true);
            assertThatThrownBy(() -> target.restore(failing, Progress.NONE)).isInstanceOf(Failed.class);
        }
        assertThat(other.read("precious")).isEqualTo("data");
    }

    /** A reader whose contents cannot be opened. */
    private static PartReader failingToOpen(MemoryPart part) {
        return (PartReader) Proxy.newProxyInstance(
                PartReader.class.getClassLoader(), new Class<?>[] {PartReader.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("open")) {
                        throw new Failed(ErrorCode.INTERNAL, "told to fail", "");
                    }
                    return method.invoke(part, arguments);
                });
    }

    @Test
    void a_comparison_finds_every_kind_of_difference() {
        bucket.put("content", "aaaa");
        bucket.put("length", "aaaa");
        bucket.put("missing", "x");
        bucket.put("same", "x");
        bucket.put("type", "x".getBytes(StandardCharsets.UTF_8), r -> r.contentType("text/plain"));
        bucket.putWith("metadata", "x", Map.of("owner", "alice"));
        MemoryPart part = capture(bucket.location(), new MemoryPart("bucket"));
        restore(part, other.location(), false);
        other.put("content", "aaab");
        other.put("length", "aaaaa");
        other.delete("missing");
        other.put("extra", "x");
        other.put("type", "x".getBytes(StandardCharsets.UTF_8), r -> r.contentType("text/html"));
        other.putWith("metadata", "x", Map.of("owner", "bob"));

        Map<String, String> found = differences(part, other.location());
        assertThat(found).containsOnlyKeys("content", "length", "missing", "extra", "type", "metadata");
        assertThat(found.get("content")).isEqualTo("has other content of the same length, 4 bytes");
        assertThat(found.get("length")).isEqualTo("has 5 bytes, in the snapshot 4");
        assertThat(found.get("type")).isEqualTo("content-type is 'text/html', in the snapshot 'text/plain'");
        assertThat(found.get("metadata")).isEqualTo("metadata is 'owner=bob', in the snapshot 'owner=alice'");
        assertThat(compared).isEqualTo(7);
    }

    @Test
    void tags_are_compared_too() {
        if (!server.complete()) {
            return;
        }
        bucket.put("a", random(1, 1), r -> r.tagging("stage=live"));
        MemoryPart part = capture(bucket.location(), new MemoryPart("bucket"));
        other.put("a", random(1, 1), r -> r.tagging("stage=test"));

        assertThat(differences(part, other.location()))
                .containsExactly(Map.entry("a", "tags is 'stage=test', in the snapshot 'stage=live'"));
    }

    @Test
    void preflight_says_exactly_what_is_wrong() {
        bucket.put("a", "1");
        preflight(bucket.location());

        assertThatThrownBy(() -> preflight(bucket.location().with("no-such-" + server.newBucketName(), "")))
                .isInstanceOfSatisfying(Missing.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUCKET_MISSING));
        assertThatThrownBy(() -> preflight(withKeys(S3Credentials.of("NOBODY0000000000", "none-at-all"))))
                .isInstanceOfSatisfying(
                        AccessDenied.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUCKET_ACCESS_DENIED));
        assertThatThrownBy(() -> preflight(withKeys(S3Credentials.of(
                        bucket.location().credentials().orElseThrow().accessKey(), "wrong-secret"))))
                .isInstanceOfSatisfying(
                        AccessDenied.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUCKET_ACCESS_DENIED))
                .hasMessageNotContaining("wrong-secret");
        assertThatThrownBy(() -> preflight(S3Location.of(
                        URI.create("http://127.0.0.1:9"),
                        "bucket",
                        bucket.location().credentials().orElseThrow())))
                .isInstanceOfSatisfying(
                        Unavailable.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUCKET_UNAVAILABLE));
    }

    private S3Location withKeys(S3Credentials keys) {
        S3Location location = bucket.location();
        return new S3Location(
                location.endpoint(), location.region(), location.bucket(), "", Optional.of(keys), true, 4);
    }

    private static void preflight(S3Location location) {
        try (BucketSource source = new BucketSource(location, Instant::now)) {
            source.preflight();
        }
    }

    @Test
    void random_buckets_come_back() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            bucket.put(
                    "%x/%x".formatted(random.nextInt(16), random.nextInt()),
                    random(random.nextInt(random.nextInt(1, 200_000)), random.nextLong()),
                    r -> r.metadata(Map.of("n", Integer.toString(random.nextInt()))));
        }
        MemoryPart part = capture(bucket.location(), new MemoryPart("bucket"));
        restore(part, other.location(), false);

        assertThat(differences(part, other.location())).as("seed %d", seed).isEmpty();
    }

    private static MemoryPart capture(S3Location location, MemoryPart part) {
        return part.with(capture(location, (PartWriter) part));
    }

    private static Map<String, String> capture(S3Location location, PartWriter part) {
        try (BucketSource source = new BucketSource(location, Instant::now)) {
            source.preflight();
            source.freeze();
            return source.capture(part);
        }
    }

    private static RestoreReport restore(PartReader part, S3Location location, boolean overwrite) {
        try (BucketTarget target = new BucketTarget(location)) {
            target.preflight(part, overwrite);
            return target.restore(part, Progress.NONE);
        }
    }

    private long compared;

    private Map<String, String> differences(PartReader part, S3Location location) {
        Map<String, String> differences = Collections.synchronizedMap(new TreeMap<>());
        try (BucketComparer comparer = new BucketComparer(location)) {
            compared = comparer.compare(
                    part, (subject, what) -> differences.merge(subject, what, (a, b) -> a + "; " + b), Progress.NONE);
        }
        assertThat(compared).isGreaterThanOrEqualTo(part.entryCount());
        return differences;
    }

    private static List<String> keys(MemoryPart part) {
        List<String> keys = new ArrayList<>();
        EntryCursor entries = part.entries();
        for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
            keys.add(new String(entry.key().toBytes(), StandardCharsets.UTF_8));
        }
        return keys;
    }

    private static Map<String, String> contents(MemoryPart part) {
        Map<String, String> contents = new TreeMap<>();
        EntryCursor entries = part.entries();
        for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
            Content content = entry.content();
            contents.put(entry.key().toString(), new String(part.bytes(content), StandardCharsets.ISO_8859_1));
        }
        return contents;
    }

    static byte[] random(int bytes, long seed) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return content;
    }
}
