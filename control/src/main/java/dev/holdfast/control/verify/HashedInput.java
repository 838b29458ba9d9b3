package dev.holdfast.control.verify;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.LongConsumer;

/** Adds whatever is read of a stream to digests. For one thread. */
public final class HashedInput extends FilterInputStream {
    private final List<MessageDigest> digests;
    private final LongConsumer heard;
    private long bytes;

    /**
     * @param heard hears how many bytes were read, after each read; if it throws, that ends
     */
    public HashedInput(InputStream in, List<MessageDigest> digests, LongConsumer heard) {
        super(in);
        this.digests = List.copyOf(digests);
        this.heard = heard;
    }

    /** How many were read. */
    public long bytes() {
        return bytes;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = in.read(buffer, offset, length);
        if (read > 0) {
            digests.forEach(digest -> digest.update(buffer, offset, read));
            bytes += read;
            heard.accept(read);
        }
        return read;
    }

    /** By reading: what is left out was not hashed. */
    @Override
    public long skip(long count) throws IOException {
        byte[] skipped = new byte[Math.clamp(count, 0, 8192)];
        return Math.max(0, read(skipped, 0, skipped.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
