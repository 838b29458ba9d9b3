package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.tree.EntryKey;

/** Keys as tests write them. */
final class EntryKeys {
    private EntryKeys() {}

    static EntryKey table(String shown) {
        return EntryKey.of("table/" + shown);
    }
}
