package dev.holdfast.engine.format;

import dev.holdfast.engine.crypto.Aead;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.store.StoreKey;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/**
 * A small file sealed as a whole: header, then the content sealed with AES-256-GCM under a key derived from the header, a zero
 * nonce (the key is used once) and the file's name as bound data.
 */
public final class SealedDocument {
    private SealedDocument() {}

    /** The bytes of the file. */
    public static byte[] seal(FileKind kind, StoreKey name, byte[] content, RepositoryKeys keys, SecureRandom random) {
        byte[] header = FileHeader.of(kind, FileHeader.salt(random), keys.repositoryId());
        byte[] file = Arrays.copyOf(header, FileHeader.BYTES + content.length + Aead.TAG_BYTES);
        Aead.seal(
                keys.documentKey(header),
                Aead.nonce(0, 0),
                bound(name),
                content,
                0,
                content.length,
                file,
                FileHeader.BYTES);
        return file;
    }

    /**
     * The content of a file.
     *
     * @throws Damaged if it is not what was sealed under this name
     */
    public static byte[] open(FileKind kind, StoreKey name, byte[] file, RepositoryKeys keys) {
        FileHeader.verify(file, kind, keys.repositoryId(), name.name());
        try {
            return Aead.open(
                    keys.documentKey(file),
                    Aead.nonce(0, 0),
                    bound(name),
                    file,
                    FileHeader.BYTES,
                    file.length - FileHeader.BYTES);
        } catch (AEADBadTagException e) {
            throw new Damaged(ErrorCode.DAMAGED, "'" + name + "' is damaged: its seal does not hold", "", e);
        }
    }

    private static byte[] bound(StoreKey name) {
        return name.name().getBytes(StandardCharsets.US_ASCII);
    }
}
