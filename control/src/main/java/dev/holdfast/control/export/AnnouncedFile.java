package dev.holdfast.control.export;

import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.ForwardingFile;

/** A file of which something is told before it gets its name; whoever hears of it has as much time as the file itself. */
final class AnnouncedFile extends ForwardingFile {
    private final Runnable announcement;

    /**
     * @param announcement is made before the commit, on its thread; if it fails, the file does
     */
    AnnouncedFile(ExportFile file, Runnable announcement) {
        super(file);
        this.announcement = announcement;
    }

    @Override
    public void commit() {
        announcement.run();
        super.commit();
    }
}
