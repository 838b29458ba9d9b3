package dev.holdfast.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.place.FilePlaceContract;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.store.RetryingStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** What a place in a bucket must keep beyond what every place keeps, on whatever server. */
abstract class S3PlaceContract extends FilePlaceContract {
    static final S3PlaceSettings SMALL_PARTS = settings(5L << 20, 10_000, S3PlaceSettings.Checksum.MD5);
    static final S3Place.Bounds HASTY = new S3Place.Bounds(
            new RetryingStore.Policy(4, Duration.ofMillis(10), Duration.ofMillis(50)), Duration.ofSeconds(20), 6 << 20);

    private final S3Server server;
    private S3Location location;
    private CuttingProxy proxy;
    private FilePlace through;

    S3PlaceContract(S3Server server) {
        this.server = server;
    }

    static S3PlaceSettings settings(long partBytes, int maxParts, S3PlaceSettings.Checksum checksum) {
        return new S3PlaceSettings(
                partBytes == 0 ? OptionalLong.empty() : OptionalLong.of(partBytes),
                maxParts,
                checksum,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    static S3Place open(S3Location at) {
        return new S3Place(at, SMALL_PARTS, InstantSource.system(), HASTY);
    }

    final S3Location location() {
        return location;
    }

    @Override
    protected FilePlace freshPlace() {
        location = server.location().with(server.newBucketName(), "backups/shop");
        return open(location);
    }

    @Override
    protected FilePlace anotherView(FilePlace same) {
        return open(location);
    }

    @Override
    protected InputStream openCut(FilePlace in, FileName name) throws IOException {
        proxy = new CuttingProxy(location.endpoint().orElseThrow());
        proxy.cut(Integer.MAX_VALUE, 300_000);
        through = open(new S3Location(
                Optional.of(proxy.endpoint()),
                location.region(),
                location.bucket(),
                location.prefix(),
                location.credentials(),
                true,
                2));
        InputStream opened = through.open(name);
        // or it would be read on from where it broke off
        proxy.close();
        return opened;
    }

    @AfterEach
    void closeProxy() throws IOException {
        if (proxy != null) {
            through.close();
            proxy.close();
        }
    }

    private HeadObjectResponse head(String name) {
        try (S3Clients clients = new S3Clients(location)) {
            return clients.once().headObject(r -> r.bucket(location.bucket()).key("backups/shop/" + name));
        }
    }

    @Test
    void type_and_metadata_are_kept_with_small_and_large_files() {
        for (int length : new int[] {3, 17 << 20}) {
            FileFacts facts = new FileFacts(
                    "application/gzip",
                    Map.of("holdfast-database", "shop", "holdfast-time", "2026-11-20T10:00:00Z"),
                    OptionalLong.empty());
            try (ExportFile file = place().create(name("a" + length), facts, false)) {
                file.preflight();
                file.write(new byte[length], 0, length);
                file.commit();
            }
            HeadObjectResponse found = head("a" + length);
            assertThat(found.contentType()).isEqualTo("application/gzip");
            assertThat(found.contentEncoding()).isNull();
            assertThat(found.metadata())
                    .containsEntry("holdfast-database", "shop")
                    .containsEntry("holdfast-time", "2026-11-20T10:00:00Z");
        }
    }

    @Test
    void newer_checksums_are_sent_where_they_are_wanted() throws IOException {
        for (S3PlaceSettings.Checksum checksum : S3PlaceSettings.Checksum.values()) {
            try (S3Place checked =
                    new S3Place(location, settings(5 << 20, 10_000, checksum), InstantSource.system(), HASTY)) {
                for (int length : new int[] {0, 3, 17 << 20}) {
                    String name = checksum + "-" + length;
                    write(checked, name, random(length, 1), false);
                    assertThat(content(other(), name)).isEqualTo(random(length, 1));
                }
            }
        }
    }

    @Test
    void parts_that_are_too_long_for_memory_go_through_a_file() throws IOException {
        try (S3Place spooling = new S3Place(
                location, settings(40 << 20, 10_000, S3PlaceSettings.Checksum.MD5), InstantSource.system(), HASTY)) {
            for (int length : new int[] {0, 3, 50 << 20}) {
                byte[] content = random(length, 2);
                write(spooling, "a" + length, content, false);
                assertThat(content(other(), "a" + length)).isEqualTo(content);
            }
        }
    }

    @Test
    void a_file_that_needs_more_parts_than_there_may_be_fails_before_the_last_one_and_leaves_nothing() {
        try (S3Place few =
                new S3Place(location, settings(5 << 20, 3, S3PlaceSettings.Checksum.MD5), InstantSource.system())) {
            write(few, "fits", new byte[15 << 20], false);
            try (ExportFile file = few.create(name("longer"), FileFacts.of("text/plain"), false)) {
                file.preflight();
                file.write(new byte[15 << 20], 0, 15 << 20);
                assertThatThrownBy(() -> file.write(new byte[1], 0, 1))
                        .isInstanceOfSatisfying(HoldfastException.class, e -> {
                            assertThat(e).hasMessageContaining("3 parts of 5242880 bytes");
                            assertThat(e.hint()).contains("part-size");
                        });
            }
        }
        assertThat(listed("")).containsExactly("fits");
        assertThat(other().sweepUnfinished(Instant.MAX)).isZero();
    }

    @Test
    void a_copy_of_a_file_that_is_too_long_for_one_request_is_made_in_parts() throws IOException {
        byte[] content = random(14 << 20, 4);
        write(place(), "long", content, false);
        place().point(name("latest"), name("long"));
        place().point(name("latest"), name("long"));

        assertThat(content(other(), "latest")).isEqualTo(content);
        assertThat(head("latest").metadata()).containsEntry("holdfast-copy-of", "backups%2Fshop%2Flong");
        assertThat(other().sweepUnfinished(Instant.MAX)).isZero();
    }

    @Test
    void places_under_different_prefixes_do_not_see_each_other() throws IOException {
        put("a", "1");
        try (S3Place beside = open(location.with(location.bucket(), "backups/shop-2"));
                S3Place all = open(location.with(location.bucket(), ""))) {
            write(beside, "a", bytes("2"), false);
            assertThat(read("a")).isEqualTo("1");
            assertThat(listed("")).containsExactly("a");
            assertThat(content(all, "backups/shop-2/a")).asString().isEqualTo("2");
            beside.delete(name("a"));
        }
        assertThat(read("a")).isEqualTo("1");
    }

    @Test
    void uploads_and_objects_of_others_are_neither_swept_nor_listed() {
        try (S3Clients clients = new S3Clients(location)) {
            clients.once()
                    .createMultipartUpload(r -> r.bucket(location.bucket()).key("backups/shop/theirs"));

            assertThat(place().sweepUnfinished(Instant.MAX)).isZero();
            assertThat(clients.once()
                            .listMultipartUploads(r -> r.bucket(location.bucket()))
                            .uploads())
                    .hasSize(1);
        }
        assertThat(listed("")).isEmpty();
    }

    @Test
    void a_link_can_be_fetched_by_anybody_under_the_name_of_the_file() throws Exception {
        put("daily/größe 1.sql", "content");
        URI link =
                place().link(name("daily/größe 1.sql"), Duration.ofMinutes(5)).orElseThrow();
        try (HttpClient anybody = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = anybody.send(
                    HttpRequest.newBuilder(link).build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("content");
            assertThat(answer.headers().firstValue("content-disposition").orElse(""))
                    .contains("attachment")
                    .contains("gr%C3%B6%C3%9Fe%201.sql");
        }
        assertThatThrownBy(() -> place().link(name("a"), Duration.ofDays(8))).isInstanceOf(Invalid.class);
    }

    @Test
    void a_bucket_that_is_gone_is_named() {
        try (S3Place nowhere = open(location.with("no-such-bucket-" + location.bucket(), "x"))) {
            for (Runnable call : List.<Runnable>of(
                    () -> nowhere.open(name("a")),
                    () -> nowhere.find(name("a")),
                    () -> nowhere.list("", file -> {}),
                    () -> nowhere.delete(name("a")),
                    () -> nowhere.point(name("b"), name("a")),
                    () -> write(nowhere, "a", new byte[1], true),
                    () -> nowhere.sweepUnfinished(Instant.MAX))) {
                assertThatThrownBy(call::run)
                        .isInstanceOfSatisfying(
                                Missing.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUCKET_MISSING));
            }
        }
    }

    @Test
    void wrong_keys_are_denied_with_a_hint_and_without_the_secret() {
        S3Location wrong = new S3Location(
                location.endpoint(),
                location.region(),
                location.bucket(),
                "",
                Optional.of(S3Credentials.of(
                        location.credentials().orElseThrow().accessKey(), "not-the-secret-at-all-000000000000")),
                true,
                4);
        try (S3Place denied = open(wrong)) {
            for (Runnable call : List.<Runnable>of(
                    denied::prepare,
                    () -> denied.open(name("a")),
                    () -> denied.find(name("a")),
                    () -> denied.list("", file -> {}),
                    () -> denied.delete(name("a")),
                    () -> write(denied, "a", new byte[1], false))) {
                assertThatThrownBy(call::run).isInstanceOfSatisfying(AccessDenied.class, e -> {
                    assertThat(e.hint()).contains("secret key");
                    assertThat(e.getMessage()).doesNotContain("not-the-secret");
                });
            }
        }
    }
}
