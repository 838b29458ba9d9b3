package dev.holdfast.engine.repository;

import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Progress;
import java.util.Map;

/**
 * A snapshot in the making: parts are written one after the other, then {@link #commit} makes it exist. Without commit
 * nothing was ever there. For one thread; the part writers it gives out say what they allow.
 */
public interface SnapshotWriter extends AutoCloseable {
    SnapshotId id();

    /**
     * Begins a part. The one before must have been ended.
     *
     * @param name the source's name in the stack
     * @param kind of source
     * @param location where it is read from
     */
    PartWriter beginPart(String name, String kind, String location, Progress progress);

    /**
     * Ends the part that was begun last.
     *
     * @param details what the connector noted
     */
    Part endPart(Map<String, String> details);

    /**
     * Stores what is left, then writes the commit record at every destination that holds everything; brings destinations
     * that were behind level first, as far as they answer.
     *
     * @throws dev.holdfast.engine.error.HoldfastException if no destination could take it
     */
    Commit commit();

    /** Gives up what was not committed. */
    @Override
    void close();
}
