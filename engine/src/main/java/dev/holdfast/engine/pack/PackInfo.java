package dev.holdfast.engine.pack;

import dev.holdfast.engine.format.FileHeader;
import dev.holdfast.engine.format.FileKind;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.store.StoreKey;
import java.util.Arrays;

/**
 * A finished pack as the index knows it.
 *
 * @param key its name
 * @param kind data or nodes
 * @param salt the salt in its header
 * @param bytes its length
 */
public record PackInfo(StoreKey key, FileKind kind, byte[] salt, long bytes) {
    /** The header that the pack begins with. */
    public byte[] header(String repositoryId) {
        return FileHeader.of(kind, salt, repositoryId);
    }

    /** The key that its blobs are sealed under. */
    public byte[] sealKey(RepositoryKeys keys) {
        return keys.packKey(header(keys.repositoryId()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PackInfo pack
                && pack.key.equals(key)
                && pack.kind == kind
                && pack.bytes == bytes
                && Arrays.equals(pack.salt, salt);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    @Override
    public String toString() {
        return key + " (" + bytes + " bytes)";
    }
}
