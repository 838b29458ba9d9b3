package dev.holdfast.connectors.postgres.wire;

import java.nio.ByteBuffer;

/** Bytes to and from the server, plain or sealed. No method waits. */
interface Layer {
    /**
     * Reads what is there.
     *
     * @return how many bytes, 0 if there are none now, -1 if there will be none
     * @throws WireException if the connection broke
     */
    int read(ByteBuffer into) throws WireException;

    /** Takes what it can, at least something whenever {@link #flush} is true. */
    void write(ByteBuffer from) throws WireException;

    /**
     * Passes on what was taken.
     *
     * @return whether nothing of it is left here
     */
    boolean flush() throws WireException;

    /** A buffer to be written from, of the kind that costs one copy less. */
    ByteBuffer newBuffer(int bytes);

    /** Says goodbye, as far as that goes without waiting. */
    void end();
}
