package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.OPEN;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Gives up snapshots that nobody wants any more. */
public final class ForgetOperation {
    private final Repositories repositories;

    public ForgetOperation(Repositories repositories) {
        this.repositories = repositories;
    }

    /**
     * @param snapshots which ones, as {@link SnapshotSelector} takes them
     */
    public ForgetResult run(RepositoryChoice choice, List<String> snapshots, Confirmation confirmation, Run run) {
        try (OpenRepository repository = run.step(Step.of(OPEN), _ -> repositories.open(choice.repository()))) {
            SnapshotSelector selector = SnapshotSelector.among(repository.snapshots(), choice.stackName());
            Set<Snapshot> wanted =
                    snapshots.stream().map(selector::select).collect(Collectors.toCollection(LinkedHashSet::new));
            confirm(wanted, repository.snapshots(), confirmation);
            repository.forget(wanted.stream().map(Snapshot::id).collect(Collectors.toSet()));
            return new ForgetResult(List.copyOf(wanted), repository.snapshots().size(), repository.destinations());
        }
    }

    /**
     * Asks whether snapshots may be given up for ever.
     *
     * @param all those of which they are given up
     * @throws Cancelled (NOT_CONFIRMED) if nobody agrees
     */
    public static void confirm(Set<Snapshot> wanted, List<Snapshot> all, Confirmation confirmation) {
        String ids = wanted.stream().map(Snapshot::id).map(SnapshotId::text).collect(Collectors.joining(", "));
        boolean last = wanted.containsAll(all);
        String loss = (wanted.size() == 1 ? "Snapshot " : wanted.size() + " snapshots ") + ids
                + " can never be restored again" + (last ? ", and no other is left." : ".");
        if (!confirmation.given(new Confirmation.Question(loss, "forget"))) {
            throw new Cancelled(
                    ErrorCode.NOT_CONFIRMED,
                    "snapshots would be forgotten: " + ids + ", and that was not confirmed",
                    "add --yes.");
        }
    }
}
