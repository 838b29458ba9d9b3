package dev.holdfast.engine.chunk;

/**
 * Sizes of chunks. Part of what decides a cut, so they are kept with everything that was cut by them.
 *
 * @param minBytes no chunk but the last of a stream is this short or shorter; at least {@value #LEAST_MIN_BYTES}
 * @param averageBytes what most chunks are near to; a power of two above {@code minBytes}
 * @param maxBytes no chunk is longer; above {@code averageBytes}, at most {@value #GREATEST_MAX_BYTES}
 */
public record ChunkerParameters(int minBytes, int averageBytes, int maxBytes) {
    /** The hash looks back over as many bytes. */
    public static final int LEAST_MIN_BYTES = 64;

    public static final int GREATEST_MAX_BYTES = 1 << 28;

    /** For the contents of files, objects and tables: 256 KiB, 1 MiB, 4 MiB. */
    public static final ChunkerParameters DEFAULT = new ChunkerParameters(256 << 10, 1 << 20, 4 << 20);

    public ChunkerParameters {
        if (minBytes < LEAST_MIN_BYTES || maxBytes > GREATEST_MAX_BYTES) {
            throw new IllegalArgumentException("chunks of " + minBytes + " to " + maxBytes + " bytes: expected "
                    + LEAST_MIN_BYTES + " to " + GREATEST_MAX_BYTES);
        }
        if (minBytes >= averageBytes || averageBytes >= maxBytes) {
            throw new IllegalArgumentException("chunks of " + minBytes + ", " + averageBytes + ", " + maxBytes
                    + " bytes: expected minimum < average < maximum");
        }
        if (Integer.bitCount(averageBytes) != 1) {
            throw new IllegalArgumentException("chunks of " + averageBytes + " bytes: expected a power of two");
        }
    }
}
