package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.OPEN;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;

/** Removes the leases of sessions that somebody knows to be gone. */
public final class UnlockOperation {
    private final Repositories repositories;

    public UnlockOperation(Repositories repositories) {
        this.repositories = repositories;
    }

    public UnlockResult run(RepositoryChoice choice, Confirmation confirmation, Run run) {
        try (OpenRepository repository = run.step(Step.of(OPEN), _ -> repositories.open(choice.repository()))) {
            String loss = "Backups that still run can never commit, and a prune that still runs on another machine"
                    + " is not stopped: it would delete what new backups rely on.";
            if (!confirmation.given(new Confirmation.Question(loss, "unlock"))) {
                throw new Cancelled(
                        ErrorCode.NOT_CONFIRMED,
                        "the leases of all sessions would be removed, and that was not confirmed",
                        "add --yes.");
            }
            return new UnlockResult(repository.unlock());
        }
    }
}
