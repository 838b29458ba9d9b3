package dev.holdfast.engine.pack;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.holdfast.engine.crypto.Aead;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.format.BlobType;
import dev.holdfast.engine.tree.ChunkId;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.AEADBadTagException;

/**
 * How one blob is encoded and sealed. Before sealing: one byte (0 raw, 1 zstd), four bytes raw length (big endian), then the
 * raw bytes or one zstd frame. Sealed with the pack's key; the nonce counts bytes (the blob's offset in the pack), and the
 * blob's type and id are bound, so a blob opens only as what it is and where it is.
 */
public final class BlobFormat {
    /** Longest plain blob. */
    public static final int MAX_RAW_BYTES = 16 << 20;

    static final int ENCODING_RAW = 0;
    static final int ENCODING_ZSTD = 1;

    /** Encoding and raw length. */
    static final int PREFIX_BYTES = 5;

    private static final int NONCE_DOMAIN_BLOB = 1;
    private static final Queue<ZstdDecompressCtx> DECOMPRESSORS = new ConcurrentLinkedQueue<>();

    private BlobFormat() {}

    /**
     * Opens a sealed blob.
     *
     * @throws Damaged if it is not what was sealed there; the message does not name the pack
     */
    public static byte[] open(
            byte[] sealed, int offset, int length, byte[] packKey, BlobType type, ChunkId id, int packOffset) {
        byte[] blob;
        try {
            blob = Aead.open(packKey, nonce(packOffset), bound(type, id), sealed, offset, length);
        } catch (AEADBadTagException e) {
            throw new Damaged(ErrorCode.DAMAGED, "the seal of chunk " + id + " does not hold", "", e);
        }
        return decode(blob, id);
    }

    private static byte[] decode(byte[] blob, ChunkId id) {
        byte[] plain = new byte[rawLength(blob, blob.length, id)];
        ZstdDecompressCtx decompressor = DECOMPRESSORS.poll();
        if (decompressor == null) {
            decompressor = new ZstdDecompressCtx();
        }
        decode(blob, blob.length, plain, decompressor, id);
        DECOMPRESSORS.add(decompressor);
        return plain;
    }

    /** What a blob says of its raw length. */
    static int rawLength(byte[] blob, int length, ChunkId id) {
        if (length < PREFIX_BYTES) {
            throw new Damaged(ErrorCode.DAMAGED, "chunk " + id + " is shorter than its prefix", "");
        }
        int rawLength = ByteBuffer.wrap(blob, 1, 4).getInt();
        if (rawLength < 0 || rawLength > MAX_RAW_BYTES) {
            throw new Damaged(ErrorCode.DAMAGED, "chunk " + id + " claims " + rawLength + " bytes", "");
        }
        return rawLength;
    }

    /**
     * Decodes a blob.
     *
     * @param plain receives as many bytes as {@link #rawLength} says
     */
    static void decode(byte[] blob, int length, byte[] plain, ZstdDecompressCtx decompressor, ChunkId id) {
        int rawLength = rawLength(blob, length, id);
        switch (blob[0]) {
            case ENCODING_RAW -> {
                if (length - PREFIX_BYTES != rawLength) {
                    throw new Damaged(ErrorCode.DAMAGED, "chunk " + id + " is not as long as it says", "");
                }
                System.arraycopy(blob, PREFIX_BYTES, plain, 0, rawLength);
            }
            case ENCODING_ZSTD -> decompress(plain, rawLength, blob, length, decompressor, id);
            default -> throw new Damaged(ErrorCode.DAMAGED, "chunk " + id + " has unknown encoding " + blob[0], "");
        }
    }

    private static void decompress(
            byte[] plain, int rawLength, byte[] blob, int length, ZstdDecompressCtx decompressor, ChunkId id) {
        try {
            int written =
                    decompressor.decompressByteArray(plain, 0, rawLength, blob, PREFIX_BYTES, length - PREFIX_BYTES);
            if (written != rawLength) {
                throw new Damaged(ErrorCode.DAMAGED, "chunk " + id + " is not as long as it says", "");
            }
        } catch (ZstdException e) {
            throw new Damaged(ErrorCode.DAMAGED, "chunk " + id + " does not decompress: " + e.getMessage(), "", e);
        }
    }

    static byte[] nonce(int packOffset) {
        return Aead.nonce(NONCE_DOMAIN_BLOB, packOffset);
    }

    static byte[] bound(BlobType type, ChunkId id) {
        byte[] bound = new byte[2 + ChunkId.BYTES];
        bound[0] = 1;
        bound[1] = (byte) type.code();
        id.writeTo(bound, 2);
        return bound;
    }
}
