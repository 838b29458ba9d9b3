package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.OPEN;

import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import java.util.List;
import java.util.Set;

/** Holds on to snapshots, or releases them. */
public final class PinOperation {
    private final Repositories repositories;

    public PinOperation(Repositories repositories) {
        this.repositories = repositories;
    }

    /**
     * @param snapshots which ones, as {@link SnapshotSelector} takes them; none to change nothing
     * @param pinned whether to pin or to release them
     * @return all that are pinned afterwards, in order
     */
    public List<Snapshot> run(RepositoryChoice choice, List<String> snapshots, boolean pinned, Run run) {
        try (OpenRepository repository = run.step(Step.of(OPEN), _ -> repositories.open(choice.repository()))) {
            List<Snapshot> all = repository.snapshots();
            SnapshotSelector selector = SnapshotSelector.among(all, choice.stackName());
            List<Snapshot> chosen = snapshots.stream().map(selector::select).toList();
            chosen.forEach(snapshot -> repository.pin(snapshot.id(), pinned));
            Set<SnapshotId> held = repository.pinned();
            return all.stream().filter(snapshot -> held.contains(snapshot.id())).toList();
        }
    }
}
