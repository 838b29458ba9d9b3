package dev.holdfast.engine.source;

/**
 * Where a part is restored to. Used once: {@link #preflight}, then {@link #restore}, then {@link #close}. Until everything
 * is restored nothing appears under the final name where the kind allows it, and a restore that fails leaves what was there
 * before as it was. A bucket does not allow it: its objects are replaced one by one.
 */
public interface Target extends AutoCloseable {
    /** The kind of part it can take. */
    String kind();

    /** Where it is, for people; no secret. */
    String location();

    /** Whether something is already there that a restore would replace; the caller then needs a confirmation. */
    boolean occupied();

    /**
     * Looks whether the restore can work.
     *
     * @param overwrite whether what is there may be replaced
     * @throws dev.holdfast.engine.error.HoldfastException with the reason why it cannot
     */
    void preflight(PartReader part, boolean overwrite);

    /** Restores all entries of the part. */
    RestoreReport restore(PartReader part, Progress progress);

    @Override
    void close();
}
