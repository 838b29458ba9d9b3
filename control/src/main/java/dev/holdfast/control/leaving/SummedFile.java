package dev.holdfast.control.leaving;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.source.ExportFile;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file whose length and digest are told before it can be seen. It can be changed behind where the file that it writes to can; then
 * that is read again for its digest. For one thread.
 */
final class SummedFile implements ExportFile {
    private static final int BUFFER = 1 << 18;

    private final ExportFile file;
    private final Listener listener;
    private final MessageDigest digest = sha256();
    private long length;
    private boolean changed;

    /** Hears what was written. */
    @FunctionalInterface
    interface Listener {
        void whole(long bytes, String sha256);
    }

    /**
     * @param file what is written to; belongs to this from now on
     * @param listener hears of the file before it is committed
     */
    SummedFile(ExportFile file, Listener listener) {
        this.file = file;
        this.listener = listener;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
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
    public void write(byte[] bytes, int offset, int count) {
        digest.update(bytes, offset, count);
        length += count;
        file.write(bytes, offset, count);
    }

    /** What cannot be read again could not be summed again either. */
    @Override
    public boolean seekable() {
        return file.seekable();
    }

    @Override
    public boolean changeable() {
        return file.seekable();
    }

    @Override
    public void patch(long position, byte[] bytes) {
        changed = true;
        file.patch(position, bytes);
    }

    @Override
    public int read(long position, byte[] bytes) {
        return file.read(position, bytes);
    }

    @Override
    public void commit() {
        listener.whole(length, HexFormat.of().formatHex(changed ? readAgain() : digest.digest()));
        file.commit();
    }

    private byte[] readAgain() {
        MessageDigest again = sha256();
        byte[] buffer = new byte[BUFFER];
        long position = 0;
        while (position < length) {
            int count = (int) Math.min(file.read(position, buffer), length - position);
            if (count <= 0) {
                throw new Damaged(
                        ErrorCode.FILE_UNWRITABLE,
                        "'" + location() + "' ends after " + position + " of " + length + " bytes",
                        "look at the disk: it does not give back what was written.");
            }
            again.update(buffer, 0, count);
            position += count;
        }
        return again.digest();
    }

    @Override
    public void close() {
        file.close();
    }
}
