package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.OPEN;
import static dev.holdfast.control.operation.Step.Phase.SYNC;

import dev.holdfast.control.config.RepositoryConfig;

/** Brings destinations that are behind level with the others. */
public final class SyncOperation {
    private final Repositories repositories;

    public SyncOperation(Repositories repositories) {
        this.repositories = repositories;
    }

    public SyncResult run(RepositoryConfig config, Run run) {
        try (OpenRepository repository = run.step(Step.of(OPEN), _ -> repositories.open(config))) {
            return new SyncResult(run.step(Step.of(SYNC), repository::sync));
        }
    }
}
