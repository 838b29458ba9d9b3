package dev.holdfast.engine.tree;

import org.jspecify.annotations.Nullable;

/**
 * Entries in ascending order of their keys, read as needed in constant memory. For one thread; holds nothing that must be
 * closed.
 */
public interface EntryCursor {
    /** No entries. */
    EntryCursor EMPTY = () -> null;

    /** The next entry, or null after the last one. */
    @Nullable
    Entry next();
}
