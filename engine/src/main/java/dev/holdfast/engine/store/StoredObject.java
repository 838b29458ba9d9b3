package dev.holdfast.engine.store;

import java.time.Instant;

/**
 * One object as a listing shows it.
 *
 * @param key its name
 * @param bytes its length
 * @param modified when it was written, by the store's clock: only ever compared with other times of the same store
 */
public record StoredObject(StoreKey key, long bytes, Instant modified) {}
