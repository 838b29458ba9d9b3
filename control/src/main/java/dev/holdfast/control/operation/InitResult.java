package dev.holdfast.control.operation;

import dev.holdfast.engine.error.ErrorCode;
import java.util.List;
import java.util.Optional;

/**
 * What an init made.
 *
 * @param repository the repository's id
 * @param recoveryCode opens it without the passphrase; empty if it existed before
 * @param added destinations that were made ready now; empty if nothing was left to do
 */
public record InitResult(String repository, String recoveryCode, List<String> added) implements RunResult {
    public InitResult {
        added = List.copyOf(added);
    }

    /** Whether the repository itself is new, not just one of its destinations. */
    public boolean created() {
        return !recoveryCode.isEmpty();
    }

    @Override
    public Optional<ErrorCode> concern() {
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "InitResult[" + repository + ", " + added + "]";
    }
}
