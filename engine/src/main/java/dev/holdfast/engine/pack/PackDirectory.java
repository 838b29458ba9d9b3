package dev.holdfast.engine.pack;

import dev.holdfast.engine.crypto.Aead;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.format.BlobType;
import dev.holdfast.engine.format.FileHeader;
import dev.holdfast.engine.store.StoreKey;
import dev.holdfast.engine.tree.ChunkId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import javax.crypto.AEADBadTagException;

/**
 * The end of a pack: a sealed directory of its blobs, then a plain trailer that says where the directory is. From it the index
 * of a pack can be rebuilt with one read.
 *
 * <pre>
 * directory, sealed with the pack's key:
 *   n times  32  id
 *             1  type
 *             4  offset
 *             4  sealed length
 *             4  plain length
 * trailer, 32 bytes:
 *   0  8  offset of the sealed directory
 *   8  4  length of the sealed directory
 *  12  4  number of blobs
 *  16  4  0
 *  20  4  CRC-32C of bytes 0 to 19
 *  24  8  magic "TSAFDLOH"
 * </pre>
 */
public final class PackDirectory {
    /** Length of the trailer in bytes. */
    public static final int TRAILER_BYTES = 32;

    private static final byte[] MAGIC = {'T', 'S', 'A', 'F', 'D', 'L', 'O', 'H'};
    private static final int ENTRY_BYTES = ChunkId.BYTES + 13;
    private static final int NONCE_DOMAIN_DIRECTORY = 2;
    private static final byte[] BOUND = {1, 'd', 'i', 'r'};

    private PackDirectory() {}

    /** Where a pack's directory is. */
    record Place(long offset, int length, int count) {}

    /** Directory and trailer as they follow the last blob. */
    static byte[] encode(List<PackEntry> entries, byte[] packKey, long offset) {
        ByteBuffer plain = ByteBuffer.allocate(entries.size() * ENTRY_BYTES);
        for (PackEntry entry : entries) {
            plain.put(entry.id().toBytes())
                    .put((byte) entry.type().code())
                    .putInt(entry.offset())
                    .putInt(entry.storedBytes())
                    .putInt(entry.rawBytes());
        }
        byte[] sealed = Aead.seal(packKey, Aead.nonce(NONCE_DOMAIN_DIRECTORY, offset), BOUND, plain.array());
        ByteBuffer end = ByteBuffer.allocate(sealed.length + TRAILER_BYTES).put(sealed);
        end.putLong(offset).putInt(sealed.length).putInt(entries.size()).putInt(0);
        end.putInt(checksum(end.array(), sealed.length)).put(MAGIC);
        return end.array();
    }

    /**
     * Reads a trailer.
     *
     * @param trailer the last 32 bytes of the pack
     * @param packBytes length of the pack
     */
    static Place place(byte[] trailer, StoreKey pack, long packBytes) {
        ByteBuffer in = ByteBuffer.wrap(trailer);
        if (!Arrays.equals(trailer, 24, 32, MAGIC, 0, MAGIC.length) || in.getInt(20) != checksum(trailer, 0)) {
            throw new Damaged(ErrorCode.DAMAGED, "'" + pack + "' is damaged: its trailer does not hold", "");
        }
        Place place = new Place(in.getLong(0), in.getInt(8), in.getInt(12));
        if (place.offset < FileHeader.BYTES
                || place.length < Aead.TAG_BYTES
                || place.offset + place.length + TRAILER_BYTES != packBytes
                || place.length != (long) place.count * ENTRY_BYTES + Aead.TAG_BYTES) {
            throw new Damaged(ErrorCode.DAMAGED, "'" + pack + "' is damaged: its trailer does not fit its length", "");
        }
        return place;
    }

    /** Opens a sealed directory. */
    static List<PackEntry> decode(byte[] sealed, int at, Place place, byte[] packKey, StoreKey pack) {
        ByteBuffer plain;
        try {
            plain = ByteBuffer.wrap(Aead.open(
                    packKey, Aead.nonce(NONCE_DOMAIN_DIRECTORY, place.offset), BOUND, sealed, at, place.length));
        } catch (AEADBadTagException e) {
            throw new Damaged(
                    ErrorCode.DAMAGED, "'" + pack + "' is damaged: the seal of its directory does not hold", "", e);
        }
        List<PackEntry> entries = new ArrayList<>(place.count);
        byte[] id = new byte[ChunkId.BYTES];
        for (int i = 0; i < place.count; i++) {
            plain.get(id);
            entries.add(new PackEntry(
                    ChunkId.copyOf(id, 0), BlobType.of(plain.get()), plain.getInt(), plain.getInt(), plain.getInt()));
        }
        return entries;
    }

    private static int checksum(byte[] bytes, int from) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, 20);
        return (int) crc.getValue();
    }
}
