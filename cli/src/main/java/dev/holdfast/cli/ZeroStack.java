package dev.holdfast.cli;

import dev.holdfast.cli.service.MadeKeys;
import dev.holdfast.cli.service.StateFolder;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.config.zero.ZeroConfiguration;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.stream.Collectors;

/** What environment variables alone describe, with a key. */
final class ZeroStack {
    private ZeroStack() {}

    /**
     * @param make whether a key may be made where none is given
     */
    static ZeroConfiguration read(Cli cli, StateFolder state, boolean make) {
        ZeroConfiguration plain = ZeroConfiguration.read(cli.environment(), state.path());
        boolean keyless = plain.stack()
                .filter(stack -> stack.repository().key().isEmpty())
                .isPresent();
        if (!keyless) {
            return plain;
        }
        MadeKeys keys = new MadeKeys(state, new SecureRandom());
        Environment keyed = make ? keys.keyed(cli.environment()) : keys.keyedIfMade(cli.environment());
        return ZeroConfiguration.read(keyed, state.path());
    }

    /**
     * @throws Invalid (CONFIGURATION_INVALID) if the environment describes one that cannot be used
     */
    static Optional<StackConfig> of(ZeroConfiguration zero) {
        if (!zero.errors().isEmpty()) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the environment variables cannot be used:\n"
                            + zero.errors().stream()
                                    .map(problem -> problem.message() + ": " + problem.hint())
                                    .collect(Collectors.joining("\n")),
                    "or describe the stack in a file, and name it with --file or --stacks.");
        }
        return zero.stack();
    }
}
