package dev.holdfast.engine.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.WrongKey;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.SectionWriter;
import dev.holdfast.engine.source.SectionedContent;
import dev.holdfast.engine.store.FaultyStore;
import dev.holdfast.engine.store.MemoryStore;
import dev.holdfast.engine.store.StoreKey;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryTest {
    @TempDir
    Path spool;

    private Yard yard;
    private final MemoryStore store = new MemoryStore();

    @BeforeEach
    void yard() {
        yard = new Yard(spool);
    }

    @Test
    void what_was_written_is_read_back() {
        yard.create(store);
        NavigableMap<String, byte[]> data = Yard.data(1, 300, 2 << 20);
        data.put("big", Yard.bytes(new Random(5), 12 << 20));
        data.put("empty", new byte[0]);
        try (Repository repository = yard.open(store)) {
            Commit commit = yard.backup(repository, data);
            assertThat(commit.everywhere()).isTrue();
            assertThat(commit.snapshot().bytes())
                    .isEqualTo(data.values().stream().mapToLong(b -> b.length).sum());
        }
        try (Repository repository = yard.open(store)) {
            List<Snapshot> snapshots = repository.snapshots();
            assertThat(snapshots).hasSize(1);
            assertThat(Yard.same(Yard.restore(repository, snapshots.getFirst()), data))
                    .isTrue();
            assertThat(repository.check(true, Progress.NONE).problems()).isEmpty();
        }
        assertThat(spool).isEmptyDirectory();
    }

    @Test
    void an_unchanged_part_costs_next_to_nothing_and_reads_nothing() {
        yard.create(store);
        NavigableMap<String, byte[]> data = Yard.data(2, 1000, 200_000);
        try (Repository repository = yard.open(store)) {
            Snapshot first = yard.backup(repository, data).snapshot();
            Snapshot second = yard.backup(repository, data).snapshot();
            assertThat(second.storedBytes()).isLessThan(first.storedBytes() / 100);
            assertThat(second.part(Yard.PART).orElseThrow().statistics().readEntries())
                    .isZero();
            assertThat(second.part(Yard.PART).orElseThrow().root())
                    .isEqualTo(first.part(Yard.PART).orElseThrow().root());
            assertThat(Yard.same(Yard.restore(repository, second), data)).isTrue();
        }
    }

    @Test
    void a_part_that_a_run_left_out_is_compared_with_the_last_snapshot_that_has_it() {
        yard.create(store);
        NavigableMap<String, byte[]> data = Yard.data(2, 20, 1000);
        try (Repository repository = yard.open(store)) {
            yard.backup(repository, data);
            try (SnapshotWriter writer = repository.begin(Yard.STACK, Map.of())) {
                writer.beginPart("something else", "bucket", "s3://b", Progress.NONE);
                writer.endPart(Map.of());
                writer.commit();
            }
            Part again =
                    yard.backup(repository, data).snapshot().part(Yard.PART).orElseThrow();
            assertThat(again.statistics().readEntries()).isZero();
        }
    }

    @Test
    void equal_bytes_under_other_names_are_stored_once() {
        yard.create(store);
        NavigableMap<String, byte[]> data = Yard.data(3, 100, 1 << 20);
        try (Repository repository = yard.open(store)) {
            Snapshot first = yard.backup(repository, data).snapshot();
            NavigableMap<String, byte[]> renamed = new TreeMap<>();
            data.forEach((name, bytes) -> renamed.put("other/" + name, bytes));
            Snapshot second = yard.backup(repository, renamed).snapshot();
            assertThat(second.storedBytes()).isLessThan(first.storedBytes() / 20);
        }
    }

    @Test
    void sections_written_side_by_side_follow_each_other_as_they_were_begun() throws Exception {
        yard.create(store);
        byte[] bytes = Yard.bytes(new Random(6), 200 << 10);
        int pieces = 100;
        try (Repository repository = yard.open(store);
                SnapshotWriter writer = repository.begin(Yard.STACK, Map.of())) {
            PartWriter part = writer.beginPart(Yard.PART, "test", "", Progress.NONE);
            SectionedContent sections = part.sections();
            List<SectionWriter> begun = new ArrayList<>();
            for (int i = 0; i < pieces; i++) {
                // so many at once that the first ones must end for the last ones to begin
                begun.add(sections.section(bytes.length));
                if (i >= 10) {
                    endWith(begun.get(i - 10), bytes, i - 10);
                }
            }
            assertThatThrownBy(sections::finish).isInstanceOf(IllegalStateException.class);
            for (int i = pieces - 1; i >= pieces - 10; i--) {
                endWith(begun.get(i), bytes, i);
            }
            part.add(
                    new Entry(EntryKey.of("all"), EntryType.FILE, Attributes.NONE, sections.finish()),
                    PartWriter.Change.NEW);
            writer.endPart(Map.of());
            Snapshot snapshot = writer.commit().snapshot();

            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            for (int i = 0; i < pieces; i++) {
                expected.write(i);
                expected.write(bytes, 0, bytes.length - 1000 * (i % 3));
            }
            byte[] read = Yard.restore(repository, snapshot).get("all");
            assertThat(Arrays.equals(read, expected.toByteArray())).isTrue();
        }
    }

    private static void endWith(SectionWriter section, byte[] bytes, int number) {
        section.write(new byte[] {(byte) number}, 0, 1);
        section.write(bytes, 0, bytes.length - 1000 * (number % 3));
        section.end();
    }

    @Test
    void a_snapshot_is_invisible_until_committed() {
        yard.create(store);
        try (Repository repository = yard.open(store);
                Repository other = yard.open(store)) {
            try (SnapshotWriter writer = repository.begin(Yard.STACK, Map.of())) {
                Yard.capture(writer, Yard.data(4, 50, 1 << 20));
                assertThat(other.snapshots()).isEmpty();
            }
            assertThat(other.snapshots()).isEmpty();
            yard.backup(repository, Yard.data(4, 50, 1 << 20));
            assertThat(other.snapshots()).hasSize(1);
        }
    }

    @Test
    void there_is_no_repository_whose_recovery_code_could_not_be_kept() {
        List<String> kept = new ArrayList<>();
        assertThatThrownBy(() -> Repository.create(
                        Yard.destinations(store),
                        Yard.PASSPHRASE,
                        code -> {
                            kept.add(code);
                            throw new IllegalStateException("no room for it");
                        },
                        yard.random))
                .hasMessage("no room for it");
        assertThat(kept).hasSize(1);
        assertThatThrownBy(() -> yard.open(store)).isInstanceOf(Missing.class);

        Repository.Created created =
                Repository.create(Yard.destinations(store), Yard.PASSPHRASE, kept::add, yard.random);
        assertThat(kept).hasSize(2).last().isEqualTo(created.recoveryCode());
        Repository.create(Yard.destinations(store), Yard.PASSPHRASE, kept::add, yard.random);
        assertThat(kept).as("the code of a repository that was there").hasSize(2);
    }

    @Test
    void a_wrong_passphrase_opens_nothing_and_the_recovery_code_does() {
        Repository.Created created = yard.create(store);
        assertThatThrownBy(() -> Repository.open(
                        Yard.destinations(store),
                        new RepositoryKey.Passphrase("wrong horse"),
                        yard.options(),
                        yard.clock(),
                        yard.random))
                .isInstanceOf(WrongKey.class)
                .hasMessageContaining("the passphrase does not open the repository");
        String typed = created.recoveryCode().toLowerCase(Locale.ROOT).replace("-", " ");
        try (Repository repository = Repository.open(
                Yard.destinations(store),
                new RepositoryKey.RecoveryCode(typed),
                yard.options(),
                yard.clock(),
                yard.random)) {
            assertThat(repository.snapshots()).isEmpty();
        }
        String slip = created.recoveryCode().charAt(0) == 'A'
                ? "B" + created.recoveryCode().substring(1)
                : "A" + created.recoveryCode().substring(1);
        assertThatThrownBy(() -> Repository.open(
                        Yard.destinations(store),
                        new RepositoryKey.RecoveryCode(slip),
                        yard.options(),
                        yard.clock(),
                        yard.random))
                .isInstanceOf(WrongKey.class)
                .hasMessageContaining("check digits");
    }

    @Test
    void where_there_is_no_repository_it_says_so() {
        assertThatThrownBy(() -> yard.open(store))
                .isInstanceOf(Missing.class)
                .extracting(e -> ((HoldfastException) e).code())
                .isEqualTo(ErrorCode.REPOSITORY_MISSING);
    }

    @Test
    void making_a_repository_twice_changes_nothing() {
        Repository.Created first = yard.create(store);
        Repository.Created second = yard.create(store);
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.added()).isEmpty();
        assertThat(second.recoveryCode()).isEmpty();
    }

    @Test
    void two_repositories_cannot_be_destinations_of_one_stack() {
        MemoryStore other = new MemoryStore();
        yard.create(store);
        yard.create(other);
        assertThatThrownBy(() -> yard.open(store, other)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> yard.create(store, other)).isInstanceOf(Invalid.class);
    }

    @Test
    void two_backups_of_one_stack_exclude_each_other_and_other_stacks_do_not() {
        yard.create(store);
        try (Repository one = yard.open(store);
                Repository two = yard.open(store)) {
            try (SnapshotWriter writer = one.begin(Yard.STACK, Map.of())) {
                assertThatThrownBy(() -> two.begin(Yard.STACK, Map.of()))
                        .isInstanceOf(Busy.class)
                        .hasMessageContaining("in use by a backup of stack 'shop' on host 'host-1'");
                yard.backup(two, "other", Yard.data(1, 10, 1000));
                Yard.capture(writer, Yard.data(1, 10, 1000));
                writer.commit();
            }
            yard.backup(two, Yard.data(1, 10, 1000));
            assertThat(two.snapshots()).hasSize(3);
        }
    }

    @Test
    void a_prune_refuses_while_a_writer_is_open() {
        yard.create(store);
        try (Repository one = yard.open(store);
                Repository two = yard.open(store)) {
            try (SnapshotWriter writer = one.begin(Yard.STACK, Map.of())) {
                assertThatThrownBy(() -> two.prune(false, Progress.NONE))
                        .isInstanceOf(Busy.class)
                        .hasMessageContaining("a prune cannot begin");
                writer.id();
            }
            two.prune(false, Progress.NONE);
        }
    }

    @Test
    void a_silent_writer_is_passed_over_and_can_never_commit() {
        MemoryStore timed = new MemoryStore(yard.clock());
        yard.create(timed);
        try (Repository one = yard.open(timed);
                Repository two = yard.open(timed)) {
            try (SnapshotWriter writer = one.begin(Yard.STACK, Map.of())) {
                Yard.capture(writer, Yard.data(1, 10, 1000));
                yard.now = yard.now.plus(Duration.ofMinutes(16));
                yard.backup(two, Yard.data(2, 10, 1000));
                assertThatThrownBy(writer::commit)
                        .extracting(e -> ((HoldfastException) e).code())
                        .isEqualTo(ErrorCode.SESSION_FENCED);
            }
            assertThat(one.snapshots()).hasSize(1);
        }
    }

    @Test
    void ids_go_on_rising_when_the_clock_jumps_back() {
        yard.create(store);
        try (Repository repository = yard.open(store)) {
            NavigableMap<String, byte[]> data = Yard.data(1, 10, 1000);
            Snapshot first = yard.backup(repository, data).snapshot();
            yard.now = yard.now.minus(Duration.ofDays(400));
            data.put("new", new byte[] {1});
            Snapshot second = yard.backup(repository, data).snapshot();
            assertThat(repository.snapshots()).containsExactly(first, second);
            assertThat(second.part(Yard.PART).orElseThrow().statistics().readEntries())
                    .isEqualTo(1);
        }
    }

    @Test
    void what_shows_an_older_moment_has_its_place_before_what_was_there() {
        yard.create(store);
        Instant old = yard.now.minus(Duration.ofDays(400));
        try (Repository repository = yard.open(store)) {
            Snapshot first = yard.backup(repository, Yard.data(1, 10, 1000)).snapshot();
            Snapshot older;
            try (SnapshotWriter writer = repository.beginShowing(old, Yard.STACK, Map.of("imported-by", "test"))) {
                Yard.capture(writer, Yard.data(2, 10, 1000));
                older = writer.commit().snapshot();
            }
            Snapshot next = yard.backup(repository, Yard.data(1, 10, 1000)).snapshot();

            assertThat(older.began()).isEqualTo(old);
            assertThat(older.id().time()).isEqualTo(old);
            assertThat(repository.snapshots()).containsExactly(older, first, next);
            assertThatThrownBy(() -> repository.beginShowing(yard.now.plusSeconds(1), Yard.STACK, Map.of()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void forgotten_snapshots_are_gone_and_prune_frees_what_only_they_needed() {
        yard.create(store);
        NavigableMap<String, byte[]> old = Yard.data(1, 200, 1 << 20);
        NavigableMap<String, byte[]> fresh = new TreeMap<>(old);
        fresh.keySet().removeIf(name -> name.contains("dir1") || name.contains("dir2") || name.contains("dir3"));
        fresh.putAll(Yard.data(2, 30, 1 << 20));
        try (Repository repository = yard.open(store)) {
            Snapshot first = yard.backup(repository, old).snapshot();
            Snapshot second = yard.backup(repository, fresh).snapshot();
            repository.forget(Set.of(first.id()));
            assertThat(repository.snapshots()).containsExactly(second);
            PruneReport planned = repository.prune(true, Progress.NONE);
            PruneReport done = repository.prune(false, Progress.NONE);
            assertThat(planned.bytesFreed()).isEqualTo(done.bytesFreed()).isPositive();
            assertThat(done.packsRewritten()).isPositive();
        }
        try (Repository repository = yard.open(store)) {
            Snapshot left = repository.snapshots().getFirst();
            assertThat(Yard.same(Yard.restore(repository, left), fresh)).isTrue();
            assertThat(repository.check(true, Progress.NONE).problems()).isEmpty();
            assertThat(repository.prune(false, Progress.NONE).bytesFreed()).isZero();
            yard.backup(repository, old);
            assertThat(Yard.same(Yard.restore(repository, repository.snapshots().getLast()), old))
                    .isTrue();
        }
    }

    @Test
    void a_pinned_snapshot_is_not_forgotten_before_it_is_released() {
        yard.create(store);
        try (Repository repository = yard.open(store);
                Repository other = yard.open(store)) {
            SnapshotId first =
                    yard.backup(repository, Yard.data(1, 5, 1000)).snapshot().id();
            SnapshotId second =
                    yard.backup(repository, Yard.data(2, 5, 1000)).snapshot().id();
            repository.pin(first, true);
            repository.pin(first, true);

            assertThat(other.pinned()).containsExactly(first);
            assertThatThrownBy(() -> other.forget(Set.of(first, second)))
                    .isInstanceOf(Invalid.class)
                    .hasMessage("snapshot " + first + " is pinned, so nothing was forgotten");
            assertThat(repository.snapshots()).extracting(Snapshot::id).containsExactly(first, second);

            other.pin(first, false);
            assertThat(repository.pinned()).isEmpty();
            repository.pin(first, true);
            assertThat(other.pinned()).containsExactly(first);
            repository.pin(first, false);
            repository.forget(Set.of(first));
            assertThatThrownBy(() -> repository.pin(first, true)).isInstanceOf(Missing.class);
            assertThat(repository.pinned()).isEmpty();
        }
    }

    @Test
    void a_snapshot_that_is_pinned_and_forgotten_at_once_stays_if_its_pin_was_confirmed() {
        int meetings = 0;
        for (boolean forgetFirst : new boolean[] {true, false}) {
            boolean met = true;
            for (int call = 1; met; call++) {
                met = pinAndForget(call, forgetFirst);
                meetings += met ? 1 : 0;
            }
        }
        // each of both lists four folders, writes one file, and lists them again
        assertThat(meetings).isGreaterThan(16);
    }

    /** One of both waits at its n-th call until the other is done; false if it makes fewer calls. */
    private boolean pinAndForget(int call, boolean forgetFirst) {
        MemoryStore memory = new MemoryStore();
        FaultyStore slow = new FaultyStore(memory);
        Repository.Created created = yard.create(memory);
        try (Repository first = yard.openQuickly(created, slow);
                Repository second = yard.openQuickly(created, memory)) {
            SnapshotId snapshot =
                    yard.backup(second, Yard.data(1, 2, 100)).snapshot().id();
            CountDownLatch go = new CountDownLatch(1);
            int held = slow.calls() + call;
            slow.hold(held, go);
            Supplier<Boolean> pin = () -> isDone(() -> (forgetFirst ? second : first).pin(snapshot, true));
            Supplier<Boolean> forget = () -> isDone(() -> (forgetFirst ? first : second).forget(Set.of(snapshot)));
            CompletableFuture<Boolean> slower =
                    CompletableFuture.supplyAsync(forgetFirst ? forget : pin, Thread::startVirtualThread);
            while (!slower.isDone() && slow.calls() < held) {
                Thread.onSpinWait();
            }
            boolean met = slow.calls() >= held;
            boolean quicker = (forgetFirst ? pin : forget).get();
            go.countDown();
            boolean pinned = forgetFirst ? quicker : slower.join();
            boolean forgotten = forgetFirst ? slower.join() : quicker;

            List<Snapshot> left = second.snapshots();
            assertThat(left).as("call %d, forget first: %s", call, forgetFirst).hasSize(forgotten ? 0 : 1);
            assertThat(pinned && forgotten).isFalse();
            assertThat(second.pinned()).hasSize(pinned ? 1 : 0);
            assertThat(second.check(true, Progress.NONE).problems()).isEmpty();
            return met;
        }
    }

    /** Whether it was confirmed, and not refused. */
    private static boolean isDone(Runnable work) {
        try {
            work.run();
            return true;
        } catch (Invalid | Missing e) {
            assertThat(e.getMessage()).containsAnyOf("is pinned", "there is no snapshot", "is being forgotten");
            return false;
        }
    }

    @Test
    void prune_keeps_one_file_of_each_pin_and_none_of_what_is_gone() {
        yard.create(store);
        try (Repository repository = yard.open(store)) {
            SnapshotId kept =
                    yard.backup(repository, Yard.data(1, 5, 1000)).snapshot().id();
            SnapshotId gone =
                    yard.backup(repository, Yard.data(2, 5, 1000)).snapshot().id();
            for (boolean pinned : new boolean[] {true, false, true}) {
                repository.pin(kept, pinned);
            }
            repository.pin(gone, true);
            repository.pin(gone, false);
            repository.forget(Set.of(gone));

            repository.prune(false, Progress.NONE);

            List<StoreKey> pins = new ArrayList<>();
            store.list("pin/", object -> pins.add(object.key()));
            assertThat(pins).extracting(StoreKey::name).containsExactly("pin/" + kept + ".0000000003");
            assertThat(repository.pinned()).containsExactly(kept);
            assertThat(repository.check(true, Progress.NONE).problems()).isEmpty();
        }
    }

    @Test
    void a_destination_that_was_away_learns_what_is_pinned() {
        MemoryStore memory = new MemoryStore();
        FaultyStore away = new FaultyStore(memory);
        yard.create(store, away);
        SnapshotId snapshot;
        try (Repository repository = yard.open(store, away)) {
            snapshot = yard.backup(repository, Yard.data(1, 5, 1000)).snapshot().id();
            away.down();
            repository.pin(snapshot, true);
            assertThat(repository.destinations().get(1).level()).isFalse();
        }
        away.up();
        try (Repository repository = yard.open(store, away)) {
            assertThat(repository.pinned()).containsExactly(snapshot);
            assertThat(repository.destinations().get(1).level()).isFalse();
            repository.sync(Progress.NONE);
            assertThat(repository.destinations().get(1).level()).isTrue();
        }
        try (Repository repository = yard.open(memory)) {
            assertThat(repository.pinned()).containsExactly(snapshot);
        }
    }

    @Test
    void a_reader_finds_chunks_that_a_prune_moved() {
        yard.create(store);
        NavigableMap<String, byte[]> old = Yard.data(1, 100, 1 << 20);
        NavigableMap<String, byte[]> fresh = new TreeMap<>(old);
        fresh.keySet().removeIf(name -> name.contains("dir1") || name.contains("dir4") || name.contains("dir6"));
        try (Repository repository = yard.open(store);
                Repository other = yard.open(store)) {
            Snapshot first = yard.backup(repository, old).snapshot();
            Snapshot second = yard.backup(repository, fresh).snapshot();
            assertThat(Yard.same(Yard.restore(other, second), fresh)).isTrue();
            repository.forget(Set.of(first.id()));
            assertThat(repository.prune(false, Progress.NONE).packsRewritten()).isPositive();
            assertThat(Yard.same(Yard.restore(other, second), fresh)).isTrue();
        }
    }

    @Test
    void every_destination_is_complete() {
        MemoryStore other = new MemoryStore();
        yard.create(store, other);
        NavigableMap<String, byte[]> data = Yard.data(1, 200, 1 << 20);
        try (Repository repository = yard.open(store, other)) {
            assertThat(yard.backup(repository, data).everywhere()).isTrue();
        }
        for (MemoryStore one : List.of(store, other)) {
            try (Repository repository = yard.open(one)) {
                assertThat(Yard.same(
                                Yard.restore(repository, repository.snapshots().getFirst()), data))
                        .isTrue();
            }
        }
    }

    @Test
    void a_destination_that_was_away_is_reported_and_caught_up_by_the_next_run() {
        MemoryStore memory = new MemoryStore();
        FaultyStore away = new FaultyStore(memory);
        yard.create(store, away);
        NavigableMap<String, byte[]> data = Yard.data(1, 100, 1 << 20);
        away.down();
        try (Repository repository = yard.open(store, away)) {
            Commit commit = yard.backup(repository, data);
            assertThat(commit.everywhere()).isFalse();
            assertThat(commit.destinations().get(1).level()).isFalse();
        }
        away.up();
        try (Repository repository = yard.open(store, away)) {
            assertThat(yard.backup(repository, Yard.data(2, 10, 1000)).everywhere())
                    .isTrue();
        }
        try (Repository repository = yard.open(memory)) {
            assertThat(Yard.same(Yard.restore(repository, repository.snapshots().getFirst()), data))
                    .isTrue();
            assertThat(repository.check(true, Progress.NONE).problems()).isEmpty();
        }
    }

    @Test
    void a_snapshot_forgotten_before_a_destination_had_it_hides_nothing_that_it_lacks() {
        MemoryStore memory = new MemoryStore();
        FaultyStore away = new FaultyStore(memory);
        yard.create(store, away);
        NavigableMap<String, byte[]> data = Yard.data(1, 60, 1 << 19);
        away.down();
        SnapshotId missed;
        try (Repository repository = yard.open(store, away)) {
            missed = yard.backup(repository, data).snapshot().id();
        }
        away.up();
        try (Repository repository = yard.open(store, away)) {
            repository.forget(Set.of(missed));
            assertThat(yard.backup(repository, data).everywhere()).isTrue();
        }
        try (Repository repository = yard.open(memory)) {
            assertThat(Yard.same(Yard.restore(repository, repository.snapshots().getFirst()), data))
                    .isTrue();
            assertThat(repository.check(true, Progress.NONE).problems()).isEmpty();
        }
    }

    @Test
    void a_destination_added_later_is_filled() {
        yard.create(store);
        NavigableMap<String, byte[]> data = Yard.data(1, 100, 1 << 20);
        try (Repository repository = yard.open(store)) {
            yard.backup(repository, data);
        }
        MemoryStore late = new MemoryStore();
        assertThat(yard.create(store, late).added()).containsExactly("place-2");
        try (Repository repository = yard.open(store, late)) {
            SyncReport report = repository.sync(Progress.NONE);
            assertThat(report.destinations()).allMatch(DestinationState::level);
        }
        try (Repository repository = yard.open(late)) {
            assertThat(Yard.same(Yard.restore(repository, repository.snapshots().getFirst()), data))
                    .isTrue();
        }
    }

    @Test
    void a_stream_is_compared_without_fetching_the_content() throws IOException {
        yard.create(store);
        NavigableMap<String, byte[]> data = new TreeMap<>();
        byte[] big = Yard.bytes(new Random(9), 9 << 20);
        data.put("big", big);
        try (Repository repository = yard.open(store)) {
            Snapshot snapshot = yard.backup(repository, data).snapshot();
            PartReader part = repository.read(snapshot, snapshot.part(Yard.PART).orElseThrow());
            Entry entry = part.find(EntryKey.of("big")).orElseThrow();
            assertThat(part.matches(entry.content(), new ByteArrayInputStream(big)))
                    .isTrue();
            assertThat(part.matches(entry.content(), new ByteArrayInputStream(big, 0, big.length - 1)))
                    .isFalse();
            byte[] other = big.clone();
            other[5_000_000] ^= 1;
            assertThat(part.matches(entry.content(), new ByteArrayInputStream(other)))
                    .isFalse();
        }
    }
}
