package dev.holdfast.engine.pack;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.format.FileHeader;
import dev.holdfast.engine.format.FileKind;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.store.ObjectStore;
import dev.holdfast.engine.store.StoreKey;
import java.util.List;

/** Reads what packs say of themselves, without an index. */
public final class PackScanner {
    private PackScanner() {}

    /** What a pack says of itself. */
    public record Scanned(PackInfo pack, List<PackEntry> entries) {}

    /**
     * Reads a pack's header, trailer and directory.
     *
     * @throws Damaged if one of them does not hold
     */
    public static Scanned scan(ObjectStore store, StoreKey key, FileKind kind, RepositoryKeys keys) {
        long bytes = store.size(key);
        if (bytes < FileHeader.BYTES + PackDirectory.TRAILER_BYTES) {
            throw new Damaged(ErrorCode.DAMAGED, "'" + key + "' is damaged: it has only " + bytes + " bytes", "");
        }
        byte[] header = store.read(key, 0, FileHeader.BYTES);
        byte[] salt = FileHeader.verify(header, kind, keys.repositoryId(), key.name());
        PackInfo pack = new PackInfo(key, kind, salt, bytes);
        byte[] trailer = store.read(key, bytes - PackDirectory.TRAILER_BYTES, PackDirectory.TRAILER_BYTES);
        PackDirectory.Place place = PackDirectory.place(trailer, key, bytes);
        byte[] directory = store.read(key, place.offset(), place.length());
        return new Scanned(pack, PackDirectory.decode(directory, 0, place, pack.sealKey(keys), key));
    }
}
