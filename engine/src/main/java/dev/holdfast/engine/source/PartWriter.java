package dev.holdfast.engine.source;

import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import java.util.Optional;

/**
 * Takes one source's share of a snapshot. Contents may be written from many threads at once ({@link #content}); entries are
 * added by one thread, in strictly ascending order of their keys.
 */
public interface PartWriter {
    /** How an entry relates to the previous snapshot of the same part. */
    enum Change {
        NEW,
        CHANGED,
        /** Taken over without reading it again. */
        UNCHANGED
    }

    /** The same part in the previous snapshot of the stack, from its first entry; empty when there is none. */
    EntryCursor previous();

    /** One entry of the same part in the previous snapshot. */
    Optional<Entry> previous(EntryKey key);

    /**
     * Begins to take the bytes of an entry. Waits while too much memory is in use by other contents, so a thread must not
     * hold one content open while it begins another.
     *
     * @param expectedBytes how long the content will probably be; only decides how much memory is set aside; -1 if unknown
     */
    ContentWriter content(long expectedBytes);

    /** Begins to take the bytes of an entry in sections that are written side by side. */
    SectionedContent sections();

    /**
     * Adds an entry.
     *
     * @throws IllegalArgumentException if its key is not greater than the one before
     */
    void add(Entry entry, Change change);

    /** Counts what was really read at the source, for the run's statistics. */
    void countRead(long entries, long bytes);

    /** Records something a person should know; the run then ends with {@code FINDINGS}. */
    void find(Finding finding);

    /** Where progress is told. */
    Progress progress();
}
