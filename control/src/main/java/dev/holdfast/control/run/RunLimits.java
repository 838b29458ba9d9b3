package dev.holdfast.control.run;

import java.time.Duration;

/**
 * What a server allows itself.
 *
 * @param atOnce how many runs at once on this server
 * @param stalledAfter how long a run may show no progress
 * @param lostAfter how long a server may be silent before its runs are taken over
 * @param beat how often a server says that it lives
 * @param lateAfter how long after its moment a due run is still on time
 * @param keepEvents how long events are kept
 * @param keepRuns how long runs that have ended are kept
 * @param keepLogs how long logs are kept that nobody writes to
 */
public record RunLimits(
        int atOnce,
        Duration stalledAfter,
        Duration lostAfter,
        Duration beat,
        Duration lateAfter,
        Duration keepEvents,
        Duration keepRuns,
        Duration keepLogs) {
    private static final long HEAP_OF_SERVER = 64L << 20;
    private static final long HEAP_OF_RUN = 96L << 20;
    private static final int MOST_AT_ONCE = 4;

    /** As many runs at once as the heap of this process has room for, 1 to 4. */
    public static final RunLimits USUAL = new RunLimits(
            placesIn(Runtime.getRuntime().maxMemory()),
            Duration.ofMinutes(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            Duration.ofDays(30),
            Duration.ofDays(400),
            Duration.ofDays(180));

    public RunLimits {
        if (atOnce < 1) {
            throw new IllegalArgumentException("at least one run at once");
        }
    }

    static int placesIn(long heapBytes) {
        return Math.clamp((heapBytes - HEAP_OF_SERVER) / HEAP_OF_RUN, 1, MOST_AT_ONCE);
    }

    public RunLimits withAtOnce(int runs) {
        return new RunLimits(runs, stalledAfter, lostAfter, beat, lateAfter, keepEvents, keepRuns, keepLogs);
    }

    public RunLimits withStalledAfter(Duration silence) {
        return new RunLimits(atOnce, silence, lostAfter, beat, lateAfter, keepEvents, keepRuns, keepLogs);
    }

    public RunLimits withLostAfter(Duration silence, Duration beatEvery) {
        return new RunLimits(atOnce, stalledAfter, silence, beatEvery, lateAfter, keepEvents, keepRuns, keepLogs);
    }

    public RunLimits withKept(Duration runs, Duration logs) {
        return new RunLimits(atOnce, stalledAfter, lostAfter, beat, lateAfter, keepEvents, runs, logs);
    }
}
