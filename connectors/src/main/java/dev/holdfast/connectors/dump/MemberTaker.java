package dev.holdfast.connectors.dump;

/** Takes what is in a tar or zip, in its order, while it is read. Only when all was read is it proven. For one thread. */
public interface MemberTaker {
    /** Something begins; what it holds follows, if it is a file. */
    void begin(Member member);

    /** Bytes of the file that began. */
    void write(byte[] bytes, int offset, int length);

    /** What began is whole. */
    void end();

    /**
     * A zip tells only at its end what kind of file, and with which permissions, one of before was.
     *
     * @param name of something that began before
     * @param mode with its type, as {@code stat} shows it
     */
    void mode(String name, int mode);
}
