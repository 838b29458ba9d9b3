package dev.holdfast.engine.format;

import dev.holdfast.engine.crypto.KeyedHash;
import dev.holdfast.engine.crypto.MasterKey;
import dev.holdfast.engine.tree.ChunkId;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The keys of one repository, one for each purpose. Safe for many threads. */
public final class RepositoryKeys {
    private final String repositoryId;
    private final KeyedHash chunkIds;
    private final byte[] chunkerKey;
    private final byte[] packKey;
    private final byte[] documentKey;
    private final long boundarySeed;

    /**
     * @param repositoryId 32 hexadecimal digits
     */
    public RepositoryKeys(String repositoryId, MasterKey master) {
        this.repositoryId = repositoryId;
        this.chunkIds = new KeyedHash(master.derive("chunk id"));
        this.chunkerKey = master.derive("chunker");
        this.packKey = master.derive("pack");
        this.documentKey = master.derive("document");
        this.boundarySeed = ByteBuffer.wrap(master.derive("tree boundary")).getLong();
    }

    public String repositoryId() {
        return repositoryId;
    }

    /** The key of the chunker's table, 32 bytes. */
    public byte[] chunkerKey() {
        return chunkerKey.clone();
    }

    /** What decides where tree nodes end. */
    public long boundarySeed() {
        return boundarySeed;
    }

    /** The id of a chunk. */
    public ChunkId chunkId(BlobType type, byte[] plain, int offset, int length) {
        return ChunkId.ofOwned(chunkIds.of(type.code(), plain, offset, length));
    }

    /** The key that seals one pack, bound to every byte of its header. */
    public byte[] packKey(byte[] header) {
        return bound(packKey, header);
    }

    byte[] documentKey(byte[] header) {
        return bound(documentKey, header);
    }

    private static byte[] bound(byte[] key, byte[] file) {
        return MasterKey.expand(key, Arrays.copyOf(file, FileHeader.BYTES), 32);
    }

    @Override
    public String toString() {
        return "RepositoryKeys[" + repositoryId + "]";
    }
}
