package dev.holdfast.control.export;

import java.util.Map;

/**
 * What was written of a file.
 *
 * @param digests in lower-case hex; those that were asked for
 */
public record Sum(long bytes, Map<Checksum, String> digests) {
    public Sum {
        digests = Map.copyOf(digests);
    }

    /** Empty if it was not asked for. */
    public String digest(Checksum checksum) {
        return digests.getOrDefault(checksum, "");
    }
}
