package dev.holdfast.cli.service;

import dev.holdfast.control.stack.StackRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What somebody has to do so that backups can be restored when this machine is gone; told at every start until it is done. */
final class Reminders {
    private static final Logger LOG = LoggerFactory.getLogger(Reminders.class);
    static final String UNSAVED =
            "the recovery code has not been saved yet: without it, and without this machine's key,"
                    + " nobody can restore";
    static final String UNSAVED_HINT =
            "'holdfast recovery-code' shows it; note it down elsewhere, then run 'holdfast recovery-code --saved'.";

    private Reminders() {}

    static void key(MadeKeys keys) {
        LOG.warn("no passphrase was given; the key that was made is in {}", keys.passphraseFile());
        if (keys.exposed()) {
            LOG.warn("others of this machine may read {}: set its mode to 600", keys.passphraseFile());
        }
    }

    static void oneCopyShort(StackRecord stack) {
        LOG.warn(
                "stack={}: one copy short: its backups are in one place, {}; add a destination elsewhere, such as a bucket",
                stack.name(),
                stack.config().repository().destinations().getFirst().name());
    }

    static void unsaved(String stack) {
        LOG.warn("stack={}: {}; {}", stack, UNSAVED, UNSAVED_HINT);
    }
}
