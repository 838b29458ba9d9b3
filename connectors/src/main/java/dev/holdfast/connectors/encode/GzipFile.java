package dev.holdfast.connectors.encode;

import dev.holdfast.engine.source.ExportFile;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A file as by {@code gzip} (RFC 1952). Not committed, it stays cut, so that nobody takes it for whole. For one thread. */
public final class GzipFile extends EncodedFile {
    private final int level;
    private @Nullable Stream stream;

    /**
     * @param level 1 (fast) to 9 (small)
     */
    public GzipFile(ExportFile file, int level) {
        super(file);
        if (level < 1 || level > 9) {
            throw new IllegalArgumentException("gzip 1 to 9, not " + level);
        }
        this.level = level;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        try {
            stream().write(bytes, offset, length);
        } catch (IOException e) {
            throw impossible(e);
        }
    }

    @Override
    public void commit() {
        try {
            stream().finish();
        } catch (IOException e) {
            throw impossible(e);
        }
        file().commit();
    }

    @Override
    public void close() {
        if (stream != null) {
            stream.release();
        }
        file().close();
    }

    /** Begun late, as its first bytes are written at once. */
    private Stream stream() throws IOException {
        Stream open = stream;
        if (open == null) {
            open = new Stream(file(), level);
            stream = open;
        }
        return open;
    }

    private static IllegalStateException impossible(IOException e) {
        return new IllegalStateException("a file throws its own failures", e);
    }

    private static final class Stream extends GZIPOutputStream {
        private static final int BUFFER_BYTES = 64 * 1024;

        Stream(ExportFile file, int level) throws IOException {
            super(new FileStream(file), BUFFER_BYTES);
            def.setLevel(level);
        }

        void release() {
            def.end();
        }
    }
}
