package dev.holdfast.control.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.export.ExportPlan.Decision;
import dev.holdfast.control.export.ExportPlan.Standing;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.MemoryPlace;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.ExportReport;
import dev.holdfast.engine.source.Exporter;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Two stacks with names that begin alike, in one place, for weeks, with failures, strangers and pins: nothing that matters goes. */
class ExportFuzzTest {
    private static final int SEEDS = 1_000;
    private static final List<String> TEMPLATES = List.of(
            "{database}_{id}",
            "{stack}_{part}_%Y-%m-%d_%H-%M-%S",
            "{stack}{part}-%s",
            "%Y%m%d_%H%M%S/{part}.{ext}",
            "{part}_%F_%T.dump");

    @Test
    void nothing_foreign_nothing_wanted_and_nothing_pinned_is_ever_deleted() {
        long first = new SecureRandom().nextLong();
        int removed = 0;
        int spared = 0;
        for (long seed = first; seed < first + SEEDS; seed++) {
            try {
                World world = new World(seed);
                world.live();
                removed += world.removed;
                spared += world.spared;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        // or nothing was tried
        assertThat(removed).as("removed, from seed " + first).isGreaterThan(SEEDS);
        assertThat(spared).as("spared, from seed " + first).isGreaterThan(SEEDS / 100);
    }

    @Test
    void a_seed_gives_the_same_world_again() {
        long first = new SecureRandom().nextLong();
        for (long seed = first; seed < first + 50; seed++) {
            World one = new World(seed);
            World other = new World(seed);
            one.live();
            other.live();
            assertThat(one.seen()).as("seed " + seed).isEqualTo(other.seen());
        }
    }

    /** Gives what a seed gives. */
    private static final class SeededIds extends SecureRandom {
        private static final long serialVersionUID = 1;

        @SuppressWarnings("serial") // a test keeps none
        private final Random random;

        SeededIds(Random random) {
            this.random = random;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            random.nextBytes(bytes);
        }
    }

    /**
     * What an entry named that cannot be read any more, or is gone.
     *
     * @param bytes what it has
     * @param replaceable whether it may have others one day, if only it stays
     */
    private record Sheltered(byte[] bytes, boolean replaceable) {}

    /** One place and what happens to it. */
    private static final class World {
        private final Random random;
        private final MemoryPlace place;
        private final Map<String, byte[]> foreign = new HashMap<>();
        private final Map<FileName, Sheltered> sheltered = new HashMap<>();
        private final Map<String, List<Snapshot>> snapshots = new HashMap<>();
        private final Set<SnapshotId> pinned = new TreeSet<>();
        private final SecureRandom ids;
        private final Thread own = Thread.currentThread();
        private final List<ExportConfig> exports = new ArrayList<>();
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");
        private int callsLeft = Integer.MAX_VALUE;
        private long lot;
        private int removed;
        private int spared;

        World(long seed) {
            random = new Random(seed);
            ids = new SeededIds(new Random(seed ^ 0x5eed));
            place = new MemoryPlace(() -> now);
            place.trouble = call -> {
                if (Thread.currentThread().equals(own) ? --callsLeft <= 0 : isUnlucky(call)) {
                    throw new Unavailable(ErrorCode.STORE_UNAVAILABLE, "cut off", "");
                }
            };
            for (String stack : List.of("app", "app_test")) {
                snapshots.put(stack, new ArrayList<>());
                exports.add(export());
            }
        }

        /** Files go on threads of their own, at the same time: whether a call fails is in its text and not in its turn. */
        private boolean isUnlucky(String call) {
            return lot != 0 && new Random(lot ^ call.hashCode()).nextInt(12) == 0;
        }

        /** All there is to see of it. */
        List<String> seen() {
            List<String> seen = new ArrayList<>();
            place.files().forEach((name, held) -> seen.add(name + " " + Arrays.hashCode(held.bytes())));
            seen.add(removed + " removed, " + spared + " spared");
            return seen;
        }

        private ExportConfig export() {
            RetentionPolicy keep = RetentionPolicy.builder()
                    .last(random.nextInt(4))
                    .daily(random.nextInt(4))
                    .weekly(random.nextInt(2))
                    .days(1 + random.nextInt(3))
                    .minimum(1 + random.nextInt(2))
                    .build();
            ExportNames names = random.nextInt(3) == 0
                    ? ExportNames.Preset.ROTATED.names()
                    : ExportNames.of(TEMPLATES.get(random.nextInt(TEMPLATES.size())));
            boolean tree = names.copies().isEmpty() && random.nextBoolean();
            return new ExportConfig(
                    "files",
                    List.of(),
                    FileFormat.CUSTOM,
                    tree ? FileFormat.TREE : FileFormat.TAR,
                    names,
                    !tree && random.nextBoolean() ? Set.of(Checksum.MD5) : Set.of(),
                    Protection.NONE,
                    !tree && random.nextBoolean(),
                    ExportConfig.PATIENCE,
                    List.of(new ExportPlace("here", new PlaceConfig.Local(Path.of("/x")), keep, false)));
        }

        void live() {
            int days = 6 + random.nextInt(8);
            for (int day = 0; day < days; day++) {
                now = now.plus(Duration.ofMinutes(60 + random.nextInt(2_000)));
                int turn = random.nextInt(2);
                String stack = turn == 0 ? "app" : "app_test";
                backup(stack);
                strangers();
                boolean trouble = random.nextInt(4) == 0;
                callsLeft = trouble ? 1 + random.nextInt(60) : Integer.MAX_VALUE;
                lot = trouble ? random.nextLong() : 0;
                keep(stack, exports.get(turn), trouble);
                callsLeft = Integer.MAX_VALUE;
                lot = 0;
                foreign.forEach((name, bytes) -> assertThat(place.files().get(new FileName(name)))
                        .as(name)
                        .isNotNull()
                        .satisfies(held -> assertThat(held.bytes()).isEqualTo(bytes)));
                sheltered.forEach((name, before) -> assertThat(place.files().get(name))
                        .as("%s, which a broken entry names", name)
                        .isNotNull()
                        .satisfies(
                                held -> assertThat(before.replaceable() || Arrays.equals(held.bytes(), before.bytes()))
                                        .isTrue()));
            }
        }

        private void backup(String stack) {
            Snapshot snapshot = new Snapshot(
                    SnapshotId.at(now, ids),
                    stack,
                    now,
                    now,
                    "host",
                    "1",
                    List.of(part("database", "postgres"), part("test_media", "bucket")),
                    Map.of(),
                    List.of(),
                    0);
            snapshots.computeIfAbsent(stack, _ -> new ArrayList<>()).add(snapshot);
            if (random.nextInt(5) == 0) {
                pinned.add(snapshot.id());
            }
            if (random.nextInt(8) == 0) {
                pinned.stream().findFirst().ifPresent(pinned::remove);
            }
        }

        private static Part part(String name, String kind) {
            return new Part(
                    name, kind, "", Optional.empty(), 1, 10, Map.of(), new Part.Statistics(0, 0, 0, 0, 0, 0, 0));
        }

        /** Other people put files there, change ours, take some away, and break the ledger. */
        private void strangers() {
            put("notes-" + random.nextInt(5) + ".txt");
            put("app_database-" + random.nextInt(5) + ".dump");
            put("app_test_database_2026-01-0" + (1 + random.nextInt(9)) + "_00-00-00.dump");
            List<FileName> all = List.copyOf(place.files().keySet());
            FileName one = all.get(random.nextInt(all.size()));
            switch (random.nextInt(10)) {
                case 0 -> put(one.text());
                case 1 -> {
                    byte[] bytes = place.files().get(one).bytes().clone();
                    if (bytes.length > 0 && !foreign.containsKey(one.text())) {
                        // as long as it was, but another one
                        bytes[0] ^= 1;
                        now = now.plusSeconds(1);
                        put(one.text(), bytes);
                    }
                }
                case 2 -> {
                    if (!foreign.containsKey(one.text())) {
                        shelter(one, false);
                        sheltered.remove(one);
                        place.take(one.text());
                    }
                }
                case 3, 4 -> {
                    List<FileName> entries = all.stream()
                            .filter(name -> name.text().endsWith(".json")
                                    && name.text().startsWith(Ledger.FOLDER)
                                    && !foreign.containsKey(name.text()))
                            .toList();
                    if (!entries.isEmpty()) {
                        put(entries.get(random.nextInt(entries.size())).text());
                    }
                }
                default -> {}
            }
        }

        private void put(String name) {
            byte[] bytes = new byte[random.nextInt(20)];
            random.nextBytes(bytes);
            put(name, bytes);
        }

        private void put(String name, byte[] bytes) {
            shelter(new FileName(name), true);
            sheltered.remove(new FileName(name));
            place.put(name, bytes);
            foreign.put(name, bytes);
        }

        /**
         * What an entry names stays when nobody can read it any more.
         *
         * @param there whether something lies where it was; else nobody knows that it named what is replaced from time to time
         */
        private void shelter(FileName ledger, boolean there) {
            Map<FileName, MemoryPlace.Held> files = place.files();
            MemoryPlace.Held held = files.get(ledger);
            if (held == null || !ledger.text().startsWith(Ledger.FOLDER)) {
                return;
            }
            LedgerJson.read(held.bytes())
                    .ifPresent(entry -> entry.files().stream()
                            .filter(file -> file.replaceable() ? there : entry.isWhole())
                            .forEach(file -> namedBy(file, files)
                                    .filter(name -> files.containsKey(name) && !foreign.containsKey(name.text()))
                                    .forEach(name -> sheltered.put(
                                            name, new Sheltered(files.get(name).bytes(), file.replaceable())))));
        }

        private void keep(String stack, ExportConfig export, boolean trouble) {
            ExportPlace config = export.places().getFirst();
            ExportRetention retention = new ExportRetention(config.keep(), pinned, Set.of("database", "test_media"));
            try (Target target = Target.open(config, place, stack, export.name(), true)) {
                if (!target.isOpen()) {
                    return;
                }
                List<Snapshot> all = snapshots.getOrDefault(stack, List.of());
                Set<SnapshotId> wanted = retention.wanted(export, all, target, now);
                Delivery delivery = new Delivery(new Files(), export, ZoneOffset.UTC, () -> now, ids);
                for (Snapshot snapshot : all.reversed()) {
                    if (target.isOpen() && wanted.contains(snapshot.id()) && !target.has(snapshot.id())) {
                        delivery.deliver(snapshot, List.of(target), new Snapshots(random.nextLong()));
                    }
                }
                if (target.isOpen()) {
                    clean(target, retention, stack, export, trouble);
                }
            } catch (HoldfastException e) {
                assertThat(trouble).as(e.getMessage()).isTrue();
            }
        }

        private void clean(
                Target target, ExportRetention retention, String stack, ExportConfig export, boolean trouble) {
            target.reread();
            Map<FileName, MemoryPlace.Held> before = place.files();
            Ledger.Contents ledger = target.contents();
            ExportPlan plan = retention.plan(place, ledger, stack, export.name(), now);
            checkPlan(plan, export);
            Removal removal = new Removal(place, ledger);
            removal.remove(plan.removed());
            removed += removal.files();
            spared += removal.findings().size();
            Map<FileName, MemoryPlace.Held> after = place.files();

            Set<FileName> mine = new HashSet<>();
            plan.removed().forEach(entry -> {
                mine.add(Ledger.name(entry));
                mine.addAll(namedBy(entry, before));
            });
            Set<FileName> others = new HashSet<>();
            ledger.entries().stream()
                    .map(Ledger.Stored::entry)
                    .filter(entry -> !plan.removed().contains(entry))
                    .forEach(entry -> {
                        others.add(Ledger.name(entry));
                        others.addAll(namedBy(entry, before));
                    });
            before.keySet().stream()
                    .filter(name -> !after.containsKey(name))
                    .forEach(name -> assertThat(mine.contains(name) && !others.contains(name))
                            .as("%s was deleted", name)
                            .isTrue());
            // whoever is removed leaves nothing of his behind
            if (!trouble && removal.findings().isEmpty() && ledger.findings().isEmpty()) {
                assertThat(mine.stream().filter(name -> !others.contains(name)).filter(after::containsKey))
                        .as("left behind")
                        .isEmpty();
            }
        }

        private static Set<FileName> namedBy(LedgerEntry entry, Map<FileName, MemoryPlace.Held> before) {
            return entry.files().stream().flatMap(file -> namedBy(file, before)).collect(Collectors.toSet());
        }

        /** What an entry names, itself or by the list of a tree, as far as that is as it was written. */
        private static Stream<FileName> namedBy(LedgerEntry.Written file, Map<FileName, MemoryPlace.Held> before) {
            FileName list = file.tree().map(LedgerEntry.Tree::list).orElse(file.name());
            MemoryPlace.Held held = before.get(list);
            if (file.tree().isEmpty() || held == null || !sha256(held.bytes()).equals(file.sha256())) {
                return Stream.of(file.name());
            }
            return Stream.concat(
                    Stream.of(file.name(), list),
                    new String(held.bytes(), StandardCharsets.UTF_8)
                            .lines()
                            .map(line -> new FileName(
                                    file.name() + "/" + TreeFile.of(line).name())));
        }

        private static String sha256(byte[] bytes) {
            return HexFormat.of().formatHex(Checksum.SHA256.newDigest().digest(bytes));
        }

        private void checkPlan(ExportPlan plan, ExportConfig export) {
            List<Decision> whole = plan.decisions().stream()
                    .filter(decision -> decision.standing() == Standing.WHOLE)
                    .toList();
            whole.stream()
                    .limit(export.places().getFirst().keep().minimum())
                    .forEach(decision -> assertThat(decision.kept()).isTrue());
            plan.decisions().stream()
                    .filter(decision -> pinned.contains(decision.entry().snapshot()))
                    .filter(decision ->
                            decision.standing() == Standing.WHOLE || decision.standing() == Standing.INCOMPLETE)
                    .forEach(
                            decision -> assertThat(decision.kept()).as("pinned").isTrue());
            if (!whole.isEmpty()) {
                assertThat(whole.getFirst().kept()).as("the newest").isTrue();
            }
        }

        private final class Files implements ExportPlaces {
            @Override
            public MemoryPlace open(PlaceConfig config) {
                return place;
            }

            @Override
            public Exporter exporter(Part part, FileFormat format) {
                return new Exporter() {
                    @Override
                    public void preflight(PartReader reader) {}

                    @Override
                    public ExportReport export(PartReader reader, ExportFile file, Progress progress) {
                        if (random.nextInt(15) == 0) {
                            throw new Unavailable(ErrorCode.STORE_UNAVAILABLE, "the repository is away", "");
                        }
                        byte[] bytes = new byte[8 + random.nextInt(8)];
                        Arrays.fill(bytes, (byte) random.nextInt(3));
                        file.write(bytes, 0, bytes.length);
                        return new ExportReport(1, 1, bytes.length, List.of());
                    }

                    @Override
                    public void close() {}
                };
            }

            @Override
            public ExportFile encoded(FileFormat format, ExportFile file) {
                return file;
            }

            @Override
            public ExportFile protectedBy(Protection protection, ExportFile file) {
                return file;
            }
        }
    }

    private static final class Snapshots implements Contents {
        private final Random random;
        private byte[] content = {};

        Snapshots(long seed) {
            random = new Random(seed);
        }

        /** One object, as several would be written in any order; sometimes another one when it is read again. */
        @Override
        public PartReader read(Part part) {
            if (content.length == 0 || random.nextInt(15) == 0) {
                content = new byte[8 + random.nextInt(8)];
                Arrays.fill(content, (byte) random.nextInt(3));
            }
            return TreesInPlacesTest.part(Map.of("deep/one", new String(content, StandardCharsets.UTF_8)));
        }

        @Override
        public <T> T step(Part part, Function<Progress, T> work) {
            return work.apply(Progress.NONE);
        }

        @Override
        public Optional<String> database(Part part) {
            return Optional.empty();
        }

        @Override
        public Optional<String> bucket(Part part) {
            return Optional.empty();
        }
    }
}
