package dev.holdfast.connectors.encode;

import dev.holdfast.engine.source.ExportFile;

/**
 * A file whose bytes are changed on their way into another file. Written from its first byte to its last, and never
 * changed behind. A commit ends what it writes and commits the other file; a close closes that in every case.
 */
public abstract class EncodedFile implements ExportFile {
    private final ExportFile file;

    /**
     * @param file what is written to; belongs to this from now on
     */
    protected EncodedFile(ExportFile file) {
        this.file = file;
    }

    /** The file that is written to. */
    protected final ExportFile file() {
        return file;
    }

    @Override
    public final String location() {
        return file.location();
    }

    @Override
    public void preflight() {
        file.preflight();
    }
}
