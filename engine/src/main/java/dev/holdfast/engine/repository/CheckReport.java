package dev.holdfast.engine.repository;

import java.util.List;

/**
 * What a check found. A check that looked at nothing is not sound.
 *
 * @param snapshots committed snapshots looked at
 * @param packs packs looked at, over all destinations
 * @param chunks chunks looked at, over all destinations
 * @param bytesRead bytes read from the destinations
 * @param dataRead whether all data was read again and verified
 * @param problems everything that is wrong
 */
public record CheckReport(
        long snapshots, long packs, long chunks, long bytesRead, boolean dataRead, List<Problem> problems) {
    public CheckReport {
        problems = List.copyOf(problems);
    }

    public boolean sound() {
        return problems.isEmpty();
    }

    /**
     * Something that is wrong at one destination.
     *
     * @param destination its name
     * @param file the store key
     * @param what what is wrong with it
     * @param snapshots the snapshots it hurts
     * @param entries the entries it hurts, as {@code snapshot part key}, the first 1000
     * @param entryCount how many entries it hurts
     * @param elsewhere names of destinations that hold the same file sound
     */
    public record Problem(
            String destination,
            String file,
            String what,
            List<SnapshotId> snapshots,
            List<String> entries,
            long entryCount,
            List<String> elsewhere) {
        public Problem {
            snapshots = List.copyOf(snapshots);
            entries = List.copyOf(entries);
            elsewhere = List.copyOf(elsewhere);
        }
    }
}
