package dev.holdfast.engine.source;

import dev.holdfast.engine.tree.Content;

/**
 * Takes the bytes of one entry: cuts them into chunks and stores those the repository does not have. For one thread at a
 * time. Holds memory until {@link #finish} or {@link #close}.
 */
public interface ContentWriter extends AutoCloseable {
    /** Appends bytes; they are copied before this returns. May wait for the stores behind. */
    void write(byte[] bytes, int offset, int length);

    /** Ends the content and tells where it is. Nothing may be written afterwards. */
    Content finish();

    /** Gives the memory back; without {@link #finish} the content is given up. */
    @Override
    void close();
}
