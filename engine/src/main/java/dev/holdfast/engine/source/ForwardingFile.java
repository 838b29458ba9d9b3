package dev.holdfast.engine.source;

/** A file in front of another, to which everything goes that is not done otherwise here. For one thread at a time. */
public abstract class ForwardingFile implements ExportFile {
    private final ExportFile file;

    /**
     * @param file what is written to; belongs to this from now on
     */
    protected ForwardingFile(ExportFile file) {
        this.file = file;
    }

    @Override
    public String location() {
        return file.location();
    }

    @Override
    public void preflight() {
        file.preflight();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        file.write(bytes, offset, length);
    }

    @Override
    public boolean seekable() {
        return file.seekable();
    }

    @Override
    public boolean changeable() {
        return file.changeable();
    }

    @Override
    public void patch(long position, byte[] bytes) {
        file.patch(position, bytes);
    }

    @Override
    public int read(long position, byte[] bytes) {
        return file.read(position, bytes);
    }

    @Override
    public void commit() {
        file.commit();
    }

    @Override
    public void close() {
        file.close();
    }
}
