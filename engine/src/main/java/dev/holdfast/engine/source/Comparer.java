package dev.holdfast.engine.source;

/** Compares a part of a snapshot with something live: its source, or a restored copy. Used once. */
public interface Comparer extends AutoCloseable {
    /** The kind of part it can compare. */
    String kind();

    /** What the part is compared with, for people; no secret. */
    String location();

    /**
     * Compares everything: whatever the part has, whatever is live and not in the part, contents and what the kind keeps
     * with them.
     *
     * @param differences hears of each difference, in no particular order, possibly from several threads
     * @return how many things were compared; 0 proves nothing
     * @throws dev.holdfast.engine.error.HoldfastException if the comparison could not be finished
     */
    long compare(PartReader part, DifferenceListener differences, Progress progress);

    @Override
    void close();

    /** Hears of differences; safe for many threads. */
    interface DifferenceListener {
        /**
         * @param subject the entry's key as people know it
         * @param what what differs, both sides
         */
        void differs(String subject, String what);
    }
}
