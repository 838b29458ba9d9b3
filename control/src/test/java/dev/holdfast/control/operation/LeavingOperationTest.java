package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.FakeRepository.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.Secret;
import dev.holdfast.control.export.FileFormat;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.export.Protection;
import dev.holdfast.control.leaving.LeavingOrder;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.MemoryPlace;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Finding;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LeavingOperationTest {
    /** Of the bytes 1, 2, 3, which every fake export writes. */
    private static final String SUM = "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81";

    private static final Instant DAY = Instant.parse("2026-11-20T02:00:00Z");

    private final List<String> log = new ArrayList<>();
    private final FakeConnectors connectors = new FakeConnectors(log);
    private final FakeRepository repository = new FakeRepository(log);
    private Instant now = DAY;
    private final MemoryPlace place = new MemoryPlace(() -> now);
    private final LeavingOperation operation = new LeavingOperation(connectors, repository, () -> now);
    private Optional<String> stack = Optional.empty();
    private LeavingOrder order = order(FileFormat.CUSTOM, false);

    LeavingOperationTest() {
        connectors.exportPlaces.put("/all", place);
    }

    private static LeavingOrder order(FileFormat databases, boolean overwrite) {
        return new LeavingOrder(Optional.empty(), List.of(), databases, FileFormat.TAR_GZ, Protection.NONE, overwrite);
    }

    private Snapshot backup(String name) {
        now = now.plus(Duration.ofDays(1));
        return repository.add(name, now, part("database", "postgres", 3, 30), part("media", "bucket", 1, 10));
    }

    private LeavingResult run() {
        return run(Run.silent());
    }

    private LeavingResult run(Run run) {
        now = now.plus(Duration.ofHours(1));
        return operation.run(
                new LeavingOperation.Request(
                        RepositoryChoice.of(Stacks.SHOP.repository(), stack),
                        new PlaceConfig.Local(Path.of("/all")),
                        order),
                run);
    }

    private static String folder(Snapshot snapshot) {
        return snapshot.stack() + "/" + snapshot.began().toString().replace(':', '-') + "_" + snapshot.id() + "/";
    }

    private String text(String name) {
        return new String(
                Objects.requireNonNull(place.files().get(new FileName(name)), name)
                        .bytes(),
                StandardCharsets.UTF_8);
    }

    private JsonNode index() {
        return JsonMapper.shared().readTree(text("index.json"));
    }

    private List<String> exports() {
        return log.stream().filter(line -> line.startsWith("export ")).toList();
    }

    @Test
    void every_part_of_every_snapshot_of_every_stack_is_there_with_an_index_the_newest_first() {
        Snapshot first = backup("shop");
        Snapshot second = backup("shop");
        Snapshot other = backup("wiki");
        repository.pinned.add(first.id());

        LeavingResult result = run();

        assertThat(result.concern()).isEmpty();
        assertThat(result.written()).isEqualTo(9);
        assertThat(result.totals().files()).isEqualTo(9);
        Set<String> expected = new TreeSet<>(Set.of("index.json", "index.html", "SHA256SUMS"));
        for (Snapshot snapshot : List.of(first, second, other)) {
            for (String file : List.of("database.dump", "media.tar.gz", "roles/database.sql", "snapshot.json")) {
                expected.add(folder(snapshot) + file);
            }
        }
        assertThat(place.names("")).containsExactlyElementsOf(expected);
        JsonNode index = index();
        assertThat(index.path("snapshots")).hasSize(3);
        assertThat(index.path("snapshots").path(0).path("snapshot").asString())
                .isEqualTo(other.id().text());
        JsonNode last = index.path("snapshots").path(2);
        assertThat(last.path("snapshot").asString()).isEqualTo(first.id().text());
        assertThat(last.path("pinned").asBoolean()).isTrue();
        assertThat(last.path("files").path(0).path("sha256").asString()).isEqualTo(SUM);
        assertThat(index.path("totals").path("missing").asLong()).isZero();
        assertThat(text("index.html")).contains(first.id().text(), folder(second) + "database.dump");
        assertThat(text("SHA256SUMS").lines()).hasSize(12).contains(SUM + "  " + folder(first) + "media.tar.gz");
    }

    @Test
    void a_second_run_writes_only_what_came_since() {
        Snapshot first = backup("shop");
        run();
        var before = new TreeMap<>(place.files());
        Snapshot second = backup("shop");
        log.clear();

        LeavingResult result = run();

        assertThat(result.present()).isEqualTo(3);
        assertThat(result.written()).isEqualTo(3);
        assertThat(exports()).hasSize(3);
        for (String file : List.of("database.dump", "media.tar.gz", "snapshot.json")) {
            FileName name = new FileName(folder(first) + file);
            assertThat(place.files().get(name)).isEqualTo(before.get(name));
        }
        assertThat(place.names(folder(second))).hasSize(4);
    }

    @Test
    void a_part_that_fails_is_told_and_the_rest_goes_on_until_it_comes() {
        Snapshot first = backup("shop");
        connectors.failing.add("export database as sql");

        LeavingResult failed = run();

        assertThat(failed.concern()).contains(ErrorCode.FINDINGS);
        assertThat(failed.failures()).hasSize(1);
        assertThat(failed.written()).isEqualTo(2);
        assertThat(place.names(folder(first)))
                .containsExactly(
                        folder(first) + "media.tar.gz",
                        folder(first) + "roles/database.sql",
                        folder(first) + "snapshot.json");
        JsonNode file = index().path("snapshots").path(0).path("files").path(0);
        assertThat(file.path("state").asString()).isEqualTo("missing");
        assertThat(file.path("reason").asString()).contains("database as sql failed");
        assertThat(text("index.html")).contains("missing</span> database.dump");
        assertThat(text("SHA256SUMS")).doesNotContain("database.dump");

        connectors.failing.clear();

        assertThat(run().concern()).isEmpty();
        assertThat(index().path("totals").path("missing").asLong()).isZero();
        assertThat(text("SHA256SUMS")).contains("database.dump");
    }

    @Test
    void where_nothing_can_be_written_the_run_has_failed() {
        backup("shop");
        connectors.failing.addAll(Set.of("preflight database", "preflight media"));

        assertThat(run().concern()).contains(ErrorCode.BUCKET_UNAVAILABLE);
    }

    @Test
    void whatever_call_of_the_place_fails_the_next_run_has_everything() {
        backup("shop");
        backup("shop");
        AtomicInteger calls = new AtomicInteger();
        place.trouble = _ -> calls.incrementAndGet();
        run();
        int all = calls.get();
        assertThat(all).isGreaterThan(20);
        for (int failing = 1; failing <= all; failing++) {
            MemoryPlace fresh = new MemoryPlace(() -> now);
            connectors.exportPlaces.put("/all", fresh);
            int call = failing;
            AtomicInteger count = new AtomicInteger();
            fresh.trouble = what -> {
                if (count.incrementAndGet() == call) {
                    throw new Unavailable(ErrorCode.STORE_UNAVAILABLE, what + " failed", "");
                }
            };
            try {
                LeavingResult result = run();
                assertThat(result.totals().missing() == 0 || result.concern().isPresent())
                        .as("call " + call)
                        .isTrue();
            } catch (Unavailable e) {
                // the place gave no answer to what a run cannot do without
            }
            fresh.files().forEach((name, held) -> {
                if (name.text().endsWith(".dump") || name.text().endsWith(".gz")) {
                    // never a part of a file
                    assertThat(held.bytes()).as(name.text()).containsExactly(1, 2, 3);
                }
            });
            fresh.trouble = _ -> {};

            LeavingResult next = run();

            assertThat(next.concern()).as("after call " + call).isEmpty();
            assertThat(next.totals().files()).as("after call " + call).isEqualTo(6);
        }
    }

    @Test
    void a_file_that_somebody_changed_is_not_replaced_unless_that_is_said() {
        Snapshot snapshot = backup("shop");
        run();
        now = now.plus(Duration.ofMinutes(1));
        place.put(folder(snapshot) + "database.dump", new byte[] {9, 9, 9});

        LeavingResult refused = run();

        assertThat(refused.concern()).contains(ErrorCode.FINDINGS);
        assertThat(refused.failures().getFirst().reason()).isInstanceOf(AlreadyExists.class);
        assertThat(text(folder(snapshot) + "database.dump")).isEqualTo("\t\t\t");

        order = order(FileFormat.CUSTOM, true);

        assertThat(run().concern()).isEmpty();
        assertThat(text(folder(snapshot) + "database.dump")).isEqualTo("\1\2\3");
    }

    @Test
    void an_index_of_somebody_else_stays_and_nothing_is_written_beside_it() {
        backup("shop");
        place.put("index.html", new byte[] {1});

        assertThatThrownBy(this::run).isInstanceOf(AlreadyExists.class).hasMessageContaining("index.html");
        assertThat(place.names("")).containsExactly("index.html");
    }

    @Test
    void what_surely_finds_no_room_is_not_begun() {
        backup("shop");
        place.free = OptionalLong.of(29);
        order = order(FileFormat.SQL, false);

        assertThatThrownBy(this::run)
                .isInstanceOf(NoSpace.class)
                .hasMessageContaining("29 bytes left")
                .hasMessageContaining("30 at least");
        assertThat(exports()).isEmpty();
    }

    @Test
    void what_may_find_no_room_is_told_and_tried() {
        backup("shop");
        place.free = OptionalLong.of(29);

        LeavingResult result = run();

        assertThat(result.totals().missing()).isZero();
        assertThat(result.findings())
                .extracting(Finding::message)
                .anyMatch(text -> text.contains("40 before it is compressed"));
    }

    @Test
    void a_disk_that_is_full_ends_it_and_the_index_says_what_is_missing() {
        backup("shop");
        Snapshot newest = backup("shop");
        place.trouble = what -> {
            if (what.equals("commit " + folder(newest) + "media.tar.gz")) {
                throw new NoSpace(ErrorCode.STORE_FULL, "full", "free space.");
            }
        };

        LeavingResult result = run();

        assertThat(result.failures()).hasSize(1);
        assertThat(result.written()).isEqualTo(2);
        assertThat(index().path("totals").path("missing").asLong()).isEqualTo(4);
    }

    @Test
    void whoever_ends_it_finds_an_index_of_what_is_there() {
        backup("shop");
        Snapshot newest = backup("shop");
        Cancellation cancellation = new Cancellation();
        place.trouble = what -> {
            if (what.equals("commit " + folder(newest) + "roles/database.sql")) {
                cancellation.cancel();
            }
        };

        assertThatThrownBy(() -> run(new Run(RunListener.NONE, cancellation))).isInstanceOf(Cancelled.class);

        assertThat(index().path("totals").path("files").asLong()).isBetween(2L, 5L);
        assertThat(index().path("totals").path("missing").asLong()).isPositive();
    }

    @Test
    void less_can_be_asked_for_and_the_index_says_what_nobody_asked_for() {
        backup("shop");
        Snapshot second = backup("shop");
        backup("wiki");
        stack = Optional.of("shop");
        order = new LeavingOrder(
                Optional.of(second.began()),
                List.of("media"),
                FileFormat.CUSTOM,
                FileFormat.ZIP,
                Protection.NONE,
                false);

        LeavingResult result = run();

        assertThat(result.concern()).isEmpty();
        assertThat(place.names("shop/"))
                .containsExactly(folder(second) + "media.zip", folder(second) + "snapshot.json");
        assertThat(index().path("snapshots").path(0).path("leftOut").path(0).asString())
                .isEqualTo("database");
    }

    @Test
    void files_are_encrypted_where_that_is_asked_for_and_an_earlier_run_without_is_no_excuse() {
        Snapshot snapshot = backup("shop");
        run();
        String plain = text(folder(snapshot) + "database.dump");
        order = sealed(List.of());

        LeavingResult result = run();

        assertThat(result.concern()).isEmpty();
        assertThat(result.written()).isEqualTo(3);
        assertThat(place.names("shop/"))
                .contains(
                        folder(snapshot) + "database.dump.gpg",
                        folder(snapshot) + "media.tar.gz.gpg",
                        folder(snapshot) + "roles/database.sql.gpg");
        assertThat(text(folder(snapshot) + "database.dump.gpg"))
                .hasSameSizeAs(plain)
                .isNotEqualTo(plain);
        assertThat(run().written()).isZero();
    }

    @Test
    void what_cannot_be_encrypted_is_not_begun() {
        Snapshot snapshot = backup("shop");
        order = sealed(List.of(Path.of("expired.asc")));

        assertThatThrownBy(this::run).isInstanceOf(Invalid.class).hasMessage("the certificate has expired");

        assertThat(place.names("shop/")).containsExactly(folder(snapshot) + "snapshot.json");
    }

    private static LeavingOrder sealed(List<Path> recipients) {
        return new LeavingOrder(
                Optional.empty(),
                List.of(),
                FileFormat.CUSTOM,
                FileFormat.TAR_GZ,
                new Protection(
                        recipients,
                        Optional.of(new Secret("four words are needed")),
                        Optional.empty(),
                        Optional.empty()),
                false);
    }

    @Test
    void asking_for_nothing_that_is_there_is_a_failure() {
        assertThatThrownBy(this::run).isInstanceOf(Missing.class);
        backup("shop");
        order = new LeavingOrder(
                Optional.empty(), List.of("medium"), FileFormat.CUSTOM, FileFormat.ZIP, Protection.NONE, false);
        assertThatThrownBy(this::run).isInstanceOf(Missing.class).hasMessageContaining("none of 1 snapshots");
    }

    @Test
    void snapshots_that_the_repository_forgot_since_stay_in_the_index() {
        Snapshot first = backup("shop");
        backup("shop");
        run();
        repository.forget(Set.of(first.id()));

        LeavingResult result = run();

        assertThat(result.totals().snapshots()).isEqualTo(2);
        assertThat(text("index.html")).contains(first.id().text());
    }
}
