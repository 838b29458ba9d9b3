package dev.holdfast.engine.source;

/**
 * Takes the bytes of one section of a content, see {@link SectionedContent}. For one thread at a time. Holds memory until
 * {@link #end} or {@link #close}.
 */
public interface SectionWriter extends AutoCloseable {
    /** Appends bytes; they are copied before this returns. May wait for the stores behind. */
    void write(byte[] bytes, int offset, int length);

    /** Ends the section and gives the memory back. Nothing may be written afterwards. */
    void end();

    /** Gives the memory back; without {@link #end} before, the whole content can no longer be finished. */
    @Override
    void close();
}
