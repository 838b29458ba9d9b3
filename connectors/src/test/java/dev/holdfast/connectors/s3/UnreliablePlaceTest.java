package dev.holdfast.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.store.RetryingStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Networks that break off, servers in trouble and servers that do not keep their word, while files are written and read. */
final class UnreliablePlaceTest {
    private static final FileName NAME = new FileName("daily/a.dump");
    private static final FileFacts FACTS = FileFacts.of("application/octet-stream");
    private static final String KEY = "/bucket/daily/a.dump";
    private static final int LARGE = 23 << 20;

    private DiscardingS3 server;
    private S3Place place;

    @BeforeEach
    void open() throws IOException {
        server = new DiscardingS3();
        place = S3PlaceContract.open(server.location());
    }

    @AfterEach
    void close() {
        place.close();
        server.close();
    }

    private static void write(S3Place to, int length, boolean replace) {
        byte[] content = BucketContract.random(length, 1);
        try (ExportFile file = to.create(NAME, FACTS, replace)) {
            file.preflight();
            file.write(content, 0, length);
            file.commit();
        }
    }

    private void expectWritten(int length) {
        assertThat(server.faultsLeft()).isZero();
        assertThat(server.objects()).containsOnlyKeys(KEY);
        assertThat(server.objects().get(KEY).bytes()).isEqualTo(length);
        assertThat(server.openUploads()).isZero();
    }

    private void expectNothing() {
        assertThat(server.objects()).isEmpty();
        assertThat(server.openUploads()).isZero();
    }

    @Test
    void a_server_that_is_busy_for_a_while_is_asked_again() {
        server.fail(DiscardingS3::isPart, 6, 503);
        server.fail(DiscardingS3::isCompletion, 2, 503);
        write(place, LARGE, false);
        expectWritten(LARGE);
    }

    @Test
    void a_small_file_is_sent_again_as_well() {
        server.fail(DiscardingS3::isPut, 3, 503);
        write(place, 10, false);
        expectWritten(10);
    }

    @Test
    void a_server_that_stays_busy_is_unavailable_and_keeps_nothing() {
        server.fail(DiscardingS3::isPart, Integer.MAX_VALUE, 503);
        assertThatThrownBy(() -> write(place, LARGE, false))
                .isInstanceOf(Unavailable.class)
                // parts go at the same time, and any of them may give up first
                .hasMessageMatching("(?s)cannot write part \\d of 'daily/a\\.dump' in .*");
        expectNothing();
    }

    @Test
    void a_full_server_is_told_and_keeps_nothing() {
        server.fail(DiscardingS3::isPart, Integer.MAX_VALUE, 507);
        assertThatThrownBy(() -> write(place, LARGE, false))
                .isInstanceOfSatisfying(NoSpace.class, e -> assertThat(e.hint()).contains("exports"));
        expectNothing();
    }

    @Test
    void answers_that_get_lost_are_not_taken_for_files_of_others() {
        server.lose(DiscardingS3::isPut, 2);
        server.lose(DiscardingS3::isPart, 2);
        server.lose(DiscardingS3::isCompletion, 1);
        write(place, LARGE, false);
        expectWritten(LARGE);
        place.delete(NAME);

        server.lose(DiscardingS3::isPut, 1);
        write(place, 10, false);
        expectWritten(10);
    }

    @Test
    void a_file_of_somebody_else_that_came_while_answers_got_lost_stays() {
        write(place, 5, false);
        DiscardingS3.Kept theirs = server.objects().get(KEY);
        server.objects().clear();
        for (int length : new int[] {10, LARGE}) {
            try (ExportFile file = place.create(NAME, FACTS, false)) {
                file.preflight();
                file.write(new byte[length], 0, length);
                server.objects().put(KEY, theirs);
                server.fail(DiscardingS3::isPut, length == 10 ? 1 : 0, 503);
                assertThatThrownBy(file::commit).isInstanceOf(AlreadyExists.class);
            }
            assertThat(server.objects()).containsOnly(Map.entry(KEY, theirs));
            assertThat(server.openUploads()).isZero();
            server.objects().clear();
        }
    }

    @Test
    void a_server_that_does_not_know_the_condition_is_asked_without_it() {
        server.fail(call -> call.getRequestHeaders().containsKey("If-None-Match"), 2, 501);
        write(place, LARGE, false);
        place.delete(NAME);
        write(place, 10, false);
        expectWritten(10);
    }

    @Test
    void a_server_that_loses_a_part_is_found_out() {
        try (ExportFile file = place.create(NAME, FACTS, false)) {
            file.preflight();
            file.write(new byte[LARGE], 0, LARGE);
            server.shorten();
            assertThatThrownBy(file::commit)
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("bytes instead of " + LARGE);
        }
        expectNothing();
    }

    @Test
    void a_slow_server_is_waited_for() {
        server.slow(200);
        write(place, LARGE, false);
        expectWritten(LARGE);
    }

    @Test
    void a_server_that_never_answers_is_given_up() throws IOException {
        S3Place.Bounds bounds = new S3Place.Bounds(
                new RetryingStore.Policy(2, Duration.ofMillis(10), Duration.ofMillis(10)),
                Duration.ofMillis(300),
                1 << 20);
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                S3Place waiting = new S3Place(
                        S3Location.of(
                                URI.create("http://127.0.0.1:" + silent.getLocalPort()),
                                "bucket",
                                S3Credentials.of("key", "secret")),
                        S3PlaceContract.SMALL_PARTS,
                        InstantSource.system(),
                        bounds)) {
            assertThatThrownBy(() -> write(waiting, 10, false))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("no answer in time");
        }
    }

    @Test
    void whoever_is_stopped_while_writing_leaves_nothing() {
        server.slow(20);
        try (ExportFile file = place.create(NAME, FACTS, false)) {
            file.preflight();
            file.write(new byte[LARGE], 0, LARGE);
            Thread.currentThread().interrupt();
            assertThatThrownBy(file::commit).isInstanceOf(Cancelled.class);
        }
        assertThat(Thread.interrupted()).isTrue();
        expectNothing();
    }

    @Test
    void a_connection_that_is_cut_in_the_middle_of_a_part_is_made_again() throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(server.location().endpoint().orElseThrow());
                S3Place cut = S3PlaceContract.open(through(proxy, server.location()))) {
            proxy.cutRequests(3, 2_000_000);
            write(cut, LARGE, false);
            assertThat(proxy.cutsLeft()).isZero();
        }
        expectWritten(LARGE);
    }

    @Test
    void a_network_that_always_cuts_fails_the_file_and_is_told() throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(server.location().endpoint().orElseThrow());
                S3Place cut = S3PlaceContract.open(through(proxy, server.location()))) {
            proxy.cutRequests(Integer.MAX_VALUE, 2_000_000);
            assertThatThrownBy(() -> write(cut, LARGE, false)).isInstanceOf(Unavailable.class);
            proxy.cutRequests(0, 0);
        }
        expectNothing();
    }

    @Test
    void a_file_whose_reading_breaks_off_is_read_on_where_it_was() throws IOException {
        byte[] content = BucketContract.random(4_000_000, 1);
        try (TestBucket bucket = new TestBucket(S3Server.embedded());
                CuttingProxy proxy =
                        new CuttingProxy(bucket.location().endpoint().orElseThrow());
                S3Place reading = S3PlaceContract.open(through(proxy, bucket.location()))) {
            bucket.put("daily/a.dump", content, r -> {});
            proxy.cut(3, 700_000);
            try (InputStream stream = reading.open(NAME)) {
                assertThat(stream.readAllBytes()).isEqualTo(content);
            }
            assertThat(proxy.cutsLeft()).isZero();
        }
    }

    @Test
    void a_file_that_is_replaced_while_it_is_read_is_not_mixed_with_the_other() throws IOException {
        try (TestBucket bucket = new TestBucket(S3Server.embedded());
                CuttingProxy proxy =
                        new CuttingProxy(bucket.location().endpoint().orElseThrow());
                S3Place reading = S3PlaceContract.open(through(proxy, bucket.location()))) {
            bucket.put("daily/a.dump", BucketContract.random(4_000_000, 1), r -> {});
            proxy.cut(1, 700_000);
            try (InputStream stream = reading.open(NAME)) {
                bucket.put("daily/a.dump", BucketContract.random(4_000_000, 2), r -> {});
                assertThatThrownBy(stream::readAllBytes).hasMessageContaining("was replaced or removed");
            }
        }
    }

    private static S3Location through(CuttingProxy proxy, S3Location direct) {
        return new S3Location(
                Optional.of(proxy.endpoint()), direct.region(), direct.bucket(), "", direct.credentials(), true, 4);
    }

    @Test
    void parts_are_equal_and_as_long_as_the_expected_length_needs() {
        assertThat(plan(OptionalLong.empty(), 10_000)).isEqualTo(16L << 20);
        assertThat(plan(OptionalLong.of(10L << 30), 10_000)).isEqualTo(16L << 20);
        assertThat(plan(OptionalLong.of(50L << 30), 1_000)).isEqualTo(64L << 20);
        assertThat(plan(OptionalLong.of(1L << 40), 10_000)).isEqualTo(132L << 20);
        assertThat(plan(OptionalLong.of(Long.MAX_VALUE), 1_000)).isEqualTo(5L << 30);
        for (int partMib : new int[] {5, 16, 32, 33, 500}) {
            PartPlan plan = new PartPlan((long) partMib << 20, 1_000);
            assertThat(plan.atOnce()).isBetween(1, 3);
            assertThat(plan.spooled() ? 0 : (plan.atOnce() + 1) * plan.partBytes())
                    .isLessThanOrEqualTo(64L << 20);
        }
    }

    private static long plan(OptionalLong expected, int maxParts) {
        S3PlaceSettings settings = S3PlaceContract.settings(0, maxParts, S3PlaceSettings.Checksum.MD5);
        return PartPlan.of(settings, expected).partBytes();
    }
}
