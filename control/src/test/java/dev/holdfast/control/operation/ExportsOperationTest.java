package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.FakeRepository.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.export.Checksum;
import dev.holdfast.control.export.ExportConfig;
import dev.holdfast.control.export.ExportNames;
import dev.holdfast.control.export.ExportPlace;
import dev.holdfast.control.export.ExportPlan;
import dev.holdfast.control.export.FileFormat;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.export.PlacedExport;
import dev.holdfast.control.export.Protection;
import dev.holdfast.control.operation.ExportsOperation.Work;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExportsOperationTest {
    private static final Instant DAY = Instant.parse("2026-11-20T02:00:00Z");
    private static final RetentionPolicy TWO =
            RetentionPolicy.builder().last(2).minimum(1).build();

    private final List<String> log = new ArrayList<>();
    private final FakeConnectors connectors = new FakeConnectors(log);
    private final FakeRepository repository = new FakeRepository(log);
    private Instant now = DAY;
    private final ExportsOperation operation = new ExportsOperation(connectors.exportPlaces(), repository, () -> now);
    private StackConfig stack = stack(ExportNames.STANDARD, place("disk"), place("nas"), place("cloud"));

    ExportsOperationTest() {
        List.of("disk", "nas", "cloud")
                .forEach(name -> connectors.exportPlaces.put("/" + name, new MemoryPlace(() -> now)));
    }

    private static ExportPlace place(String name) {
        return new ExportPlace(name, new PlaceConfig.Local(Path.of("/" + name)), TWO, false);
    }

    private static StackConfig stack(ExportNames names, ExportPlace... places) {
        return Stacks.SHOP.withExports(List.of(new ExportConfig(
                "files",
                List.of("database"),
                FileFormat.SQL_GZ,
                FileFormat.TAR,
                names,
                Set.of(Checksum.MD5, Checksum.SHA256),
                Protection.NONE,
                true,
                ExportConfig.PATIENCE,
                List.of(places))));
    }

    private MemoryPlace at(String name) {
        return Objects.requireNonNull(connectors.exportPlaces.get("/" + name));
    }

    private Snapshot backup() {
        now = now.plus(Duration.ofDays(1));
        return repository.add("shop", now, part("database", "postgres", 3, 30), part("media", "bucket", 1, 10));
    }

    private ExportsResult run(Optional<String> snapshot, Work work, boolean byHand) {
        return operation.run(new ExportsOperation.Request(stack, snapshot, work, byHand), Run.silent());
    }

    private ExportsResult keep() {
        return run(Optional.empty(), Work.KEEP, false);
    }

    private static List<String> files(MemoryPlace place) {
        return place.names("").stream()
                .filter(name -> !name.startsWith(".holdfast/"))
                .toList();
    }

    private static String text(MemoryPlace place, String name) {
        return new String(
                Objects.requireNonNull(place.files().get(new FileName(name))).bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void every_place_gets_the_files_and_the_repository_is_read_once() {
        Snapshot snapshot = backup();

        ExportsResult result = keep();

        assertThat(result.concern()).isEmpty();
        assertThat(result.degraded()).isEmpty();
        assertThat(log.stream().filter(line -> line.startsWith("export "))).containsExactly("export database as sql");
        String name = "shop_2026-11-21_02-00-00.sql.gz";
        for (String place : List.of("disk", "nas", "cloud")) {
            assertThat(files(at(place)))
                    .containsExactly(name, name + ".manifest.json", name + ".md5", name + ".sha256");
            // of the bytes 1, 2, 3
            assertThat(text(at(place), name + ".md5")).isEqualTo("5289df737df57326fcdd22597afb1fac  " + name + "\n");
            assertThat(text(at(place), name + ".sha256"))
                    .isEqualTo("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81  " + name + "\n");
            assertThat(at(place).link("shop_latest.sql.gz")).contains(new FileName(name));
        }
        MemoryPlace.Held held = Objects.requireNonNull(at("nas").files().get(new FileName(name)));
        assertThat(held.facts().contentType()).isEqualTo("application/gzip");
        assertThat(held.facts().metadata())
                .containsEntry("database", "shop")
                .containsEntry("snapshot", snapshot.id().text())
                .containsEntry("backup-time", "2026-11-21T02:00:00Z");
        JsonNode manifest = JsonMapper.shared().readTree(text(at("nas"), name + ".manifest.json"));
        JsonNode file = manifest.required("files").get(0);
        assertThat(manifest.required("snapshot").asString())
                .isEqualTo(snapshot.id().text());
        assertThat(file.required("database").asString()).isEqualTo("shop");
        assertThat(file.required("fileName").asString()).isEqualTo(name);
        assertThat(file.required("bytes").asLong()).isEqualTo(3);
        assertThat(file.required("url").asString()).isEqualTo("memory:" + name);
        assertThat(file.required("entries").asLong()).isEqualTo(3);
    }

    @Test
    void a_place_that_fails_at_any_step_degrades_the_run_and_is_caught_up() {
        List<String> steps = List.of(
                "list",
                "create .holdfast",
                "commit .holdfast",
                "create shop_",
                "write shop_",
                "commit shop_",
                "find shop_");
        for (String step : steps) {
            for (MemoryPlace place : connectors.exportPlaces.values()) {
                place.names("").forEach(place::take);
            }
            repository.snapshots.clear();
            backup();
            at("nas").trouble = call -> {
                if (call.startsWith(step)) {
                    throw new Unavailable(ErrorCode.STORE_UNAVAILABLE, "the wire was cut", "look at the wire.");
                }
            };

            ExportsResult degraded = keep();

            assertThat(degraded.degraded()).as(step).contains("degraded: 1 of 3");
            assertThat(degraded.concern()).as(step).contains(ErrorCode.FINDINGS);
            assertThat(degraded.failure()).isEmpty();
            assertThat(degraded.places().get(1).failure().orElseThrow())
                    .as(step)
                    .hasMessage("the wire was cut");
            assertThat(files(at("disk"))).as(step).hasSize(4);
            assertThat(files(at("cloud"))).as(step).hasSize(4);

            // a file may have got its name before the wire was cut; its export is not taken for whole
            at("nas").trouble = _ -> {};
            assertThat(run(Optional.empty(), Work.LOOK, false).places().get(1).decisions())
                    .as(step)
                    .noneMatch(decision -> decision.standing() == ExportPlan.Standing.WHOLE);
            assertThat(run(Optional.empty(), Work.LOOK, false).degraded())
                    .as(step)
                    .contains("degraded: 1 of 3");
            // at once, because it is known that nobody writes the first attempt any more
            ExportsResult caughtUp = keep();

            assertThat(caughtUp.degraded()).as(step).isEmpty();
            assertThat(files(at("nas"))).as(step).isEqualTo(files(at("disk"))).hasSize(4);
            assertThat(run(Optional.empty(), Work.LOOK, false).degraded())
                    .as(step)
                    .isEmpty();
        }
    }

    @Test
    void what_fails_in_the_repository_leaves_nothing_behind_and_blames_no_place() {
        backup();
        connectors.failing.add("export database as sql");

        ExportsResult result = keep();

        assertThat(result.failure()).containsInstanceOf(Unavailable.class);
        assertThat(result.places()).allMatch(place -> place.failure().isEmpty());
        assertThat(Stream.of("disk", "nas", "cloud").flatMap(name -> at(name).names("").stream()))
                .isEmpty();
    }

    @Test
    void a_run_that_reaches_no_place_has_failed_and_a_full_place_says_so_before() {
        backup();
        keep();
        backup();
        for (String name : List.of("disk", "nas", "cloud")) {
            at(name).free = OptionalLong.of(1);
        }

        ExportsResult result = keep();

        assertThat(result.failure()).containsInstanceOf(NoSpace.class);
        assertThat(result.concern()).contains(ErrorCode.STORE_FULL);
        assertThat(result.degraded()).contains("degraded: 3 of 3");
    }

    @Test
    void only_what_each_place_keeps_stays_and_pins_hold() {
        stack = stack(
                ExportNames.STANDARD,
                place("disk"),
                new ExportPlace(
                        "nas",
                        new PlaceConfig.Local(Path.of("/nas")),
                        RetentionPolicy.builder().last(3).minimum(1).build(),
                        false));
        Snapshot first = backup();
        repository.pin(first.id(), true);
        for (int i = 0; i < 5; i++) {
            keep();
            backup();
        }

        ExportsResult result = keep();

        assertThat(result.concern()).isEmpty();
        assertThat(files(at("disk")).stream().filter(name -> name.endsWith(".gz")))
                .containsExactly(
                        "shop_2026-11-21_02-00-00.sql.gz",
                        "shop_2026-11-25_02-00-00.sql.gz",
                        "shop_2026-11-26_02-00-00.sql.gz");
        assertThat(files(at("nas")).stream().filter(name -> name.endsWith(".gz")))
                .hasSize(4);
        assertThat(at("disk").names(".holdfast/shop/")).hasSize(3);
    }

    @Test
    void a_place_gets_what_it_lacks_the_newest_first_and_no_more_than_it_keeps() {
        backup();
        backup();
        backup();

        keep();

        assertThat(files(at("disk")).stream().filter(name -> name.endsWith(".gz")))
                .containsExactly("shop_2026-11-22_02-00-00.sql.gz", "shop_2026-11-23_02-00-00.sql.gz");
        assertThat(at("disk").link("shop_latest.sql.gz")).contains(new FileName("shop_2026-11-23_02-00-00.sql.gz"));
        log.clear();
        assertThat(keep().exports()).isEmpty();
        assertThat(log).noneMatch(line -> line.startsWith("export "));
    }

    @Test
    void a_name_that_somebody_else_has_is_left_alone() {
        backup();
        at("nas").put("shop_2026-11-21_02-00-00.sql.gz", new byte[] {9});
        at("cloud").put("shop_latest.sql.gz", new byte[] {8});

        ExportsResult result = keep();

        assertThat(result.degraded()).contains("degraded: 1 of 3");
        assertThat(at("nas").names("")).containsExactly("shop_2026-11-21_02-00-00.sql.gz");
        assertThat(text(at("nas"), "shop_2026-11-21_02-00-00.sql.gz")).isEqualTo("\u0009");
        assertThat(result.findings()).extracting(Finding::message).anyMatch(message -> message.contains("a link"));
        assertThat(text(at("cloud"), "shop_latest.sql.gz")).isEqualTo("\u0008");
    }

    @Test
    void the_newest_of_each_day_week_and_month_has_a_name_of_its_own() {
        stack = stack(ExportNames.Preset.ROTATED.names(), place("disk"));
        Snapshot morning = backup();
        keep();
        now = now.plus(Duration.ofHours(10));
        Snapshot noon = repository.add("shop", now, part("database", "postgres", 3, 30));
        keep();

        assertThat(files(at("disk")).stream().filter(name -> name.endsWith(".gz")))
                .containsExactly(
                        "daily/shop-20261121.sql.gz",
                        "last/shop-20261121-020000.sql.gz",
                        "last/shop-20261121-120000.sql.gz",
                        "monthly/shop-202611.sql.gz",
                        "weekly/shop-202647.sql.gz");
        assertThat(at("disk")
                        .files()
                        .get(new FileName("daily/shop-20261121.sql.gz"))
                        .facts()
                        .metadata())
                .containsEntry("snapshot", noon.id().text());
        backup();
        backup();
        keep();
        assertThat(files(at("disk")).stream().filter(name -> name.endsWith(".gz")))
                .containsExactly(
                        "daily/shop-20261122.sql.gz",
                        "daily/shop-20261123.sql.gz",
                        "last/shop-20261122-120000.sql.gz",
                        "last/shop-20261123-120000.sql.gz",
                        "monthly/shop-202611.sql.gz",
                        // a Monday
                        "weekly/shop-202647.sql.gz",
                        "weekly/shop-202648.sql.gz");
        assertThat(morning.id()).isNotEqualTo(noon.id());
    }

    @Test
    void what_an_entry_named_stays_when_nobody_can_read_it_even_if_the_next_attempt_would_write_the_same() {
        stack = stack(ExportNames.Preset.ROTATED.names(), place("disk"));
        backup();
        keep();
        String main = "last/shop-20261121-020000.sql.gz";
        at("disk").names(".holdfast/").forEach(entry -> at("disk").put(entry, new byte[] {1}));
        List<String> copies = files(at("disk")).stream()
                .filter(name -> !name.startsWith("last/"))
                .toList();
        copies.forEach(at("disk")::take);
        List<String> left = files(at("disk"));

        assertThat(keep().degraded()).contains("degraded: 1 of 1");
        assertThat(files(at("disk"))).containsExactlyElementsOf(left).contains(main);

        at("disk").take(main);
        assertThat(keep().degraded()).contains("degraded: 1 of 1");
        assertThat(files(at("disk"))).contains(main + ".md5", main + ".sha256").doesNotContain(main);
    }

    @Test
    void a_file_that_is_gone_or_changed_is_told_and_a_changed_one_stays() {
        backup();
        keep();
        at("disk").take("shop_2026-11-21_02-00-00.sql.gz");
        at("nas").put("shop_2026-11-21_02-00-00.sql.gz", new byte[] {4, 5});

        ExportsResult result = keep();

        assertThat(result.findings())
                .hasSize(2)
                .allMatch(finding -> finding.message().contains("lacks a file"));
        assertThat(result.concern()).contains(ErrorCode.FINDINGS);
        backup();
        backup();
        backup();
        keep();
        assertThat(text(at("nas"), "shop_2026-11-21_02-00-00.sql.gz")).isEqualTo("\u0004\u0005");
        assertThat(files(at("disk"))).noneMatch(name -> name.contains("11-21"));
    }

    @Test
    void a_look_changes_nothing_and_a_clean_up_only_removes() {
        backup();
        keep();
        backup();
        keep();
        stack = stack(
                ExportNames.STANDARD,
                new ExportPlace(
                        "disk",
                        new PlaceConfig.Local(Path.of("/disk")),
                        RetentionPolicy.builder().last(1).minimum(1).build(),
                        false));
        backup();

        ExportsResult looked = run(Optional.empty(), Work.LOOK, true);

        assertThat(looked.places().getFirst().decisions())
                .extracting(ExportPlan.Decision::kept)
                .containsExactly(true, false);
        assertThat(files(at("disk"))).hasSize(8);
        ExportsResult cleaned = run(Optional.empty(), Work.CLEAN, true);
        assertThat(cleaned.places().getFirst().removed()).isEqualTo(1);
        assertThat(files(at("disk"))).hasSize(4).allMatch(name -> name.startsWith("shop_2026-11-22"));
    }

    @Test
    void one_snapshot_can_be_asked_for_and_is_written_once() {
        Snapshot old = backup();
        backup();
        stack = stack(
                ExportNames.STANDARD, new ExportPlace("disk", new PlaceConfig.Local(Path.of("/disk")), TWO, true));
        assertThat(keep().places()).isEmpty();

        ExportsResult first = run(Optional.of(old.id().text()), Work.KEEP, true);
        ExportsResult second = run(Optional.of(old.id().text()), Work.KEEP, true);

        assertThat(first.exports()).hasSize(1).allMatch(export -> !export.failed());
        assertThat(second.exports().getFirst().outcome()).isEqualTo(new PlacedExport.Outcome.There());
        assertThat(files(at("disk"))).hasSize(4);
    }

    @Test
    void a_place_that_refuses_credentials_says_what_to_do() {
        backup();
        at("cloud").trouble = _ -> {
            throw new AccessDenied(ErrorCode.STORE_ACCESS_DENIED, "the key is refused", "look at the key.");
        };

        ExportsResult result = keep();

        assertThat(result.places().get(2).failure().orElseThrow().hint()).isEqualTo("look at the key.");
        assertThat(result.degraded()).contains("degraded: 1 of 3");
    }

    @Test
    void a_stack_without_exports_is_told_what_to_write() {
        stack = Stacks.SHOP;

        assertThatThrownBy(this::keep).isInstanceOf(Invalid.class).hasMessage("stack 'shop' has no 'exports'");
    }
}
