package dev.holdfast.control.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.Catalogs;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.FakeRepository;
import dev.holdfast.control.operation.OpenRepository;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SnapshotsTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final StackConfig CONFIG = new StackConfig(
            "shop",
            dev.holdfast.control.operation.Stacks.SHOP.sources(),
            dev.holdfast.control.operation.Stacks.REPOSITORY);
    private static final StackRecord SHOP = new StackRecord("shop", CONFIG, StackOrigin.FILE, 1);

    private final FakeRepository repository = new FakeRepository(new ArrayList<>());
    private final List<AutoCloseable> opened = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    private Snapshots snapshots(Catalogs kind) {
        return snapshots(kind, folder);
    }

    private Snapshots snapshots(Catalogs kind, Path place) {
        Catalog catalog = kind.open(place);
        opened.add(catalog);
        return Snapshots.in(catalog, repository, InstantSource.fixed(NOON));
    }

    private Snapshot add(String stack, Instant began) {
        return repository.add(stack, began, FakeRepository.part("database", "postgres", 3, 300));
    }

    @ParameterizedTest
    @EnumSource
    void the_listing_shows_what_the_repository_holds_of_the_stack(Catalogs kind) {
        Snapshots snapshots = snapshots(kind);
        Snapshot first = add("shop", NOON.minusSeconds(60));
        Snapshot second = add("shop", NOON);
        add("blog", NOON);
        snapshots.refresh(SHOP);

        SnapshotPage page = snapshots.list(SnapshotFilter.ALL, Optional.empty(), 10);
        assertThat(page.snapshots()).extracting(SnapshotRecord::id).containsExactly(second.id(), first.id());
        SnapshotRecord record = snapshots.show("shop", first.id());
        assertThat(record.parts())
                .containsExactly(new SnapshotRecord.PartRecord("database", "postgres", "the database", 3, 300, 150));
        assertThat(record.bytes()).isEqualTo(300);
        assertThat(record.assurance().reached(Assurance.Step.COPIED)).isTrue();
        assertThat(record.assurance().reached(Assurance.Step.INTACT)).isFalse();
        assertThat(snapshots.look("shop").orElseThrow().destinations()).isEqualTo(repository.destinations());
        assertThat(snapshots.look("blog")).isEmpty();

        repository.snapshots.remove(first);
        snapshots.refresh(SHOP);
        assertThat(snapshots.count(SnapshotFilter.ALL)).isEqualTo(1);
        assertThatThrownBy(() -> snapshots.show("shop", first.id()))
                .isInstanceOfSatisfying(
                        HoldfastException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SNAPSHOT_MISSING));
    }

    @ParameterizedTest
    @EnumSource
    void ten_thousand_snapshots_are_paged_through_fast_and_each_is_seen_once(Catalogs kind) {
        Snapshots snapshots = snapshots(kind);
        for (int i = 0; i < 10_000; i++) {
            add("shop", NOON.plus(Duration.ofMinutes(i)));
        }
        snapshots.refresh(SHOP);
        snapshots.list(SnapshotFilter.ALL, Optional.empty(), 100);

        List<SnapshotId> seen = new ArrayList<>();
        Optional<SnapshotId> after = Optional.empty();
        long slowest = 0;
        do {
            long began = System.nanoTime();
            SnapshotPage page = snapshots.list(SnapshotFilter.ALL.ofStack("shop"), after, 100);
            slowest = Math.max(slowest, System.nanoTime() - began);
            page.snapshots().forEach(snapshot -> seen.add(snapshot.id()));
            after = page.next();
        } while (after.isPresent());

        assertThat(seen).hasSize(10_000).doesNotHaveDuplicates();
        assertThat(seen.reversed()).isSorted();
        assertThat(snapshots.count(SnapshotFilter.ALL.ofStack("shop"))).isEqualTo(10_000);
        // a page is a look at 100 rows of an index; the bound is generous because machines of tests are busy
        assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @EnumSource
    void snapshots_are_found_by_time_by_what_is_proven_and_by_pins(Catalogs kind) {
        Snapshots snapshots = snapshots(kind);
        Snapshot old = add("shop", NOON.minus(Duration.ofDays(2)));
        Snapshot young = add("shop", NOON.minus(Duration.ofHours(2)));
        snapshots.refresh(SHOP);
        snapshots.reached("shop", Set.of(old.id()), Assurance.Step.RESTORED, NOON);
        snapshots.pin(SHOP, young.id(), true);
        snapshots.note("shop", young.id(), "before the 'move' -- \"keep\"");

        SnapshotFilter all = SnapshotFilter.ALL.ofStack("shop");
        assertThat(ids(
                        snapshots,
                        new SnapshotFilter(
                                Set.of(),
                                Optional.of(NOON.minus(Duration.ofDays(1))),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())))
                .containsExactly(young.id());
        assertThat(ids(
                        snapshots,
                        new SnapshotFilter(
                                Set.of(),
                                Optional.empty(),
                                Optional.of(NOON.minus(Duration.ofDays(1))),
                                Optional.empty(),
                                Optional.empty())))
                .containsExactly(old.id());
        assertThat(ids(
                        snapshots,
                        new SnapshotFilter(
                                Set.of("shop"),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(Assurance.Step.RESTORED),
                                Optional.empty())))
                .containsExactly(old.id());
        assertThat(ids(
                        snapshots,
                        new SnapshotFilter(
                                Set.of("shop"),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(true))))
                .containsExactly(young.id());
        assertThat(ids(snapshots, all.ofStack("x' OR '1'='1"))).isEmpty();
        assertThat(snapshots.pinned("shop")).containsExactly(young.id());
        assertThat(snapshots.proven("shop")).containsExactly(old.id());
        assertThat(snapshots.show("shop", young.id()).note()).isEqualTo("before the 'move' -- \"keep\"");
        assertThat(snapshots.show("shop", old.id()).assurance().restored()).contains(NOON);
        assertThat(snapshots.pin(SHOP, young.id(), false).pinned()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void a_pin_outlives_the_catalog_and_is_known_by_whoever_looks_into_the_repository(Catalogs kind)
            throws IOException {
        Snapshots snapshots = snapshots(kind);
        Snapshot first = add("shop", NOON.minusSeconds(60));
        Snapshot second = add("shop", NOON);
        snapshots.refresh(SHOP);
        snapshots.pin(SHOP, first.id(), true);
        assertThat(repository.pinned).containsExactly(first.id());

        Snapshots anew = snapshots(kind, Files.createDirectory(folder.resolve("anew")));
        assertThat(anew.pinned("shop")).isEmpty();
        anew.refresh(SHOP);
        assertThat(anew.pinned("shop")).containsExactly(first.id());

        repository.pinned.clear();
        repository.pinned.add(second.id());
        try (OpenRepository seen = new Listing(repository, anew, SHOP, () -> {}).open(CONFIG.repository())) {
            assertThat(seen.pinned()).containsExactly(second.id());
        }
        assertThat(anew.pinned("shop")).containsExactly(second.id());
    }

    private static List<SnapshotId> ids(Snapshots snapshots, SnapshotFilter filter) {
        return snapshots.list(filter, Optional.empty(), 100).snapshots().stream()
                .map(SnapshotRecord::id)
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void a_long_run_with_an_old_view_neither_hides_what_is_new_nor_shows_what_is_gone(Catalogs kind) {
        Snapshots snapshots = snapshots(kind);
        Snapshot first = add("shop", NOON.minusSeconds(60));
        snapshots.refresh(SHOP);
        Listing listing = new Listing(repository, snapshots, SHOP, () -> {});
        Snapshot second;
        try (OpenRepository slow = listing.open(CONFIG.repository())) {
            assertThat(slow.snapshots()).containsExactly(first);
            second = add("shop", NOON);
            repository.snapshots.remove(first);
            snapshots.refresh(SHOP);
            snapshots.pin(SHOP, second.id(), true);
        }
        assertThat(ids(snapshots, SnapshotFilter.ALL)).containsExactly(second.id());
        assertThat(snapshots.show("shop", second.id()).pinned()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void a_destination_that_is_behind_is_a_copy_less_for_what_is_new_and_made_good_when_it_is_level(Catalogs kind) {
        Snapshots snapshots = snapshots(kind);
        Snapshot first = add("shop", NOON.minusSeconds(60));
        repository.destinations =
                List.of(new DestinationState("disk", "/a", true, ""), new DestinationState("s3", "s3://b", true, ""));
        snapshots.refresh(SHOP);
        repository.destinations = List.of(
                new DestinationState("disk", "/a", true, ""), new DestinationState("s3", "s3://b", false, "away"));
        repository.findings = List.of(new Finding("s3", "away"));
        Snapshot second = add("shop", NOON);
        snapshots.refresh(SHOP);

        assertThat(snapshots.show("shop", first.id()).assurance().copies()).isEqualTo(2);
        assertThat(snapshots.show("shop", second.id()).assurance().copies()).isEqualTo(1);
        assertThat(snapshots.show("shop", second.id()).assurance().reached(Assurance.Step.COPIED))
                .isFalse();
        assertThat(snapshots.look("shop").orElseThrow().findings()).containsExactly(new Finding("s3", "away"));

        snapshots.looked(
                SHOP,
                List.of(new DestinationState("disk", "/a", true, ""), new DestinationState("s3", "s3://b", true, "")),
                List.of());
        assertThat(snapshots.show("shop", second.id()).assurance().reached(Assurance.Step.COPIED))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void the_version_of_the_application_is_said_later_found_by_and_stays_through_a_refresh(Catalogs kind) {
        Snapshots snapshots = snapshots(kind);
        Snapshot plain = add("shop", NOON.minus(Duration.ofDays(2)));
        Snapshot other = add("shop", NOON.minus(Duration.ofDays(1)));
        snapshots.refresh(SHOP);
        String version = "2.1 \"Ä_%\"";
        assertThat(snapshots.appVersion("shop", plain.id(), version).appVersion())
                .contains(version);
        snapshots.refresh(SHOP);

        assertThat(snapshots.show("shop", plain.id()).appVersion()).contains(version);
        CatalogFacts facts = CatalogFacts.of(snapshots, "shop");
        assertThat(facts.labels(plain)).containsEntry("app-version", version);
        assertThat(facts.labels(other)).isEqualTo(other.labels());
        assertThat(snapshots.show("shop", other.id()).appVersion()).isEmpty();
        assertThat(ids(snapshots, ofVersion(version))).containsExactly(plain.id());
        assertThat(snapshots.count(ofVersion(version))).isEqualTo(1);
        assertThat(ids(snapshots, ofVersion("2.1"))).isEmpty();
        assertThat(snapshots.appVersion("shop", plain.id(), "").appVersion()).isEmpty();
        assertThat(ids(snapshots, ofVersion(version))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_version_that_was_said_when_a_snapshot_was_made_is_found_unless_another_was_said_since(Catalogs kind) {
        Catalog catalog = kind.open(folder);
        opened.add(catalog);
        Snapshots snapshots = Snapshots.in(catalog, repository, InstantSource.fixed(NOON));
        Snapshot made = add("shop", NOON);
        snapshots.refresh(SHOP);
        catalog.jdbi()
                .useHandle(handle -> handle.execute(
                        "UPDATE snapshot SET labels = ?",
                        ListingJson.ofLabels(Map.of("app-version", "v\"1\"", "note", "\"app-version\":\"v2\""))));
        assertThat(ids(snapshots, ofVersion("v\"1\""))).containsExactly(made.id());
        assertThat(ids(snapshots, ofVersion("V\"1\""))).isEmpty();
        assertThat(ids(snapshots, ofVersion("v2"))).isEmpty();
        snapshots.appVersion("shop", made.id(), "v3");
        assertThat(ids(snapshots, ofVersion("v3"))).containsExactly(made.id());
        assertThat(ids(snapshots, ofVersion("v\"1\""))).isEmpty();
        assertThat(snapshots.show("shop", made.id()).labels())
                .containsEntry("app-version", "v3")
                .hasSize(2);
    }

    private static SnapshotFilter ofVersion(String version) {
        return new SnapshotFilter(
                Set.of("shop"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(version));
    }
}
