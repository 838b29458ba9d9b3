package dev.holdfast.control.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.export.ExportPlan.Standing;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.control.verify.FileCheck.Depth;
import dev.holdfast.control.verify.FileVerdict;
import dev.holdfast.control.verify.TreeCheck;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.MemoryPlace;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.Exporter;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.PartWriter.Change;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Buckets and directories as files in places. */
class TreesInPlacesTest {
    private static final Part MEDIA =
            new Part("media", "bucket", "", Optional.empty(), 3, 6, Map.of(), new Part.Statistics(0, 0, 0, 0, 0, 0, 0));
    private static final Map<String, String> OBJECTS =
            Map.of("a.png", "one", "deep/er/b.png", "twenty", "deep/größe \"x\".png", "");

    private final SecureRandom random = new SecureRandom();
    private Instant now = Instant.parse("2026-11-20T02:00:00.5Z");
    private final MemoryPlace place = new MemoryPlace(() -> now);
    private final MemoryPlace other = new MemoryPlace(() -> now);
    private final List<Map<String, String>> readings = new ArrayList<>();
    private String name = "{part}_{timestamp}.{ext}";

    static MemoryPart part(Map<String, String> objects) {
        SortedMap<EntryKey, byte[]> sorted = new TreeMap<>();
        objects.forEach((key, text) -> sorted.put(EntryKey.of(key), text.getBytes(StandardCharsets.UTF_8)));
        MemoryPart part = new MemoryPart("bucket");
        Attributes attributes = Attributes.builder()
                .put("etag", "0123456789abcdef0123456789abcdef")
                .put("modified", "2026-03-04T05:06:07Z")
                .put("content-type", "image/png")
                .build();
        sorted.forEach((key, bytes) -> {
            try (ContentWriter writer = part.content(bytes.length)) {
                writer.write(bytes, 0, bytes.length);
                part.add(new Entry(key, EntryType.OBJECT, attributes, writer.finish()), Change.NEW);
            }
        });
        return part;
    }

    private Snapshot snapshot(String stack) {
        return new Snapshot(
                SnapshotId.at(now, random), stack, now, now, "host", "1", List.of(MEDIA), Map.of(), List.of(), 0);
    }

    private ExportConfig export() {
        ExportPlace here = new ExportPlace(
                "here",
                new PlaceConfig.Local(Path.of("/x")),
                RetentionPolicy.builder().last(1).minimum(1).build(),
                false);
        return new ExportConfig(
                "files",
                List.of(),
                FileFormat.CUSTOM,
                FileFormat.TREE,
                ExportNames.of(name),
                Set.of(),
                Protection.NONE,
                false,
                ExportConfig.PATIENCE,
                List.of(here));
    }

    private Target target(FilePlace where, String stack) {
        return Target.open(export().places().getFirst(), where, stack, "files", true);
    }

    private List<PlacedExport> deliver(Snapshot snapshot, FilePlace... places) {
        List<Target> targets = new ArrayList<>();
        for (FilePlace where : places) {
            targets.add(target(where, snapshot.stack()));
        }
        return new Delivery(new NoFiles(), export(), ZoneOffset.UTC, () -> now, random)
                .deliver(snapshot, targets.stream().filter(Target::isOpen).toList(), new Parts());
    }

    private LedgerEntry delivered(String stack) {
        PlacedExport.Outcome outcome =
                deliver(snapshot(stack), place).getFirst().outcome();
        assertThat(outcome).isInstanceOf(PlacedExport.Outcome.Whole.class);
        return ((PlacedExport.Outcome.Whole) outcome).entry();
    }

    private static HoldfastException failure(PlacedExport export) {
        return export.reason().orElseThrow();
    }

    private Standing standing(String stack) {
        return new ExportRetention(RetentionPolicy.standard(ZoneOffset.UTC), Set.of(), Set.of("media"))
                .plan(place, new Ledger(place).read(), stack, "files", now)
                .decisions()
                .getFirst()
                .standing();
    }

    private Removal removed(LedgerEntry... entries) {
        Removal removal = new Removal(place, new Ledger(place).read());
        removal.remove(List.of(entries));
        return removal;
    }

    private String text(String file) {
        return new String(place.files().get(new FileName(file)).bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void a_tree_is_a_folder_of_files_and_a_list_beside_the_ledger() {
        LedgerEntry entry = delivered("shop");

        String folder = "media_2026-11-20_02-00-00";
        String ledger = ".holdfast/shop/" + entry.id();
        assertThat(place.names(""))
                .containsExactlyInAnyOrder(
                        ledger + ".0.files",
                        ledger + ".json",
                        folder + ".manifest.json",
                        folder + "/.holdfast-metadata.ndjson",
                        folder + "/a.png",
                        folder + "/deep/er/b.png",
                        folder + "/deep/größe \"x\".png");
        assertThat(text(folder + "/deep/er/b.png")).isEqualTo("twenty");
        assertThat(text(ledger + ".json")).contains("\"version\" : 2").contains("\"files\" : 4");
        assertThat(text(ledger + ".0.files").lines())
                .hasSize(4)
                .anyMatch(line -> line.startsWith("{\"name\":\"deep/er/b.png\",\"bytes\":6,\"sha256\":\""));
        assertThat(text(folder + ".manifest.json"))
                .contains("\"format\" : \"tree\"")
                .contains("\"files\" : 4");
        assertThat(entry.fileCount()).isEqualTo(5);
        assertThat(new Ledger(place).read().findings()).isEmpty();
        assertThat(new Ledger(place).read().entries())
                .extracting(Ledger.Stored::entry)
                .containsExactly(entry);
        assertThat(standing("shop")).isEqualTo(Standing.WHOLE);
    }

    @Test
    void no_file_can_be_seen_before_the_ledger_and_its_list_have_it() {
        List<String> early = new ArrayList<>();
        place.trouble = call -> {
            if (call.startsWith("commit media_") && !call.endsWith(".manifest.json")) {
                Ledger.Contents ledger = new Ledger(place).read();
                boolean known = ledger.entries().stream()
                        .map(Ledger.Stored::entry)
                        .flatMap(entry -> entry.contents().stream())
                        .anyMatch(folder -> {
                            List<String> names = new ArrayList<>();
                            KeptTree tree = new KeptTree(place, folder);
                            tree.read(file -> names.add("commit " + tree.name(file)));
                            return names.contains(call);
                        });
                if (!known) {
                    synchronized (early) {
                        early.add(call);
                    }
                }
            }
        };

        delivered("shop");

        assertThat(early).isEmpty();
    }

    @Test
    void what_comes_out_otherwise_the_second_time_is_no_export() {
        for (Map<String, String> second :
                List.of(Map.of("a.png", "two"), Map.of("a.png", "one", "b.png", ""), Map.<String, String>of())) {
            readings.clear();
            readings.add(Map.of("a.png", "one"));
            readings.add(second);

            assertThat(failure(deliver(snapshot("shop"), place).getFirst()))
                    .isInstanceOf(Damaged.class)
                    .hasMessageContaining("a tree was read twice");
            assertThat(place.names("")).isEmpty();
        }
    }

    @Test
    void a_place_that_dies_at_any_call_gets_everything_the_next_time() {
        int calls = 0;
        for (boolean died = true; died; calls++) {
            assertThat(calls).isLessThan(500);
            int dead = calls;
            place.files().keySet().forEach(file -> place.take(file.text()));
            AtomicInteger count = new AtomicInteger();
            place.trouble = _ -> {
                if (count.getAndIncrement() >= dead) {
                    throw new Unavailable(ErrorCode.STORE_UNAVAILABLE, "gone", "");
                }
            };
            Snapshot snapshot = snapshot("shop");
            List<PlacedExport> first = deliver(snapshot, place);
            died = count.get() > dead;
            place.trouble = _ -> {};
            if (died) {
                assertThat(first).allMatch(PlacedExport::failed);
                // as a run does: it may have died when all was written
                if (!target(place, "shop").has(snapshot.id())) {
                    assertThat(deliver(snapshot, place)).noneMatch(PlacedExport::failed);
                }
            }
            Ledger.Contents ledger = new Ledger(place).read();
            assertThat(ledger.findings()).as("after call " + calls).isEmpty();
            assertThat(ledger.entries()).as("after call " + calls).hasSize(1);
            assertThat(place.files()).as("after call " + calls).hasSize(7);
            assertThat(standing("shop")).isEqualTo(Standing.WHOLE);
        }
        assertThat(calls).isGreaterThan(20);
    }

    @Test
    void a_place_that_fails_drops_out_and_the_other_gets_everything() {
        other.trouble = call -> {
            if (call.startsWith("write media_") && call.endsWith("b.png")) {
                throw new Unavailable(ErrorCode.STORE_UNAVAILABLE, "gone", "");
            }
        };

        List<PlacedExport> exports = deliver(snapshot("shop"), other, place);

        assertThat(failure(exports.getFirst())).hasMessage("gone");
        assertThat(exports.getLast().failed()).isFalse();
        assertThat(standing("shop")).isEqualTo(Standing.WHOLE);
    }

    @Test
    void a_name_that_somebody_has_in_the_folder_is_not_taken_from_him() {
        place.put("media_2026-11-20_02-00-00/a.png", new byte[] {1});

        assertThat(failure(deliver(snapshot("shop"), place).getFirst())).isInstanceOf(AlreadyExists.class);
        assertThat(place.names("")).containsExactly("media_2026-11-20_02-00-00/a.png");
        assertThat(text("media_2026-11-20_02-00-00/a.png")).isEqualTo("\u0001");
    }

    @Test
    void equal_files_that_lay_there_before_are_not_taken_for_its_own() {
        Snapshot snapshot = snapshot("shop");
        assertThat(deliver(snapshot, place)).noneMatch(PlacedExport::failed);
        List<String> before = place.names("media_");
        place.put(place.names(".holdfast/").getLast(), new byte[] {1});
        now = now.plus(Duration.ofHours(1));

        assertThat(failure(deliver(snapshot, place).getFirst())).isInstanceOf(AlreadyExists.class);

        assertThat(place.names("media_")).containsExactlyElementsOf(before).hasSize(5);
    }

    @Test
    void strange_and_changed_files_stay_and_the_rest_goes() {
        LedgerEntry entry = delivered("shop");
        String folder = "media_2026-11-20_02-00-00/";
        now = now.plus(Duration.ofHours(1));
        place.put(folder + "notes.txt", new byte[] {1});
        place.put(folder + "a.png", "two".getBytes(StandardCharsets.UTF_8));

        Removal removal = removed(entry);

        assertThat(place.names("")).containsExactlyInAnyOrder(folder + "a.png", folder + "notes.txt");
        assertThat(removal.files()).isEqualTo(4);
        assertThat(removal.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.toString()).contains("they were left there: 1, the first is"));
    }

    @Test
    void a_file_that_was_only_touched_goes() {
        LedgerEntry entry = delivered("shop");
        now = now.plus(Duration.ofHours(1));
        place.put("media_2026-11-20_02-00-00/a.png", "one".getBytes(StandardCharsets.UTF_8));

        assertThat(removed(entry).findings()).isEmpty();
        assertThat(place.names("")).isEmpty();
    }

    @Test
    void without_its_list_nothing_of_a_tree_is_removed() {
        LedgerEntry entry = delivered("shop");
        String list = ".holdfast/shop/" + entry.id() + ".0.files";
        place.put(list, text(list).replace("a.png", "b.png").getBytes(StandardCharsets.UTF_8));
        assertThat(standing("shop")).isEqualTo(Standing.INCOMPLETE);

        assertThat(removed(entry).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.toString()).contains("4 files in it were left there"));
        assertThat(place.names("media_2026-11-20_02-00-00/")).hasSize(4);
        assertThat(new Ledger(place).read().findings()).hasSize(1);
    }

    @Test
    void a_list_that_was_changed_into_one_endless_line_is_not_read_for_ever() {
        LedgerEntry entry = delivered("shop");
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }
        };
        FilePlace changed = (FilePlace) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {FilePlace.class},
                (_, method, arguments) -> method.getName().equals("open") ? endless : method.invoke(place, arguments));

        assertThatThrownBy(() -> new KeptTree(changed, entry.contents().getFirst()).read(_ -> {}))
                .isInstanceOf(Damaged.class);
    }

    @Test
    void a_file_that_is_missing_or_longer_makes_it_incomplete() {
        delivered("shop");
        String file = "media_2026-11-20_02-00-00/deep/er/b.png";

        place.put(file, new byte[7]);
        assertThat(standing("shop")).isEqualTo(Standing.INCOMPLETE);
        place.put(file, new byte[6]);
        assertThat(standing("shop")).isEqualTo(Standing.WHOLE);
        place.take(file);
        assertThat(standing("shop")).isEqualTo(Standing.INCOMPLETE);
    }

    @Test
    void a_removal_that_was_cut_off_goes_on() {
        LedgerEntry entry = delivered("shop");
        int[] deleted = {0};
        place.trouble = call -> {
            if (call.startsWith("delete") && ++deleted[0] > 2) {
                throw new Unavailable(ErrorCode.STORE_UNAVAILABLE, "gone", "");
            }
        };
        assertThat(removed(entry).findings()).hasSize(1);
        place.trouble = _ -> {};
        assertThat(standing("shop")).isEqualTo(Standing.UNFINISHED);

        LedgerEntry left = new Ledger(place).read().entries().getFirst().entry();

        assertThat(removed(left).findings()).isEmpty();
        assertThat(place.names("")).isEmpty();
    }

    @Test
    void two_stacks_with_names_that_begin_alike_keep_their_own() {
        name = "{stack}{part}_{id}";
        LedgerEntry first = delivered("app");
        LedgerEntry second = delivered("app_test");

        assertThat(removed(first).findings()).isEmpty();

        assertThat(standing("app_test")).isEqualTo(Standing.WHOLE);
        assertThat(place.names(""))
                .hasSize(7)
                .noneMatch(file -> file.contains(first.id().text()));
        assertThat(removed(second).findings()).isEmpty();
        assertThat(place.names("")).isEmpty();
    }

    @Test
    void a_tree_that_meets_another_is_left_to_it() {
        LedgerEntry entry = delivered("shop");
        LedgerEntry twin = new LedgerEntry(
                ExportId.at(now, random),
                "other",
                "files",
                entry.snapshot(),
                now,
                LedgerEntry.State.BEGUN,
                now,
                Optional.empty(),
                Map.of(),
                List.of(),
                List.of());
        new Ledger(place)
                .write(twin.with(List.of(LedgerEntry.Written.planned(
                        entry.contents().getFirst().name(), "media", Ledger.list(twin, 0)))));

        removed(entry);

        assertThat(place.names("media_2026-11-20_02-00-00/")).hasSize(4);
    }

    @Test
    void an_entry_that_leads_to_a_list_elsewhere_is_not_believed() {
        LedgerEntry entry = delivered("shop");
        String ledger = ".holdfast/shop/" + entry.id() + ".json";
        String good = text(ledger);
        for (String bad : List.of(
                good.replace(entry.id() + ".0.files", "../other/x.files"),
                good.replace(".holdfast/shop/" + entry.id() + ".0.files", "notes.files"),
                good.replace("\"version\" : 2", "\"version\" : 1"))) {
            place.put(ledger, bad.getBytes(StandardCharsets.UTF_8));

            assertThat(new Ledger(place).read().entries()).isEmpty();
        }
    }

    @Test
    void every_file_of_a_tree_is_verified() {
        LedgerEntry.Written folder = delivered("shop").contents().getFirst();
        assertThat(verdict(folder, Depth.READ).state()).isEqualTo(FileVerdict.State.WHOLE);
        assertThat(verdict(folder, Depth.READ).compared()).containsExactly("length and SHA-256 of 4 files");
        String file = "media_2026-11-20_02-00-00/deep/er/b.png";

        place.put(file, "twelve".getBytes(StandardCharsets.UTF_8));
        assertThat(verdict(folder, Depth.QUICK).state()).isEqualTo(FileVerdict.State.WHOLE);
        assertThat(verdict(folder, Depth.READ).failure().orElseThrow()).hasMessageContaining("another SHA-256");
        place.take("media_2026-11-20_02-00-00/a.png");
        assertThat(verdict(folder, Depth.QUICK).failure().orElseThrow()).hasMessageContaining("is not there");
        assertThat(verdict(folder, Depth.READ).notCompared())
                .containsExactly("1 more of its files are not as they were written");
        place.take(folder.tree().orElseThrow().list().text());
        assertThat(verdict(folder, Depth.READ).state()).isEqualTo(FileVerdict.State.BAD);
    }

    private FileVerdict verdict(LedgerEntry.Written folder, Depth depth) {
        return new TreeCheck(place, folder, now).verdict(depth, Progress.NONE);
    }

    private final class Parts implements Contents {
        private int read;

        @Override
        public PartReader read(Part which) {
            return part(readings.isEmpty() ? OBJECTS : readings.get(read++));
        }

        @Override
        public <T> T step(Part which, Function<Progress, T> work) {
            return work.apply(Progress.NONE);
        }

        @Override
        public Optional<String> database(Part which) {
            return Optional.empty();
        }

        @Override
        public Optional<String> bucket(Part which) {
            return Optional.empty();
        }
    }

    /** A tree needs nothing that makes single files. */
    private final class NoFiles implements ExportPlaces {
        @Override
        public FilePlace open(PlaceConfig config) {
            return place;
        }

        @Override
        public Exporter exporter(Part which, FileFormat format) {
            throw new AssertionError(format.label());
        }

        @Override
        public ExportFile encoded(FileFormat format, ExportFile file) {
            throw new AssertionError(format.label());
        }

        @Override
        public ExportFile protectedBy(Protection protection, ExportFile file) {
            throw new AssertionError(protection.toString());
        }
    }
}
