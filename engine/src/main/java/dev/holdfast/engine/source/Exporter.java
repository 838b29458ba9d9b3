package dev.holdfast.engine.source;

/**
 * Writes a part of a snapshot as a file that other tools read. Used once: {@link #preflight}, then {@link #export}, then
 * {@link #close}. Holds a bounded amount of the contents at any time.
 */
public interface Exporter extends AutoCloseable {
    /**
     * Looks whether the export can work.
     *
     * @throws dev.holdfast.engine.error.HoldfastException with the reason why it cannot
     */
    void preflight(PartReader part);

    /**
     * Writes all entries of the part that belong to the export, and verifies them on the way. Does not commit the file.
     *
     * @throws dev.holdfast.engine.error.HoldfastException if the file is not whole
     */
    ExportReport export(PartReader part, ExportFile file, Progress progress);

    @Override
    void close();
}
