package dev.holdfast.control.wiring;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.operation.OpenRepository;
import dev.holdfast.control.operation.Repositories;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.repository.CheckReport;
import dev.holdfast.engine.repository.Destination;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.PruneReport;
import dev.holdfast.engine.repository.Repository;
import dev.holdfast.engine.repository.RepositoryKey;
import dev.holdfast.engine.repository.RepositoryOptions;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.repository.SnapshotWriter;
import dev.holdfast.engine.repository.SyncReport;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Repositories of the engine, at stores that the connectors make. */
public final class EngineRepositories implements Repositories {
    private final Connectors connectors;
    private final Machine machine;
    private final InstantSource clock;
    private final SecureRandom random;

    /**
     * What a repository is told about where it is used.
     *
     * @param spool folder for packs on their way
     * @param version version of this software
     * @param host name of this machine
     * @param threads how many threads may compute
     */
    public record Machine(Path spool, String version, String host, int threads) {}

    public EngineRepositories(Connectors connectors, Machine machine, InstantSource clock, SecureRandom random) {
        this.connectors = connectors;
        this.machine = machine;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public Repository.Created create(
            RepositoryConfig config, RepositoryKey.Passphrase passphrase, Consumer<String> keeping) {
        List<Destination> destinations = destinations(config);
        try {
            return Repository.create(destinations, passphrase, keeping, random);
        } finally {
            close(destinations);
        }
    }

    @Override
    public OpenRepository open(RepositoryConfig config) {
        RepositoryKey key = config.key()
                .orElseThrow(() -> new Missing(
                        ErrorCode.SECRET_MISSING,
                        "there is no passphrase for the repository",
                        "set HOLDFAST_PASSPHRASE or HOLDFAST_RECOVERY_CODE."));
        List<Destination> destinations = destinations(config);
        try {
            return new Opened(Repository.open(destinations, key, options(config), clock, random));
        } catch (RuntimeException e) {
            close(destinations);
            throw e;
        }
    }

    private List<Destination> destinations(RepositoryConfig config) {
        List<Destination> destinations = new ArrayList<>();
        try {
            config.destinations()
                    .forEach(place -> destinations.add(new Destination(place.name(), connectors.store(place))));
            return destinations;
        } catch (RuntimeException e) {
            close(destinations);
            throw e;
        }
    }

    private static void close(List<Destination> destinations) {
        destinations.forEach(destination -> destination.store().close());
    }

    private RepositoryOptions options(RepositoryConfig config) {
        return new RepositoryOptions(
                Math.toIntExact(config.packSize().bytes()),
                config.compression(),
                machine.threads(),
                machine.spool(),
                machine.version(),
                machine.host());
    }

    private record Opened(Repository repository) implements OpenRepository {
        @Override
        public List<DestinationState> destinations() {
            return repository.destinations();
        }

        @Override
        public List<Snapshot> snapshots() {
            return repository.snapshots();
        }

        @Override
        public List<Finding> findings() {
            return repository.findings();
        }

        @Override
        public SnapshotWriter begin(String stack, Map<String, String> labels) {
            return repository.begin(stack, labels);
        }

        @Override
        public SnapshotWriter beginShowing(Instant shown, String stack, Map<String, String> labels) {
            return repository.beginShowing(shown, stack, labels);
        }

        @Override
        public PartReader read(Snapshot snapshot, Part part) {
            return repository.read(snapshot, part);
        }

        @Override
        public CheckReport check(boolean readData, Progress progress) {
            return repository.check(readData, progress);
        }

        @Override
        public Set<SnapshotId> pinned() {
            return repository.pinned();
        }

        @Override
        public void pin(SnapshotId snapshot, boolean pinned) {
            repository.pin(snapshot, pinned);
        }

        @Override
        public void forget(Set<SnapshotId> snapshots) {
            repository.forget(snapshots);
        }

        @Override
        public PruneReport prune(boolean dryRun, Progress progress) {
            return repository.prune(dryRun, progress);
        }

        @Override
        public SyncReport sync(Progress progress) {
            return repository.sync(progress);
        }

        @Override
        public List<String> unlock() {
            return repository.unlock();
        }

        @Override
        public void close() {
            repository.close();
        }
    }
}
