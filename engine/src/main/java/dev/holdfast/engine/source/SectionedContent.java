package dev.holdfast.engine.source;

import dev.holdfast.engine.tree.Content;

/**
 * One content that several threads write at the same time, each a section of it: the content is the sections' bytes in the
 * order in which the sections were begun. Each section is cut into chunks by itself, so whoever wants equal chunks again must
 * begin sections at the same places again. Safe for many threads.
 */
public interface SectionedContent {
    /**
     * Begins the section that follows all those begun before. Waits while too much memory is in use, so a thread must not
     * hold one section open while it begins another.
     *
     * @param expectedBytes how long the section will probably be; only decides how much memory is set aside; -1 if unknown
     */
    SectionWriter section(long expectedBytes);

    /**
     * Ends the content and tells where it is.
     *
     * @throws IllegalStateException if a section has not ended
     */
    Content finish();
}
