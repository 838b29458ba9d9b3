package dev.holdfast.connectors.pgp;

import dev.holdfast.connectors.encode.EncodedFile;
import dev.holdfast.connectors.encode.FileStream;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.source.ExportFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.bouncycastle.openpgp.PGPException;
import org.jspecify.annotations.Nullable;
import org.pgpainless.PGPainless;
import org.pgpainless.encryption_signing.EncryptionStream;

/**
 * A file encrypted with OpenPGP: AES-256 with a proof of integrity (SEIPD version 1, which every gpg reads), not compressed, not armored.
 * Not committed, it stays cut, and no gpg takes it for whole. For one thread.
 */
public final class OpenPgpFile extends EncodedFile {
    /** The library writes pieces of half a KiB. */
    private static final int BUFFER_BYTES = 64 << 10;

    private final OpenPgpEncryption encryption;
    private final OutputStream buffered;
    private @Nullable EncryptionStream stream;

    public OpenPgpFile(ExportFile file, OpenPgpEncryption encryption) {
        super(file);
        this.encryption = encryption;
        buffered = new BufferedOutputStream(new FileStream(file), BUFFER_BYTES);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        try {
            stream().write(bytes, offset, length);
        } catch (IOException | PGPException e) {
            throw failure(e);
        }
    }

    @Override
    public void commit() {
        try {
            stream().close();
            buffered.flush();
        } catch (IOException | PGPException e) {
            throw failure(e);
        }
        file().commit();
    }

    /** The library's stream is left as it is, as closing it would end the file as a whole one. */
    @Override
    public void close() {
        file().close();
    }

    /** Begun late, as its first bytes are written at once. */
    private EncryptionStream stream() throws IOException, PGPException {
        EncryptionStream open = stream;
        if (open == null) {
            open = PGPainless.encryptAndOrSign().onOutputStream(buffered).withOptions(encryption.options());
            stream = open;
        }
        return open;
    }

    private Failed failure(Exception e) {
        return new Failed(
                ErrorCode.INTERNAL, "cannot encrypt '" + location() + "': " + e.getMessage(), "report this.", e);
    }
}
