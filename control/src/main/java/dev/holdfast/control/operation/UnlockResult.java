package dev.holdfast.control.operation;

import dev.holdfast.engine.error.ErrorCode;
import java.util.List;
import java.util.Optional;

/**
 * What an unlock did.
 *
 * @param removed the sessions whose leases were removed, as people know them
 */
public record UnlockResult(List<String> removed) implements RunResult {
    public UnlockResult {
        removed = List.copyOf(removed);
    }

    @Override
    public Optional<ErrorCode> concern() {
        return Optional.empty();
    }
}
