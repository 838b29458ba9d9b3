package dev.holdfast.engine.place;

import java.time.Instant;

/**
 * A file as a place lists it.
 *
 * @param bytes its length
 * @param modified when it was written last, by the clock of the place
 */
public record PlacedFile(FileName name, long bytes, Instant modified) {}
