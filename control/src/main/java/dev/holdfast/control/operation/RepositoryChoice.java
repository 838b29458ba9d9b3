package dev.holdfast.control.operation;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.StackConfig;
import java.util.Optional;

/**
 * Which repository an operation works on, and what else is known.
 *
 * @param repository the repository
 * @param stack the whole stack file, where there is one
 * @param stackName whose snapshots are meant; empty for any
 */
public record RepositoryChoice(RepositoryConfig repository, Optional<StackConfig> stack, Optional<String> stackName) {
    public static RepositoryChoice of(StackConfig stack) {
        return new RepositoryChoice(stack.repository(), Optional.of(stack), Optional.of(stack.name()));
    }

    public static RepositoryChoice of(RepositoryConfig repository, Optional<String> stackName) {
        return new RepositoryChoice(repository, Optional.empty(), stackName);
    }
}
