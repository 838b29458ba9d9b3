package dev.holdfast.control.operation;

import dev.holdfast.engine.repository.CheckReport;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.PruneReport;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.repository.SnapshotWriter;
import dev.holdfast.engine.repository.SyncReport;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An open repository as operations use it; every method as in {@link dev.holdfast.engine.repository.Repository}. */
public interface OpenRepository extends AutoCloseable {
    List<DestinationState> destinations();

    List<Snapshot> snapshots();

    List<Finding> findings();

    SnapshotWriter begin(String stack, Map<String, String> labels);

    SnapshotWriter beginShowing(Instant shown, String stack, Map<String, String> labels);

    PartReader read(Snapshot snapshot, Part part);

    CheckReport check(boolean readData, Progress progress);

    Set<SnapshotId> pinned();

    void pin(SnapshotId snapshot, boolean pinned);

    void forget(Set<SnapshotId> snapshots);

    PruneReport prune(boolean dryRun, Progress progress);

    SyncReport sync(Progress progress);

    List<String> unlock();

    @Override
    void close();
}
