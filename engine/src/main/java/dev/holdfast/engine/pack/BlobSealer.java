package dev.holdfast.engine.pack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import dev.holdfast.engine.crypto.Aead;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.format.BlobType;
import dev.holdfast.engine.tree.ChunkId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * Encodes, seals and proves one blob after the other, in buffers that it keeps: a blob's bytes are copied as seldom as can be
 * and nothing is left for the collector. For one thread at a time.
 */
final class BlobSealer implements AutoCloseable {
    private static final int WORTH_TRYING = 64;
    private static final int LEAST_BUFFER_BYTES = 16 << 10;

    private final ZstdCompressCtx compressor;
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
    private byte[] encoded = new byte[0];
    private byte[] sealed = new byte[0];
    private byte[] proof = new byte[0];
    private int encodedLength;

    /**
     * @param level zstd level
     */
    BlobSealer(int level) {
        compressor = new ZstdCompressCtx().setLevel(level).setContentSize(true).setChecksum(false);
    }

    /**
     * Encodes a plain blob, compressed if that makes it shorter.
     *
     * @return its length once sealed
     */
    int encode(byte[] plain, int offset, int length) {
        if (length > BlobFormat.MAX_RAW_BYTES) {
            throw new IllegalArgumentException("a blob of " + length + " bytes");
        }
        encoded = atLeast(encoded, BlobFormat.PREFIX_BYTES + (int) Zstd.compressBound(length));
        int compressed = length < WORTH_TRYING ? length : compress(plain, offset, length);
        if (compressed < length) {
            prefix(BlobFormat.ENCODING_ZSTD, length, compressed);
        } else {
            System.arraycopy(plain, offset, encoded, BlobFormat.PREFIX_BYTES, length);
            prefix(BlobFormat.ENCODING_RAW, length, length);
        }
        return sealedLength();
    }

    private int compress(byte[] plain, int offset, int length) {
        return compressor.compressByteArray(
                encoded, BlobFormat.PREFIX_BYTES, encoded.length - BlobFormat.PREFIX_BYTES, plain, offset, length);
    }

    private void prefix(int encoding, int rawLength, int payload) {
        ByteBuffer.wrap(encoded).put((byte) encoding).putInt(rawLength);
        encodedLength = BlobFormat.PREFIX_BYTES + payload;
    }

    /** Length of the encoded blob once sealed. */
    int sealedLength() {
        return encodedLength + Aead.TAG_BYTES;
    }

    /**
     * Seals the encoded blob for its place in a pack.
     *
     * @return holds {@link #sealedLength} bytes, until this is used again
     */
    byte[] seal(byte[] packKey, BlobType type, ChunkId id, int packOffset) {
        sealed = atLeast(sealed, sealedLength());
        Aead.seal(
                packKey,
                BlobFormat.nonce(packOffset),
                BlobFormat.bound(type, id),
                encoded,
                0,
                encodedLength,
                sealed,
                0);
        return sealed;
    }

    /**
     * Opens what was sealed last: a bit that flips between the source and the store is found now, not at a restore.
     *
     * @throws Damaged if it is not the plain blob
     */
    void prove(byte[] packKey, BlobType type, ChunkId id, int packOffset, byte[] plain, int offset, int length) {
        try {
            // the encoded blob is not needed any more
            Arrays.fill(encoded, 0, BlobFormat.PREFIX_BYTES, (byte) 0);
            Aead.open(
                    packKey,
                    BlobFormat.nonce(packOffset),
                    BlobFormat.bound(type, id),
                    sealed,
                    0,
                    sealedLength(),
                    encoded,
                    0);
            proof = atLeast(proof, Math.max(length, BlobFormat.rawLength(encoded, encodedLength, id)));
            BlobFormat.decode(encoded, encodedLength, proof, decompressor, id);
            if (BlobFormat.rawLength(encoded, encodedLength, id) == length
                    && Arrays.equals(proof, 0, length, plain, offset, offset + length)) {
                return;
            }
        } catch (AEADBadTagException | HoldfastException e) {
            throw different(id, e);
        }
        throw different(id, null);
    }

    @Override
    public void close() {
        compressor.close();
        decompressor.close();
    }

    private static Damaged different(ChunkId id, @Nullable Exception cause) {
        return new Damaged(
                ErrorCode.INTERNAL,
                "chunk " + id + " did not read back as it was written",
                "The memory or processor of this machine may be failing: test them before the next run.",
                cause);
    }

    private static byte[] atLeast(byte[] buffer, int length) {
        return buffer.length >= length ? buffer : new byte[Math.max(LEAST_BUFFER_BYTES, length + length / 4)];
    }
}
