package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.OPEN;
import static dev.holdfast.control.operation.Step.Phase.PRUNE;

import dev.holdfast.control.config.RepositoryConfig;

/** Frees the space that no snapshot needs. */
public final class PruneOperation {
    private final Repositories repositories;

    public PruneOperation(Repositories repositories) {
        this.repositories = repositories;
    }

    /**
     * @param dryRun whether it is only told what would be freed
     */
    public PruneResult run(RepositoryConfig config, boolean dryRun, Run run) {
        try (OpenRepository repository = run.step(Step.of(OPEN), _ -> repositories.open(config))) {
            return new PruneResult(
                    run.step(Step.of(PRUNE), progress -> repository.prune(dryRun, progress)),
                    repository.destinations());
        }
    }
}
