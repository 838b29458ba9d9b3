package dev.holdfast.connectors.files;

import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.source.ExportFile;

/** A file of a {@link LocalPlace}: its folders are made before it, and looked at again before it gets its name. */
final class LocalPlacedFile implements ExportFile {
    private final LocalPlace place;
    private final FileName name;
    private final LocalExportFile file;

    LocalPlacedFile(LocalPlace place, FileName name, LocalExportFile file) {
        this.place = place;
        this.name = name;
        this.file = file;
    }

    @Override
    public String location() {
        return place.location(name);
    }

    @Override
    public void preflight() {
        place.makeFolders(name);
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
    public void patch(long position, byte[] bytes) {
        file.patch(position, bytes);
    }

    @Override
    public int read(long position, byte[] bytes) {
        return file.read(position, bytes);
    }

    @Override
    public void commit() {
        place.requireFolders(name);
        file.commit();
    }

    @Override
    public void close() {
        file.close();
    }
}
