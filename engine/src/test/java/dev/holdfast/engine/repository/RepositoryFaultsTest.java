package dev.holdfast.engine.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.store.FaultyStore;
import dev.holdfast.engine.store.MemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fails the store at call n, for every n, in every way, and looks that nothing is lost and the next run succeeds. */
class RepositoryFaultsTest {
    @TempDir
    Path spool;

    private Yard yard;
    private Repository.Created created;
    private MemoryStore before;
    private final NavigableMap<String, byte[]> old = Yard.data(1, 30, 60_000);
    private final NavigableMap<String, byte[]> fresh = Yard.data(2, 30, 60_000);

    /** What happens to one call. */
    private interface Fault {
        void at(FaultyStore store, int call);
    }

    @BeforeEach
    void a_repository_with_a_snapshot() {
        yard = new Yard(spool);
        before = new MemoryStore(yard.clock());
        created = yard.create(before);
        try (Repository repository = yard.openQuickly(created, before)) {
            yard.backup(repository, old);
        }
    }

    @Test
    void a_backup_whose_process_dies_before_any_call_leaves_the_old_state_whole() {
        everywhere(FaultyStore::crashBefore, this::backUpFresh, this::oldIsWhole);
    }

    @Test
    void a_backup_whose_process_dies_after_any_call_leaves_the_old_state_whole() {
        everywhere(FaultyStore::crashAfter, this::backUpFresh, this::oldIsWhole);
    }

    @Test
    void a_backup_of_which_any_call_fails_leaves_the_old_state_whole() {
        everywhere(FaultyStore::failBefore, this::backUpFresh, this::oldIsWhole);
    }

    @Test
    void a_backup_that_loses_the_answer_of_any_call_leaves_the_old_state_whole() {
        everywhere(FaultyStore::failAfter, this::backUpFresh, this::oldIsWhole);
    }

    /** Packs are on their way to a destination that takes no more when the run ends; a server goes on for weeks after that. */
    @Test
    void a_backup_of_many_packs_whose_destination_fails_leaves_nothing_in_the_spool() {
        NavigableMap<String, byte[]> large = Yard.data(3, 100, 6_000_000);
        everywhere(FaultyStore::failBefore, repository -> yard.backup(repository, large), left -> {
            try (Repository repository = yard.openQuickly(created, left)) {
                assertThat(repository.snapshots()).isNotEmpty();
            }
        });
    }

    @Test
    void a_prune_whose_process_dies_before_any_call_loses_nothing() {
        twoSnapshotsOneForgotten();
        everywhere(FaultyStore::crashBefore, this::prune, this::freshIsWhole);
    }

    @Test
    void a_prune_whose_process_dies_after_any_call_loses_nothing() {
        twoSnapshotsOneForgotten();
        everywhere(FaultyStore::crashAfter, this::prune, this::freshIsWhole);
    }

    @Test
    void a_prune_of_which_any_call_fails_loses_nothing() {
        twoSnapshotsOneForgotten();
        everywhere(FaultyStore::failBefore, this::prune, this::freshIsWhole);
    }

    private void everywhere(Fault fault, Consumer<Repository> operation, Consumer<MemoryStore> check) {
        FaultyStore counting = new FaultyStore(before.copy());
        attempt(counting, operation);
        int calls = counting.calls();
        assertThat(calls).isGreaterThan(8);
        for (int call = 1; call <= calls; call++) {
            MemoryStore memory = before.copy();
            FaultyStore faulty = new FaultyStore(memory);
            fault.at(faulty, call);
            attempt(faulty, operation);
            assertThat(spool).as("after call " + call).isEmptyDirectory();
            yard.now = yard.now.plus(Duration.ofMinutes(16));
            check.accept(memory);
        }
    }

    private void attempt(FaultyStore store, Consumer<Repository> operation) {
        try (Repository repository = yard.openQuickly(created, store)) {
            operation.accept(repository);
        } catch (HoldfastException | FaultyStore.Crash e) {
            // the run fails loudly or has done its work: what counts is what is left
        }
    }

    private void backUpFresh(Repository repository) {
        yard.backup(repository, fresh);
    }

    private void oldIsWhole(MemoryStore left) {
        try (Repository repository = yard.openQuickly(created, left)) {
            List<Snapshot> snapshots = repository.snapshots();
            assertThat(Yard.same(Yard.restore(repository, snapshots.getFirst()), old))
                    .isTrue();
            if (snapshots.size() > 1) {
                assertThat(snapshots).hasSize(2);
                assertThat(Yard.same(Yard.restore(repository, snapshots.getLast()), fresh))
                        .isTrue();
            }
            yard.backup(repository, fresh);
            assertThat(Yard.same(Yard.restore(repository, repository.snapshots().getLast()), fresh))
                    .isTrue();
            repository.prune(false, Progress.NONE);
            assertThat(repository.check(true, Progress.NONE).problems()).isEmpty();
            assertThat(Yard.same(Yard.restore(repository, snapshots.getFirst()), old))
                    .isTrue();
        }
    }

    private void twoSnapshotsOneForgotten() {
        NavigableMap<String, byte[]> shared = new TreeMap<>(fresh);
        shared.putAll(old);
        try (Repository repository = yard.openQuickly(created, before)) {
            yard.backup(repository, shared);
            yard.backup(repository, fresh);
            List<Snapshot> all = repository.snapshots();
            repository.forget(Set.of(all.get(0).id(), all.get(1).id()));
        }
    }

    private void prune(Repository repository) {
        repository.prune(false, Progress.NONE);
    }

    private void freshIsWhole(MemoryStore left) {
        try (Repository repository = yard.openQuickly(created, left)) {
            repository.unlock();
            List<Snapshot> snapshots = repository.snapshots();
            assertThat(snapshots).hasSize(1);
            assertThat(Yard.same(Yard.restore(repository, snapshots.getFirst()), fresh))
                    .isTrue();
            repository.prune(false, Progress.NONE);
            assertThat(repository.check(true, Progress.NONE).problems()).isEmpty();
            assertThat(Yard.same(Yard.restore(repository, snapshots.getFirst()), fresh))
                    .isTrue();
            yard.backup(repository, old);
            assertThat(Yard.same(Yard.restore(repository, repository.snapshots().getLast()), old))
                    .isTrue();
            assertThat(repository.prune(true, Progress.NONE).packsRemoved()).isZero();
        }
    }
}
