package dev.holdfast.server.browse;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.source.ExportFile;
import java.io.IOException;
import java.io.OutputStream;

/** An export that goes out while it is made. What went out cannot be taken back; whoever sends it must cut what is not whole. */
public final class StreamedExport implements ExportFile {
    private final OutputStream out;
    private boolean whole;

    /**
     * @param out not closed
     */
    public StreamedExport(OutputStream out) {
        this.out = out;
    }

    /** Whether all of it went out. */
    public boolean isWhole() {
        return whole;
    }

    @Override
    public String location() {
        return "a download";
    }

    @Override
    public void preflight() {}

    @Override
    public void write(byte[] bytes, int offset, int length) {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw gone(e);
        }
    }

    @Override
    public void commit() {
        try {
            out.flush();
            whole = true;
        } catch (IOException e) {
            throw gone(e);
        }
    }

    @Override
    public void close() {}

    private static Cancelled gone(IOException e) {
        return new Cancelled(ErrorCode.CANCELLED, "the download was not taken to its end", "", e);
    }
}
