package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.CHECK;
import static dev.holdfast.control.operation.Step.Phase.OPEN;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.engine.repository.CheckReport;

/** Looks whether every destination holds what the snapshots need. */
public final class CheckOperation {
    private final Repositories repositories;

    public CheckOperation(Repositories repositories) {
        this.repositories = repositories;
    }

    /**
     * @param readData whether all data is read again
     */
    public CheckResult run(RepositoryConfig config, boolean readData, Run run) {
        try (OpenRepository repository = run.step(Step.of(OPEN), _ -> repositories.open(config))) {
            CheckReport report = run.step(Step.of(CHECK), progress -> repository.check(readData, progress));
            return new CheckResult(report, repository.destinations());
        }
    }
}
