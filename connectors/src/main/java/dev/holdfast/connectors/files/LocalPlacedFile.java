package dev.holdfast.connectors.files;

import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.source.ForwardingFile;

/** A file of a {@link LocalPlace}: its folders are made before it, and looked at again before it gets its name. */
final class LocalPlacedFile extends ForwardingFile {
    private final LocalPlace place;
    private final FileName name;

    LocalPlacedFile(LocalPlace place, FileName name, LocalExportFile file) {
        super(file);
        this.place = place;
        this.name = name;
    }

    @Override
    public String location() {
        return place.location(name);
    }

    @Override
    public void preflight() {
        place.makeFolders(name);
        super.preflight();
    }

    @Override
    public void commit() {
        place.requireFolders(name);
        super.commit();
    }
}
