package dev.holdfast.control.stack;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.operation.OpenRepository;
import dev.holdfast.control.operation.Repositories;
import dev.holdfast.engine.repository.CheckReport;
import dev.holdfast.engine.repository.Commit;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.PruneReport;
import dev.holdfast.engine.repository.Repository;
import dev.holdfast.engine.repository.RepositoryKey;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.repository.SnapshotWriter;
import dev.holdfast.engine.repository.SyncReport;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repositories of one stack that bring its listing up to date by what operations see in them anyway; nothing is read for it
 * alone. A listing that cannot be written disturbs no operation; whoever asked for it is told, and may look again.
 */
public final class Listing implements Repositories {
    private static final Logger LOG = LoggerFactory.getLogger(Listing.class);

    private final Repositories repositories;
    private final Snapshots snapshots;
    private final StackRecord stack;
    private final Runnable outdated;

    /**
     * @param outdated told when the listing is not what was seen
     */
    public Listing(Repositories repositories, Snapshots snapshots, StackRecord stack, Runnable outdated) {
        this.repositories = repositories;
        this.snapshots = snapshots;
        this.stack = stack;
        this.outdated = outdated;
    }

    @Override
    public Repository.Created create(
            RepositoryConfig config, RepositoryKey.Passphrase passphrase, Consumer<String> keeping) {
        return repositories.create(config, passphrase, keeping);
    }

    @Override
    public OpenRepository open(RepositoryConfig config) {
        return new Seen(repositories.open(config));
    }

    /** An open repository, and what was seen in it. */
    private final class Seen implements OpenRepository {
        private final OpenRepository repository;
        private @Nullable List<Snapshot> seen;
        private Set<SnapshotId> before = Set.of();
        private @Nullable Set<SnapshotId> pins;

        private Seen(OpenRepository repository) {
            this.repository = repository;
        }

        @Override
        public List<DestinationState> destinations() {
            return repository.destinations();
        }

        @Override
        public List<Snapshot> snapshots() {
            boolean known = remember();
            List<Snapshot> all = repository.snapshots();
            seen = known ? new ArrayList<>(all) : null;
            return all;
        }

        private boolean remember() {
            try {
                Set<SnapshotId> listed = new HashSet<>(snapshots.listed(stack.name()));
                listed.addAll(before);
                before = listed;
                return true;
            } catch (JdbiException e) {
                LOG.warn("the listing of stack={} cannot be read", stack.name(), e);
                outdated.run();
                return false;
            }
        }

        @Override
        public List<Finding> findings() {
            return repository.findings();
        }

        @Override
        public SnapshotWriter begin(String name, Map<String, String> labels) {
            return new Writing(repository.begin(name, labels), this);
        }

        @Override
        public SnapshotWriter beginShowing(Instant shown, String name, Map<String, String> labels) {
            return new Writing(repository.beginShowing(shown, name, labels), this);
        }

        private void committed(Snapshot snapshot) {
            List<Snapshot> known = seen;
            if (known != null) {
                known.add(snapshot);
            }
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
            Set<SnapshotId> pinned = repository.pinned();
            pins = pinned;
            return pinned;
        }

        @Override
        public void pin(SnapshotId snapshot, boolean pinned) {
            repository.pin(snapshot, pinned);
        }

        @Override
        public void forget(Set<SnapshotId> forgotten) {
            repository.forget(forgotten);
            List<Snapshot> known = seen;
            if (known != null) {
                known.removeIf(snapshot -> forgotten.contains(snapshot.id()));
            }
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
            try {
                note();
            } finally {
                repository.close();
            }
        }

        private void note() {
            try {
                List<Snapshot> now = seen;
                if (now == null) {
                    snapshots.looked(stack, repository.destinations(), repository.findings());
                } else {
                    snapshots.list(stack, before, now, repository.destinations(), repository.findings());
                }
                Set<SnapshotId> held = pins;
                if (held != null) {
                    snapshots.pinned(stack, held);
                }
            } catch (JdbiException e) {
                LOG.warn("the listing of stack={} cannot be brought up to date", stack.name(), e);
                outdated.run();
            }
        }
    }

    private record Writing(SnapshotWriter writer, Seen repository) implements SnapshotWriter {
        @Override
        public SnapshotId id() {
            return writer.id();
        }

        @Override
        public PartWriter beginPart(String name, String kind, String location, Progress progress) {
            return writer.beginPart(name, kind, location, progress);
        }

        @Override
        public Part endPart(Map<String, String> details) {
            return writer.endPart(details);
        }

        @Override
        public Commit commit() {
            Commit commit = writer.commit();
            repository.committed(commit.snapshot());
            return commit;
        }

        @Override
        public void close() {
            writer.close();
        }
    }
}
