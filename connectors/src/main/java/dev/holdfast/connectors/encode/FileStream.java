package dev.holdfast.connectors.encode;

import dev.holdfast.engine.source.ExportFile;
import java.io.OutputStream;

/** A file as a stream, for what only writes to streams. Closing it leaves the file open. */
public final class FileStream extends OutputStream {
    private final ExportFile file;

    public FileStream(ExportFile file) {
        this.file = file;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        file.write(bytes, offset, length);
    }
}
