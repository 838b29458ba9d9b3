package dev.holdfast.cli.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.config.DirectoryConfig;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.LocalConfig;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.BackupOperation;
import dev.holdfast.control.operation.Cancellation;
import dev.holdfast.control.operation.InitOperation;
import dev.holdfast.control.operation.OpenRepository;
import dev.holdfast.control.operation.Repositories;
import dev.holdfast.control.operation.Run;
import dev.holdfast.control.operation.RunListener;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.wiring.EngineRepositories;
import dev.holdfast.control.wiring.InstalledConnectors;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Repository;
import dev.holdfast.engine.repository.RepositoryKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryPlacesTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Path ROOT = Path.of("/");

    @TempDir
    private Path folder;

    private StateFolder state = new StateFolder(Path.of("/nowhere"));
    private Path disk = Path.of("/nowhere");
    private Path other = Path.of("/nowhere");
    private InstalledConnectors connectors =
            new InstalledConnectors(Path.of("/nowhere"), new Environment(Map.of()), CLOCK);
    private EngineRepositories repositories = repositories();

    /** Folders with a file system of their own, as long as they are mounted. */
    private final Set<Path> mounted = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void begin() throws IOException {
        state = new StateFolder(folder.resolve("state")).create();
        disk = folder.resolve("mnt/disk/backups");
        other = folder.resolve("other");
        connectors = new InstalledConnectors(folder, new Environment(Map.of()), CLOCK);
        repositories = repositories();
        Files.createDirectories(folder.resolve("source"));
        Files.writeString(folder.resolve("source/a"), "hello");
        mounted.add(folder.resolve("mnt/disk"));
    }

    private EngineRepositories repositories() {
        return new EngineRepositories(
                connectors,
                new EngineRepositories.Machine(folder == null ? Path.of("/nowhere") : folder, "test", "host", 1),
                CLOCK,
                new SecureRandom());
    }

    private RepositoryPlaces places() {
        return new RepositoryPlaces(connectors, repositories, state, keys(), this::mount, CLOCK);
    }

    private MadeKeys keys() {
        return new MadeKeys(state, new SecureRandom());
    }

    private Optional<Path> mount(Path path) {
        return Optional.of(mounted.stream().filter(path::startsWith).findFirst().orElse(ROOT));
    }

    private StackConfig stack(DestinationConfig... destinations) {
        return new StackConfig(
                "shop",
                List.of(new DirectoryConfig("files", folder.resolve("source"), List.of())),
                RepositoryConfig.of(
                        Optional.of(new RepositoryKey.Passphrase("four random words")), List.of(destinations)));
    }

    private LocalConfig disk() {
        return new LocalConfig("disk", disk);
    }

    private LocalConfig other() {
        return new LocalConfig("other", other);
    }

    private Snapshots.Look backedUp(StackConfig stack) {
        var result = new BackupOperation(connectors, repositories, CLOCK)
                .run(
                        new BackupOperation.Request(stack, List.of(), Map.of()),
                        new Run(RunListener.NONE, new Cancellation()));
        return new Snapshots.Look(CLOCK.instant(), result.destinations(), List.of());
    }

    private boolean holds(LocalConfig place) {
        try (OpenRepository _ = repositories.open(stack(place).repository())) {
            return true;
        } catch (HoldfastException e) {
            return false;
        }
    }

    /** What happens when a disk is not mounted: its content is away, the folder it is mounted at is empty. */
    private void unmount() throws IOException {
        Files.move(folder.resolve("mnt/disk"), folder.resolve("unplugged"));
        Files.createDirectory(folder.resolve("mnt/disk"));
        mounted.clear();
    }

    private void mountAgain() throws IOException {
        Files.delete(folder.resolve("mnt/disk"));
        Files.move(folder.resolve("unplugged"), folder.resolve("mnt/disk"));
        mounted.add(folder.resolve("mnt/disk"));
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void the_first_backup_makes_the_repository_everywhere_and_keeps_its_recovery_code() {
        StackConfig stack = stack(disk(), other());
        places().prepare(stack, Optional.empty(), false);

        assertThat(holds(disk())).isTrue();
        assertThat(holds(other())).isTrue();
        String code = keys().recoveryCode("shop").orElseThrow();
        places().prepare(stack, Optional.empty(), false);
        assertThat(keys().recoveryCode("shop")).contains(code);
    }

    @Test
    void a_folder_that_somebody_deleted_is_made_again_while_another_destination_has_the_repository()
            throws IOException {
        StackConfig stack = stack(disk(), other());
        places().prepare(stack, Optional.empty(), false);
        Snapshots.Look unused = backedUp(stack);
        assertThat(unused.destinations()).allMatch(DestinationState::level);
        delete(disk);
        Snapshots.Look look = backedUp(stack);
        assertThat(look.destinations()).anyMatch(destination -> !destination.level());

        places().prepare(stack, Optional.of(look), true);

        assertThat(holds(disk())).isTrue();
    }

    @Test
    void nothing_is_written_where_a_disk_is_not_mounted() throws IOException {
        StackConfig stack = stack(disk(), other());
        places().prepare(stack, Optional.empty(), false);
        backedUp(stack);
        unmount();
        Snapshots.Look look = backedUp(stack);

        places().prepare(stack, Optional.of(look), true);
        assertThat(isEmpty(folder.resolve("mnt/disk"))).isTrue();
        // nor when the catalog is new and knows of no snapshot
        places().prepare(stack, Optional.empty(), false);
        assertThat(isEmpty(folder.resolve("mnt/disk"))).isTrue();

        mountAgain();
        places().prepare(stack, Optional.of(look), true);
        assertThat(backedUp(stack).destinations()).allMatch(DestinationState::level);
    }

    @Test
    void nothing_is_written_into_a_mount_point_that_is_the_destination_itself() throws IOException {
        disk = folder.resolve("mnt/disk");
        Files.createDirectories(disk);
        StackConfig stack = stack(disk(), other());
        places().prepare(stack, Optional.empty(), false);
        backedUp(stack);
        unmount();

        places().prepare(stack, Optional.of(backedUp(stack)), true);

        assertThat(isEmpty(disk)).isTrue();
    }

    @Test
    void no_second_repository_begins_while_the_only_disk_is_not_mounted() throws IOException {
        StackConfig stack = stack(disk());
        places().prepare(stack, Optional.empty(), false);
        backedUp(stack);
        unmount();

        // not even if the catalog was lost besides
        assertThatThrownBy(() -> places().prepare(stack, Optional.empty(), false))
                .isInstanceOf(Missing.class)
                .hasMessageContaining("is gone")
                .hasMessageContaining(disk.toString())
                .extracting(e -> ((HoldfastException) e).code())
                .isEqualTo(ErrorCode.REPOSITORY_MISSING);
        assertThat(isEmpty(folder.resolve("mnt/disk"))).isTrue();
    }

    @Test
    void a_repository_that_only_the_shared_catalog_remembers_is_not_begun_anew() {
        StackConfig stack = stack(disk());
        Snapshots.Look look = new Snapshots.Look(
                CLOCK.instant(), List.of(new DestinationState("disk", disk.toString(), false, "away")), List.of());

        assertThatThrownBy(() -> places().prepare(stack, Optional.of(look), false))
                .isInstanceOf(Missing.class);
        assertThat(disk).doesNotExist();
    }

    @Test
    void what_was_asked_for_by_hand_is_used_again() throws IOException {
        StackConfig stack = stack(disk());
        places().prepare(stack, Optional.empty(), false);
        delete(disk);
        assertThatThrownBy(() -> places().prepare(stack, Optional.empty(), true))
                .isInstanceOf(Missing.class);

        new InitOperation(repositories).run(stack.repository());
        places().prepare(stack, Optional.empty(), true);
        assertThat(backedUp(stack).destinations()).allMatch(DestinationState::level);
    }

    @Test
    void a_copy_is_no_repository_of_its_own_if_the_one_that_holds_it_goes_away_meanwhile() {
        places().prepare(stack(other()), Optional.empty(), false);
        Snapshots.Look look = backedUp(stack(other()));
        String code = keys().recoveryCode("shop").orElseThrow();
        Repositories late = new Repositories() {
            @Override
            public Repository.Created create(
                    RepositoryConfig config, RepositoryKey.Passphrase passphrase, Consumer<String> keeping) {
                assertThatCode(() -> delete(other)).doesNotThrowAnyException();
                return repositories.create(config, passphrase, keeping);
            }

            @Override
            public OpenRepository open(RepositoryConfig config) {
                return repositories.open(config);
            }
        };

        new RepositoryPlaces(connectors, late, state, keys(), this::mount, CLOCK)
                .prepare(stack(disk(), other()), Optional.of(look), true);

        assertThat(holds(disk())).isFalse();
        assertThat(keys().recoveryCode("shop")).contains(code);
    }

    @Test
    void a_destination_that_is_new_gets_its_copy() {
        places().prepare(stack(other()), Optional.empty(), false);
        Snapshots.Look look = backedUp(stack(other()));

        places().prepare(stack(disk(), other()), Optional.of(look), true);

        assertThat(holds(disk())).isTrue();
        assertThat(backedUp(stack(disk(), other())).destinations()).allMatch(DestinationState::level);
    }

    @Test
    void who_remembers_nothing_makes_no_folder_that_may_be_a_disk_but_the_one_of_its_own_state() throws IOException {
        StackConfig stack = stack(disk(), other());
        places().prepare(stack, Optional.empty(), false);
        backedUp(stack);
        unmount();
        delete(state.path());
        state.create();
        LocalConfig own = new LocalConfig("own", state.path().resolve("backups"));

        // and not the second time either, when it remembers that much
        for (int i = 0; i < 2; i++) {
            places().prepare(stack(disk(), other(), own), Optional.empty(), false);
            assertThat(isEmpty(folder.resolve("mnt/disk"))).isTrue();
            assertThat(holds(own)).isTrue();
        }

        mountAgain();
        places().prepare(stack(disk(), other(), own), Optional.empty(), true);
        assertThat(backedUp(stack(disk(), other(), own)).destinations()).allMatch(DestinationState::level);
    }

    @Test
    void a_disk_that_took_the_place_of_a_folder_is_remembered_as_a_disk() throws IOException {
        mounted.clear();
        StackConfig stack = stack(disk(), other());
        places().prepare(stack, Optional.empty(), false);
        mounted.add(folder.resolve("mnt/disk"));
        places().prepare(stack, Optional.of(backedUp(stack)), true);
        unmount();

        places().prepare(stack, Optional.of(backedUp(stack)), true);

        assertThat(isEmpty(folder.resolve("mnt/disk"))).isTrue();
    }

    @Test
    void a_repository_of_another_key_is_left_to_the_backup_to_tell() {
        StackConfig stack = stack(other());
        places().prepare(stack, Optional.empty(), false);
        StackConfig stranger = new StackConfig(
                "shop",
                stack.sources(),
                stack.repository().withKey(new RepositoryKey.Passphrase("another passphrase")));

        places().prepare(stranger, Optional.empty(), true);

        assertThat(holds(other())).isTrue();
    }

    @Test
    void the_machine_tells_where_a_file_system_begins() {
        Path proc = Path.of("/proc/sys/kernel");

        assertThat(Mounts.ofMachine(proc).orElseThrow())
                .matches(proc::startsWith)
                .isNotEqualTo(ROOT);
        assertThat(Mounts.ofMachine(folder.resolve("not/there"))).isEqualTo(Mounts.ofMachine(folder));
    }
}
