package dev.holdfast.engine.source;

import dev.holdfast.engine.error.HoldfastException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * One thing that is protected: a database, a bucket, a directory. Used once, in this order: {@link #preflight}, {@link
 * #freeze}, {@link #capture}, {@link #close}. A capture that returns has read everything that belongs to the source; in
 * every other case it throws.
 */
public interface Source extends AutoCloseable {
    /** {@code postgres}, {@code bucket} or {@code directory}: part of the format, decides which target restores it. */
    String kind();

    /** Where it is, for people and for a later restore; no secret. */
    String location();

    /**
     * Looks whether a capture can work and says exactly why not: reachable, permitted, complete, tools present.
     *
     * @throws dev.holdfast.engine.error.HoldfastException with the first reason why it cannot
     */
    void preflight();

    /**
     * Looks at everything that may matter to a capture and tells all of it; what {@link #preflight} would refuse is a problem
     * here, with the same code. In place of a capture, not before one.
     */
    default Checkup diagnose() {
        try {
            preflight();
            return new Checkup(List.of(Diagnosis.ok("access", location() + " can be read")), OptionalLong.empty());
        } catch (HoldfastException e) {
            return new Checkup(List.of(Diagnosis.problem("access", e)), OptionalLong.empty());
        }
    }

    /** Fixes the moment the capture will show, where the source can (a database's exported snapshot); returns at once. */
    void freeze();

    /**
     * Reads the source into the part.
     *
     * @return what the snapshot's record keeps about this part beyond its entries (server version, log position, time
     *     interval); short names, no secrets
     */
    Map<String, String> capture(PartWriter part);

    @Override
    void close();
}
