package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.OPEN;

import dev.holdfast.engine.repository.Snapshot;
import java.util.List;

/** Lists the snapshots of a stack, or of a whole repository. */
public final class SnapshotsOperation {
    private final Repositories repositories;

    public SnapshotsOperation(Repositories repositories) {
        this.repositories = repositories;
    }

    public SnapshotsResult run(RepositoryChoice choice, Run run) {
        try (OpenRepository repository = run.step(Step.of(OPEN), _ -> repositories.open(choice.repository()))) {
            List<Snapshot> all = repository.snapshots();
            List<Snapshot> wanted = all.stream()
                    .filter(snapshot ->
                            choice.stackName().map(snapshot.stack()::equals).orElse(true))
                    .toList();
            return new SnapshotsResult(
                    wanted, all.size() - wanted.size(), repository.destinations(), repository.findings());
        }
    }
}
