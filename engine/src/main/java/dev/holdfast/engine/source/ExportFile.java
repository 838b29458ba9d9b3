package dev.holdfast.engine.source;

/**
 * The file that an export is written to, once, from its first byte to its last. Nothing is visible under its name before
 * {@link #commit}, where it has a name; a stream, such as standard output, has none and cannot be taken back. For one thread
 * at a time.
 *
 * <p>Every method throws {@link dev.holdfast.engine.error.HoldfastException} where the file cannot be written.
 */
public interface ExportFile extends AutoCloseable {
    /** Where it is, for people. */
    String location();

    /** Looks whether it can be written: the folder is there, and nothing that may not be replaced has the name. */
    void preflight();

    /** Appends bytes; they are copied before this returns. */
    void write(byte[] bytes, int offset, int length);

    /** Whether what was written can be read and changed until the commit; a file that is streamed has nothing to add. */
    default boolean seekable() {
        return false;
    }

    /** Whether what was written can be changed until the commit, though perhaps not read again. */
    default boolean changeable() {
        return seekable();
    }

    /** Writes over bytes that were written; only if {@link #changeable}. */
    default void patch(long position, byte[] bytes) {
        throw new UnsupportedOperationException("what was written to " + location() + " is on its way");
    }

    /**
     * Reads bytes that were written; only if {@link #seekable}.
     *
     * @return how many were read, fewer than asked only at the end
     */
    default int read(long position, byte[] bytes) {
        throw new UnsupportedOperationException("what was written to " + location() + " is on its way");
    }

    /** Makes it durable and visible under its name. */
    void commit();

    /** Without {@link #commit} before, removes what was written, where it can be. */
    @Override
    void close();
}
