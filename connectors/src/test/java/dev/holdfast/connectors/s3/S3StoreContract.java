package dev.holdfast.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.store.Body;
import dev.holdfast.engine.store.ObjectStore;
import dev.holdfast.engine.store.ObjectStoreContract;
import dev.holdfast.engine.store.StoreKey;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/** What a store in a bucket must keep beyond what every store keeps, on whatever server. */
abstract class S3StoreContract extends ObjectStoreContract {
    private static final StoreKey KEY = new StoreKey("log/one");

    private final S3Server server;
    private S3Location location;

    S3StoreContract(S3Server server) {
        this.server = server;
    }

    @Override
    protected ObjectStore emptyStore() {
        location = server.location().with(server.newBucketName(), "");
        S3Store opened = new S3Store(location);
        opened.prepare();
        return opened;
    }

    @Test
    void stores_under_different_prefixes_do_not_see_each_other() {
        store.create(KEY, Body.of(new byte[] {1}));
        try (S3Store one = new S3Store(location.with(location.bucket(), "/team/one"));
                S3Store two = new S3Store(location.with(location.bucket(), "team/one-more/"))) {
            one.create(KEY, Body.of(new byte[] {2}));
            two.create(KEY, Body.of(new byte[] {3}));
            one.probe();

            assertThat(one.location()).isEqualTo("s3://" + location.bucket() + "/team/one");
            assertThat(one.read(KEY)).containsExactly(2);
            assertThat(two.read(KEY)).containsExactly(3);
            assertThat(store.read(KEY)).containsExactly(1);
            int[] listed = {0};
            one.list("", object -> listed[0]++);
            assertThat(listed[0]).isEqualTo(1);
            one.delete(KEY);
            assertThat(two.read(KEY)).containsExactly(3);
        }
    }

    @Test
    void foreign_objects_are_not_listed() {
        store.create(KEY, Body.of(new byte[] {1}));
        try (S3Clients clients = new S3Clients(location)) {
            clients.once()
                    .putObject(r -> r.bucket(location.bucket()).key("README.TXT"), RequestBody.fromString("hands off"));
            clients.once().putObject(r -> r.bucket(location.bucket()).key("log/Ünicode"), RequestBody.fromString("x"));
        }

        assertThat(names("")).containsExactly("log/one");
    }

    @Test
    void a_missing_bucket_is_named_and_not_taken_for_a_missing_object() {
        try (S3Store nowhere = new S3Store(location.with("no-such-bucket-" + location.bucket(), ""))) {
            for (Runnable call : List.<Runnable>of(
                    () -> nowhere.read(KEY),
                    () -> nowhere.read(KEY, 0, 1),
                    () -> nowhere.size(KEY),
                    () -> nowhere.create(KEY, Body.of(new byte[] {1})),
                    () -> nowhere.list("", object -> {}))) {
                assertThatThrownBy(call::run)
                        .isInstanceOfSatisfying(
                                Missing.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUCKET_MISSING))
                        .hasMessageContaining("no-such-bucket-");
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
        try (S3Store denied = new S3Store(wrong)) {
            for (Runnable call : List.<Runnable>of(
                    () -> denied.read(KEY),
                    () -> denied.size(KEY),
                    () -> denied.create(KEY, Body.of(new byte[] {1})),
                    denied::prepare)) {
                HoldfastException failure = failureOf(call);
                assertThat(failure).isInstanceOf(AccessDenied.class);
                assertThat(failure.code()).isEqualTo(ErrorCode.STORE_ACCESS_DENIED);
                assertThat(failure.hint()).contains("secret key");
                assertThat(failure.getMessage()).doesNotContain("not-the-secret");
            }
        }
        assertThat(wrong.toString()).doesNotContain("not-the-secret");
    }

    @Test
    void a_server_that_does_not_answer_is_unavailable() {
        S3Location silent = S3Location.of(
                URI.create("http://127.0.0.1:9"),
                "bucket",
                location.credentials().orElseThrow());
        try (S3Store away = new S3Store(silent)) {
            for (Runnable call : List.<Runnable>of(
                    () -> away.read(KEY), () -> away.create(KEY, Body.of(new byte[] {1})), away::prepare)) {
                assertThatThrownBy(call::run)
                        .isInstanceOfSatisfying(
                                Unavailable.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE))
                        .hasMessageContaining("refused");
            }
        }
    }

    @Test
    void an_upload_that_fails_leaves_nothing_behind() throws Exception {
        Path file = Files.write(folder.resolve("short"), random(20 << 20, 1));

        assertThatThrownBy(() -> store.create(KEY, new Body.InFile(file, (20 << 20) + 1, false)))
                .isInstanceOf(RuntimeException.class);
        assertThat(names("")).isEmpty();
        assertThat(((S3Store) store).sweepTemporary(Instant.MAX)).isZero();
    }

    @Test
    void unfinished_uploads_are_swept() {
        try (S3Clients clients = new S3Clients(location)) {
            clients.once()
                    .createMultipartUpload(r -> r.bucket(location.bucket()).key("data/ab/pack"));
        }

        assertThat(((S3Store) store).sweepTemporary(Instant.EPOCH)).isZero();
        assertThat(((S3Store) store).sweepTemporary(Instant.MAX)).isEqualTo(1);
        assertThat(((S3Store) store).sweepTemporary(Instant.MAX)).isZero();
    }
}
