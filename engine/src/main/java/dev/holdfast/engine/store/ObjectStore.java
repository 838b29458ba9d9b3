package dev.holdfast.engine.store;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A place that keeps objects: the few operations a repository needs, with the same meaning on a file system, S3 or SFTP.
 *
 * <p>Objects are created once and never changed. {@link #create} is atomic and durable: when it has returned, the object
 * is there whole and survives a power cut; when it has thrown, either nothing is visible under the name or (after {@link
 * dev.holdfast.engine.error.Unavailable}) the whole object may be. Of several concurrent creations of one name exactly
 * one succeeds. Listings and reads see every creation and deletion that returned before they began. A store that cannot
 * promise this must refuse in {@link #probe}.
 *
 * <p>Failures are of the family {@link dev.holdfast.engine.error.HoldfastException}: {@code Missing} (code
 * STORE_OBJECT_MISSING) for an absent object, {@code AlreadyExists}, {@code AccessDenied}, {@code NoSpace}, {@code
 * Unavailable} for what is worth a retry. Implementations do not retry; {@link RetryingStore} does. All methods may be
 * called from many threads at once.
 */
public interface ObjectStore extends AutoCloseable {
    /** Where this is, for messages: a path or {@code s3://bucket/prefix}; no secret. */
    String location();

    /**
     * Makes the place ready where it does not exist yet (a directory with mode 700, a private bucket); harmless when it is
     * there.
     */
    void prepare();

    /**
     * Proves with scratch objects, which it removes, that this store keeps the promises above, above all that a second
     * creation of a name is refused.
     *
     * @throws dev.holdfast.engine.error.Unsupported (STORE_UNSUITABLE) if it does not
     */
    void probe();

    /**
     * Creates an object that must not exist yet.
     *
     * @throws dev.holdfast.engine.error.AlreadyExists if the name is taken; the existing object is untouched
     */
    void create(StoreKey key, Body body);

    /** Reads a whole small object (at most 64 MiB). */
    byte[] read(StoreKey key);

    /**
     * Reads a range.
     *
     * @param offset first byte, from 0
     * @param length how many bytes, at least 1; the range must lie inside the object
     * @throws dev.holdfast.engine.error.Damaged if the object ends before {@code offset + length}
     */
    byte[] read(StoreKey key, long offset, int length);

    /** The length in bytes of an object. */
    long size(StoreKey key);

    /**
     * Lists every object whose name begins with the prefix, in no particular order; names that are not ours ({@link
     * StoreKey#isValid}) and unfinished writes are left out.
     *
     * @param prefix such as {@code log/}; empty for everything
     */
    void list(String prefix, Consumer<StoredObject> consumer);

    /** Deletes an object; harmless when it is not there. */
    void delete(StoreKey key);

    /**
     * A folder on this store's own file system where bodies may be spooled, so that an adoptable {@link Body.InFile} becomes
     * the object itself instead of being copied. What is left in it by a process that died is swept by the store.
     */
    default Optional<Path> spool() {
        return Optional.empty();
    }

    /** How many bytes this place can still take; empty where nobody says. */
    default OptionalLong freeBytes() {
        return OptionalLong.empty();
    }

    /**
     * Removes what processes that died left unfinished.
     *
     * @param olderThan only what was begun before; long enough ago that no living process still writes to it
     * @return how many things were removed
     */
    default int sweepTemporary(Instant olderThan) {
        return 0;
    }

    @Override
    void close();
}
