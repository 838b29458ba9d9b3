package dev.holdfast.connectors.encode;

import dev.holdfast.engine.source.ExportFile;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** A file that is counted and hashed on its way. For one thread. */
public final class HashedFile extends EncodedFile {
    private final MessageDigest md5 = digest("MD5");
    private final MessageDigest sha256 = digest("SHA-256");
    private long bytes;
    private @Nullable FileHashes hashes;

    public HashedFile(ExportFile file) {
        super(file);
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        file().write(from, offset, length);
        md5.update(from, offset, length);
        sha256.update(from, offset, length);
        bytes += length;
    }

    @Override
    public void commit() {
        file().commit();
        hashes = FileHashes.of(bytes, md5.digest(), sha256.digest());
    }

    /**
     * What was written.
     *
     * @throws IllegalStateException before the commit
     */
    public FileHashes hashes() {
        FileHashes known = hashes;
        if (known == null) {
            throw new IllegalStateException("not committed");
        }
        return known;
    }

    @Override
    public void close() {
        file().close();
    }
}
