package dev.holdfast.connectors.archive;

/**
 * Writes the members of an archive one after the other, and what belongs at its end. For each, {@link #begin}, its content with {@link
 * #write}, {@link #end}. For one thread.
 */
interface ArchiveWriter extends AutoCloseable {
    void begin(Member member);

    void write(byte[] bytes, int offset, int length);

    void end();

    /** Whether all members are to be told again, in the same order, before the archive is finished. */
    boolean hasDirectory();

    /** Tells of a member again. */
    void list(Member member);

    void finish();

    /** How many bytes the archive has so far. */
    long written();

    /** Gives memory back. */
    @Override
    void close();
}
