package dev.holdfast.connectors.s3;

import java.util.OptionalLong;

/**
 * How a file is cut for its upload: equal parts, of which only the last may be shorter, because there are servers that take no
 * others.
 *
 * @param partBytes length of each but the last
 * @param maxParts how many there may be
 */
record PartPlan(long partBytes, int maxParts) {
    private static final long MIB = 1 << 20;
    private static final long USUAL_PART = 16 * MIB;
    private static final long MOST_PART = 5L << 30;
    private static final long MEMORY = 64 * MIB;
    private static final long MEMORY_PART = S3PlaceSettings.MEMORY_PART_MIB * MIB;
    private static final int AT_ONCE = 3;

    /**
     * @param expected about how long the file will be; a quarter more still fits
     */
    static PartPlan of(S3PlaceSettings settings, OptionalLong expected) {
        long needed = expected.isEmpty() ? 0 : Math.ceilDiv(withSlack(expected.getAsLong()), settings.maxParts());
        long chosen = Math.clamp(Math.ceilDiv(needed, MIB) * MIB, USUAL_PART, MOST_PART);
        return new PartPlan(settings.partBytes().orElse(chosen), settings.maxParts());
    }

    private static long withSlack(long expected) {
        return expected < 0 || expected > Long.MAX_VALUE / 2 ? Long.MAX_VALUE / 2 : expected + expected / 4;
    }

    /** Whether a part is too long to be held in memory. */
    boolean spooled() {
        return partBytes > MEMORY_PART;
    }

    /** How many parts are on their way while the next one is filled. */
    int atOnce() {
        return spooled() ? 2 : Math.clamp(MEMORY / partBytes - 1, 1, AT_ONCE);
    }
}
