package dev.holdfast.connectors.dump;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The bytes of a file as they lie there. A failure to read them is remembered, so that it is never taken for damage. For one thread. */
final class RawReading extends InputStream {
    private final InputStream in;
    private final String where;
    private long count;
    private @Nullable HoldfastException failure;

    RawReading(InputStream in, String where) {
        this.in = in;
        this.where = where;
    }

    /** How many bytes were read. */
    long count() {
        return count;
    }

    /** Why they cannot be read, if they cannot. */
    @Nullable
    HoldfastException failure() {
        return failure;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        try {
            int read = in.read(bytes, offset, length);
            count += Math.max(0, read);
            return read;
        } catch (HoldfastException e) {
            failure = e;
            throw e;
        } catch (IOException e) {
            failure = new Failed(
                    ErrorCode.FILE_UNREADABLE,
                    "'" + where + "' cannot be read: " + e.getMessage(),
                    "look at the disk or the connection, and try again.",
                    e);
            throw failure;
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
