package dev.holdfast.cli;

import dev.holdfast.cli.service.MadeKeys;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.zero.ZeroConfiguration;

/** What environment variables alone describe, with a key. */
final class ZeroStack {
    private ZeroStack() {}

    /**
     * @param make whether a key may be made where none is given
     */
    static ZeroConfiguration read(Cli cli, MadeKeys keys, boolean make) {
        ZeroConfiguration plain = ZeroConfiguration.read(cli.environment(), cli.folder());
        boolean keyless = plain.stack()
                .filter(stack -> stack.repository().key().isEmpty())
                .isPresent();
        if (!keyless) {
            return plain;
        }
        Environment keyed = make ? keys.keyed(cli.environment()) : keys.keyedIfMade(cli.environment());
        return ZeroConfiguration.read(keyed, cli.folder());
    }
}
