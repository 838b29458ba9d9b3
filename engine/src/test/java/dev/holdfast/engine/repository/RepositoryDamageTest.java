package dev.holdfast.engine.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.store.MemoryStore;
import dev.holdfast.engine.store.StoreKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One wrong byte anywhere is found, named, and never handed out. */
class RepositoryDamageTest {
    @TempDir
    Path spool;

    private Yard yard;
    private final MemoryStore store = new MemoryStore();
    private final MemoryStore other = new MemoryStore();
    private final NavigableMap<String, byte[]> data = Yard.data(1, 40, 300_000);
    private Repository.Created created;
    private Snapshot snapshot;

    @BeforeEach
    void a_repository_at_two_places() {
        yard = new Yard(spool);
        created = yard.create(store, other);
        try (Repository repository = yard.openQuickly(created, store, other)) {
            snapshot = yard.backup(repository, data).snapshot();
            repository.pin(snapshot.id(), true);
            try (SnapshotWriter open = repository.begin("another", Map.of())) {
                // a lease that is there while the files are damaged
                keepLease(open);
            }
        }
    }

    private void keepLease(SnapshotWriter open) {
        for (StoreKey key : files(store, "lease/")) {
            byte[] lease = store.read(key);
            open.close();
            store.overwrite(key, lease);
        }
    }

    private static List<StoreKey> files(MemoryStore store, String prefix) {
        List<StoreKey> keys = new ArrayList<>();
        store.list(prefix, object -> keys.add(object.key()));
        return keys;
    }

    private static byte[] spoil(MemoryStore store, StoreKey key, int at) {
        byte[] sound = store.read(key);
        byte[] wrong = sound.clone();
        wrong[Math.floorMod(at, wrong.length)] ^= 0x40;
        store.overwrite(key, wrong);
        return sound;
    }

    @Test
    void one_wrong_byte_in_any_file_is_found_and_named() {
        for (String folder : List.of("keys/", "log/", "idx/", "data/", "meta/", "lease/", "pin/")) {
            assertThat(files(store, folder)).as(folder).isNotEmpty();
            for (StoreKey key : files(store, folder)) {
                for (int at : new int[] {3, 20, 62, 200, -40, -20, -1}) {
                    byte[] sound = spoil(store, key, at);
                    try (Repository repository = yard.openQuickly(created, other, store)) {
                        CheckReport report = repository.check(true, Progress.NONE);
                        assertThat(report.problems()).as("%s at %d", key, at).anySatisfy(problem -> {
                            assertThat(problem.destination()).isEqualTo("place-2");
                            assertThat(problem.file()).isEqualTo(key.name());
                        });
                    }
                    store.overwrite(key, sound);
                }
            }
        }
        try (Repository repository = yard.openQuickly(created, other, store)) {
            assertThat(repository.check(true, Progress.NONE).problems()).isEmpty();
        }
    }

    @Test
    void a_wrong_byte_in_the_config_is_found_when_the_repository_is_opened() {
        byte[] sound = spoil(store, ConfigFile.KEY, 30);
        assertThatThrownBy(() -> yard.openQuickly(created, store)).isInstanceOf(Damaged.class);
        try (Repository repository = yard.openQuickly(created, store, other)) {
            assertThat(repository.destinations().getFirst().reason()).contains("'config'");
            assertThat(Yard.same(Yard.restore(repository, snapshot), data)).isTrue();
        }
        store.overwrite(ConfigFile.KEY, sound);
    }

    @Test
    void damaged_data_names_the_snapshot_and_the_entries() {
        StoreKey pack = files(store, "data/").getFirst();
        spoil(store, pack, 1000);
        try (Repository repository = yard.openQuickly(created, store)) {
            CheckReport.Problem problem =
                    repository.check(true, Progress.NONE).problems().getFirst();
            assertThat(problem.snapshots()).containsExactly(snapshot.id());
            assertThat(problem.entryCount()).isPositive();
            assertThat(problem.entries())
                    .allMatch(entry -> entry.startsWith(snapshot.id() + " files dir"))
                    .hasSize((int) problem.entryCount());
            assertThatThrownBy(() -> Yard.restore(repository, snapshot)).isInstanceOf(Damaged.class);
        }
    }

    @Test
    void damaged_tree_nodes_name_the_entries_below_them() {
        StoreKey pack = files(store, "meta/").getFirst();
        spoil(store, pack, 300);
        try (Repository repository = yard.openQuickly(created, store)) {
            CheckReport.Problem problem =
                    repository.check(true, Progress.NONE).problems().getFirst();
            assertThat(problem.snapshots()).containsExactly(snapshot.id());
            assertThat(problem.entryCount()).isEqualTo(data.size());
        }
    }

    @Test
    void a_restore_takes_the_sound_copy() {
        for (StoreKey pack : files(store, "data/")) {
            spoil(store, pack, 1000);
        }
        for (StoreKey pack : files(other, "meta/")) {
            spoil(other, pack, 300);
        }
        try (Repository repository = yard.openQuickly(created, store, other)) {
            assertThat(Yard.same(Yard.restore(repository, snapshot), data)).isTrue();
        }
    }

    @Test
    void without_a_sound_index_the_packs_tell_what_they_hold() {
        for (StoreKey run : files(store, "idx/")) {
            spoil(store, run, 100);
        }
        try (Repository repository = yard.openQuickly(created, store)) {
            assertThat(Yard.same(Yard.restore(repository, snapshot), data)).isTrue();
            assertThat(repository.findings()).isNotEmpty();
        }
    }

    @Test
    void a_backup_over_a_damaged_index_stores_again_what_it_cannot_find() {
        for (StoreKey run : files(store, "idx/")) {
            spoil(store, run, 100);
        }
        try (Repository repository = yard.openQuickly(created, store)) {
            Snapshot next = yard.backup(repository, data).snapshot();
            assertThat(next.findings()).isNotEmpty();
            assertThat(Yard.same(Yard.restore(repository, next), data)).isTrue();
        }
    }

    @Test
    void nothing_is_pruned_while_a_record_is_damaged() {
        for (StoreKey log : files(store, "log/")) {
            spoil(store, log, 100);
        }
        try (Repository repository = yard.openQuickly(created, store)) {
            assertThat(repository.snapshots()).isEmpty();
            assertThat(repository.findings()).isNotEmpty();
            assertThatThrownBy(() -> repository.prune(true, Progress.NONE))
                    .isInstanceOf(HoldfastException.class)
                    .hasMessageContaining("nothing is deleted");
        }
    }

    @Test
    void sync_puts_a_damaged_pack_right_from_the_sound_copy() {
        StoreKey pack = files(store, "data/").getFirst();
        store.overwrite(pack, new byte[10]);
        try (Repository repository = yard.openQuickly(created, store, other)) {
            repository.sync(Progress.NONE);
            assertThat(repository.check(true, Progress.NONE).problems())
                    .noneMatch(problem -> problem.file().startsWith("data/"));
        }
    }
}
