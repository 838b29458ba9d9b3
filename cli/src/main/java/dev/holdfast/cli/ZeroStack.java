package dev.holdfast.cli;

import dev.holdfast.cli.service.MadeKeys;
import dev.holdfast.cli.service.StateFolder;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.zero.ZeroConfiguration;
import java.security.SecureRandom;

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
}
