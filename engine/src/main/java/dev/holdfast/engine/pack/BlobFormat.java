package dev.holdfast.engine.pack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
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

    private static final int ENCODING_RAW = 0;
    private static final int ENCODING_ZSTD = 1;
    private static final int PREFIX_BYTES = 5;
    private static final int NONCE_DOMAIN_BLOB = 1;
    private static final int WORTH_TRYING = 64;
    private static final Queue<ZstdDecompressCtx> DECOMPRESSORS = new ConcurrentLinkedQueue<>();

    private final Queue<ZstdCompressCtx> compressors = new ConcurrentLinkedQueue<>();
    private final int level;

    /**
     * @param level zstd level for what is encoded
     */
    public BlobFormat(int level) {
        this.level = level;
    }

    /**
     * An encoded blob, not yet sealed.
     *
     * @param bytes holds it from the first byte on
     * @param length its length
     */
    public record Encoded(byte[] bytes, int length) {
        /** Length once sealed. */
        public int sealedLength() {
            return length + Aead.TAG_BYTES;
        }
    }

    /** Encodes a plain blob, compressed if that makes it shorter. */
    public Encoded encode(byte[] plain, int offset, int length) {
        if (length > MAX_RAW_BYTES) {
            throw new IllegalArgumentException("a blob of " + length + " bytes");
        }
        if (length >= WORTH_TRYING) {
            byte[] out = new byte[PREFIX_BYTES + (int) Zstd.compressBound(length)];
            int compressed = compress(out, plain, offset, length);
            if (compressed < length) {
                return finish(out, ENCODING_ZSTD, length, compressed);
            }
        }
        byte[] out = new byte[PREFIX_BYTES + length];
        System.arraycopy(plain, offset, out, PREFIX_BYTES, length);
        return finish(out, ENCODING_RAW, length, length);
    }

    private static Encoded finish(byte[] out, int encoding, int rawLength, int payload) {
        ByteBuffer.wrap(out).put((byte) encoding).putInt(rawLength);
        return new Encoded(out, PREFIX_BYTES + payload);
    }

    private int compress(byte[] out, byte[] plain, int offset, int length) {
        ZstdCompressCtx compressor = compressors.poll();
        if (compressor == null) {
            compressor =
                    new ZstdCompressCtx().setLevel(level).setContentSize(true).setChecksum(false);
        }
        int compressed =
                compressor.compressByteArray(out, PREFIX_BYTES, out.length - PREFIX_BYTES, plain, offset, length);
        compressors.add(compressor);
        return compressed;
    }

    /** Seals an encoded blob for its place in a pack. */
    public static byte[] seal(Encoded blob, byte[] packKey, BlobType type, ChunkId id, int packOffset) {
        byte[] sealed = new byte[blob.sealedLength()];
        Aead.seal(packKey, nonce(packOffset), bound(type, id), blob.bytes(), 0, blob.length(), sealed, 0);
        return sealed;
    }

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
        if (blob.length < PREFIX_BYTES) {
            throw new Damaged(ErrorCode.DAMAGED, "chunk " + id + " is shorter than its prefix", "");
        }
        int rawLength = ByteBuffer.wrap(blob, 1, 4).getInt();
        if (rawLength < 0 || rawLength > MAX_RAW_BYTES) {
            throw new Damaged(ErrorCode.DAMAGED, "chunk " + id + " claims " + rawLength + " bytes", "");
        }
        byte[] plain = new byte[rawLength];
        switch (blob[0]) {
            case ENCODING_RAW -> {
                if (blob.length - PREFIX_BYTES != rawLength) {
                    throw new Damaged(ErrorCode.DAMAGED, "chunk " + id + " is not as long as it says", "");
                }
                System.arraycopy(blob, PREFIX_BYTES, plain, 0, rawLength);
            }
            case ENCODING_ZSTD -> decompress(plain, blob, id);
            default -> throw new Damaged(ErrorCode.DAMAGED, "chunk " + id + " has unknown encoding " + blob[0], "");
        }
        return plain;
    }

    private static void decompress(byte[] plain, byte[] blob, ChunkId id) {
        ZstdDecompressCtx decompressor = DECOMPRESSORS.poll();
        if (decompressor == null) {
            decompressor = new ZstdDecompressCtx();
        }
        try {
            int length = decompressor.decompressByteArray(
                    plain, 0, plain.length, blob, PREFIX_BYTES, blob.length - PREFIX_BYTES);
            if (length != plain.length) {
                throw new Damaged(ErrorCode.DAMAGED, "chunk " + id + " is not as long as it says", "");
            }
        } catch (ZstdException e) {
            throw new Damaged(ErrorCode.DAMAGED, "chunk " + id + " does not decompress: " + e.getMessage(), "", e);
        }
        DECOMPRESSORS.add(decompressor);
    }

    private static byte[] nonce(int packOffset) {
        return Aead.nonce(NONCE_DOMAIN_BLOB, packOffset);
    }

    private static byte[] bound(BlobType type, ChunkId id) {
        byte[] bound = new byte[2 + ChunkId.BYTES];
        bound[0] = 1;
        bound[1] = (byte) type.code();
        id.writeTo(bound, 2);
        return bound;
    }
}
