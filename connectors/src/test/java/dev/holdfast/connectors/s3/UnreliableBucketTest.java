package dev.holdfast.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Networks that break off and servers whose listings lie. */
final class UnreliableBucketTest {
    private static final S3Credentials KEYS = S3Credentials.of("key", "secret");

    private TestBucket bucket;
    private HttpServer liar;

    @BeforeEach
    void open() throws IOException {
        bucket = new TestBucket(S3Server.embedded());
        liar = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        liar.start();
    }

    @AfterEach
    void close() {
        bucket.close();
        liar.stop(0);
    }

    private S3Location through(CuttingProxy proxy) {
        S3Location direct = bucket.location();
        return new S3Location(
                Optional.of(proxy.endpoint()), direct.region(), direct.bucket(), "", direct.credentials(), true, 2);
    }

    @Test
    void a_body_that_breaks_off_is_read_again_and_never_taken_short() throws IOException {
        byte[] large = BucketContract.random(2_000_000, 1);
        bucket.put("large", large, r -> {});
        try (CuttingProxy proxy = new CuttingProxy(bucket.location().endpoint().orElseThrow())) {
            proxy.cut(2, 700_000);
            MemoryPart part = new MemoryPart("bucket");
            capture(through(proxy), part);

            assertThat(proxy.cutsLeft()).isZero();
            Entry entry = part.find(EntryKey.of("large")).orElseThrow();
            assertThat(part.bytes(entry.content())).isEqualTo(large);
        }
    }

    @Test
    void a_body_that_always_breaks_off_is_a_failure() throws IOException {
        bucket.put("large", BucketContract.random(2_000_000, 1), r -> {});
        try (CuttingProxy proxy = new CuttingProxy(bucket.location().endpoint().orElseThrow())) {
            proxy.cut(Integer.MAX_VALUE, 700_000);
            MemoryPart part = new MemoryPart("bucket");

            assertThatThrownBy(() -> capture(through(proxy), part))
                    .isInstanceOfSatisfying(
                            Unavailable.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUCKET_UNAVAILABLE))
                    .hasMessageContaining("large");
            assertThat(part.entryCount()).isZero();
        }
    }

    @Test
    void a_comparison_over_a_network_that_breaks_off_says_so_or_tries_again() throws IOException {
        bucket.put("large", BucketContract.random(2_000_000, 1), r -> {});
        MemoryPart part = new MemoryPart("bucket");
        capture(bucket.location(), part);
        try (CuttingProxy proxy = new CuttingProxy(bucket.location().endpoint().orElseThrow());
                BucketComparer comparer = new BucketComparer(through(proxy))) {
            proxy.cut(1, 700_000);
            long compared = comparer.compare(
                    part,
                    (subject, what) -> {
                        throw new AssertionError(subject + " " + what);
                    },
                    Progress.NONE);

            assertThat(compared).isEqualTo(1);
            assertThat(proxy.cutsLeft()).isZero();
        }
    }

    @Test
    void a_restore_whose_answers_get_lost_recognises_its_own_objects() throws IOException {
        for (int i = 0; i < 20; i++) {
            bucket.put("object-" + i, BucketContract.random(5000, i), r -> {});
        }
        MemoryPart part = new MemoryPart("bucket");
        capture(bucket.location(), part);
        try (TestBucket other = new TestBucket(S3Server.embedded());
                CuttingProxy proxy =
                        new CuttingProxy(bucket.location().endpoint().orElseThrow());
                BucketTarget target =
                        new BucketTarget(through(proxy).with(other.location().bucket(), ""));
                BucketComparer comparer = new BucketComparer(other.location())) {
            target.preflight(part, false);
            proxy.lose(6);
            target.restore(part, Progress.NONE);

            assertThat(proxy.cutsLeft()).isZero();
            comparer.compare(
                    part,
                    (subject, what) -> {
                        throw new AssertionError(subject + " " + what);
                    },
                    Progress.NONE);
        }
    }

    @Test
    void a_listing_that_says_more_follows_but_not_how_is_refused() {
        assertThat(failure(query -> page(true, null, "a", "b")))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("not how to get them");
    }

    @Test
    void a_listing_that_goes_in_circles_is_refused() {
        assertThat(failure(query -> page(true, "again", "a"))).isInstanceOf(Unsupported.class);
        AtomicInteger calls = new AtomicInteger();
        assertThat(failure(query -> page(true, "again", "k%03d".formatted(calls.incrementAndGet()))))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("same next one");
    }

    @Test
    void a_listing_out_of_order_is_refused() {
        assertThat(failure(query -> page(false, null, "b", "a")))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("'a' comes after 'b'");
        assertThat(failure(query -> page(false, null, "a", "a"))).isInstanceOf(Unsupported.class);
    }

    @Test
    void a_listing_that_leaves_out_an_object_that_is_there_is_refused() {
        MemoryPart part = new MemoryPart("bucket");
        for (int i = 0; i < 10; i++) {
            bucket.put("object-" + i, "content");
        }
        capture(bucket.location(), part);
        List<String> kept = List.of("object-0", "object-1", "object-2", "object-3", "object-5", "object-6");

        assertThatThrownBy(() -> capture(
                        lying(query -> query.contains("prefix") ? page(false, null, kept.toArray(new String[0])) : ""),
                        part.following()))
                .isInstanceOfSatisfying(
                        Unsupported.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNSUITABLE))
                .hasMessageContaining("object 'object-4' is there, but not listed");
    }

    @Test
    void an_empty_listing_that_a_second_one_contradicts_is_refused() {
        assertThat(failure(query -> query.contains("list-type=2") ? page(false, null) : page(false, null, "a", "b")))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("second listing");
    }

    private HoldfastException failure(Function<String, String> listings) {
        try {
            capture(lying(listings), new MemoryPart("bucket"));
        } catch (HoldfastException e) {
            return e;
        }
        throw new AssertionError("it was believed");
    }

    /** A server that answers listings as told and holds one small old object under every name. */
    private S3Location lying(Function<String, String> listings) {
        try {
            liar.removeContext("/");
        } catch (IllegalArgumentException e) {
            // the first lie
            assertThat(e).isNotNull();
        }
        liar.createContext("/", exchange -> {
            String query = String.valueOf(exchange.getRequestURI().getRawQuery());
            boolean listing = exchange.getRequestURI().getPath().matches("/[^/]*/?");
            String object = query.equals("tagging") ? "<Tagging><TagSet></TagSet></Tagging>" : "content";
            byte[] body = (listing ? listings.apply(query) : object).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("ETag", "\"9a0364b9e99bb480dd25e1f0284c8555\"");
            exchange.getResponseHeaders().add("Last-Modified", "Fri, 01 May 2020 00:00:00 GMT");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        return S3Location.of(URI.create("http://127.0.0.1:" + liar.getAddress().getPort()), "bucket", KEYS);
    }

    private static String page(boolean truncated, String token, String... keys) {
        StringBuilder page = new StringBuilder("<ListBucketResult><IsTruncated>" + truncated + "</IsTruncated>");
        if (token != null) {
            page.append("<NextContinuationToken>").append(token).append("</NextContinuationToken>");
        }
        for (String key : keys) {
            page.append("<Contents><Key>")
                    .append(key)
                    .append("</Key><LastModified>2020-05-01T00:00:00.000Z</LastModified>")
                    .append("<ETag>\"9a0364b9e99bb480dd25e1f0284c8555\"</ETag><Size>7</Size></Contents>");
        }
        return page.append("</ListBucketResult>").toString();
    }

    private static void capture(S3Location location, MemoryPart part) {
        try (BucketSource source = new BucketSource(location, Instant::now)) {
            part.with(source.capture(part));
        }
    }
}
