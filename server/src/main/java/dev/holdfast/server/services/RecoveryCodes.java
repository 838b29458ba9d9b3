package dev.holdfast.server.services;

import java.util.Optional;

/** The recovery codes of repositories that this server made. The codes themselves never come here. */
public interface RecoveryCodes {
    /** Of a server that keeps none. */
    RecoveryCodes NONE = new RecoveryCodes() {
        @Override
        public Optional<Boolean> saved(String stack) {
            return Optional.empty();
        }

        @Override
        public boolean acknowledge(String stack) {
            return false;
        }
    };

    /** Whether somebody said that the code of a stack is noted down elsewhere; empty if this server keeps none of it. */
    Optional<Boolean> saved(String stack);

    /**
     * Somebody says that it is.
     *
     * @return false if this server keeps no code of the stack
     */
    boolean acknowledge(String stack);
}
