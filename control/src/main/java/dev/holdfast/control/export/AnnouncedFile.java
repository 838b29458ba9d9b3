package dev.holdfast.control.export;

import dev.holdfast.engine.source.ExportFile;

/** A file of which something is told before it gets its name; whoever hears of it has as much time as the file itself. */
final class AnnouncedFile implements ExportFile {
    private final ExportFile file;
    private final Runnable announcement;

    /**
     * @param announcement is made before the commit, on its thread; if it fails, the file does
     */
    AnnouncedFile(ExportFile file, Runnable announcement) {
        this.file = file;
        this.announcement = announcement;
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
    public void commit() {
        announcement.run();
        file.commit();
    }

    @Override
    public void close() {
        file.close();
    }
}
