package dev.holdfast.connectors.postgres;

import java.util.OptionalLong;

/**
 * A server in which databases are made for a while, to restore into them. What is made in it is gone when it is closed. For one thread.
 */
public interface ScratchServer extends AutoCloseable {
    /** For people; no secret. */
    String location();

    /** Its major version, such as 17. */
    int major();

    /** Whether nobody else uses it, so that roles and further databases may be made in it. */
    boolean own();

    /** How many bytes fit onto its disk, where that is known. */
    OptionalLong freeBytes();

    /**
     * Makes an empty database in UTF-8, with a name that no other has. Close it to drop it.
     *
     * @throws dev.holdfast.engine.error.HoldfastException if that cannot be done
     */
    ScratchDatabase database();

    /** Drops what is left, and ends the server if it is an own one. */
    @Override
    void close();
}
