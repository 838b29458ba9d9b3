package dev.holdfast.control.adopt;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256 of what is read. For one thread. */
final class Digest {
    private final MessageDigest digest;
    private long count;

    Digest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Adds whatever is read.
     *
     * @param heartbeat called for every piece
     */
    InputStream of(InputStream in, Runnable heartbeat) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                heartbeat.run();
                int read = in.read(bytes, offset, length);
                digest.update(bytes, offset, Math.max(0, read));
                count += Math.max(0, read);
                return read;
            }
        };
    }

    /** How many were read. */
    long bytes() {
        return count;
    }

    void add(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
    }

    /** In hexadecimal digits; nothing is added after this. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * @throws Unavailable if it is another one than before
     */
    void require(String before, String where) {
        if (!hex().equals(before)) {
            throw new Unavailable(
                    ErrorCode.FILE_UNREADABLE,
                    "'" + where + "' changed while it was read",
                    "see that nothing writes there, and try again.");
        }
    }
}
