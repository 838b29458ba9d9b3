package dev.holdfast.engine.pack;

import dev.holdfast.engine.format.BlobType;
import dev.holdfast.engine.format.FileHeader;
import dev.holdfast.engine.format.FileKind;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.index.ChunkIndex;
import dev.holdfast.engine.store.StoreKey;
import dev.holdfast.engine.tree.ChunkId;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Puts chunks that the repository does not have into packs: a place in the open pack is reserved under a lock, everything
 * else (compressing, sealing, proving that the seal opens to the same bytes, writing) happens beside it. Safe for many
 * threads.
 */
public final class PackWriter {
    /** Most blobs in one pack. */
    public static final int MAX_BLOBS = 1 << 16;

    private static final int NODE_PACK_TARGET_BYTES = 16 << 20;

    /** Short blobs are stored by many threads, long ones by few: only those shall have long buffers. */
    private static final int SHORT_BYTES = 128 << 10;

    private final RepositoryKeys keys;
    private final int compressionLevel;
    private final ChunkIndex index;
    private final Spool spool;
    private final PackOutlet outlet;
    private final String session;
    private final SecureRandom random;
    private final Lane data;
    private final Lane nodes;
    private final Queue<BlobSealer> idleShort = new ConcurrentLinkedQueue<>();
    private final Queue<BlobSealer> idleLong = new ConcurrentLinkedQueue<>();
    /** Packs that nobody has taken over yet. */
    private final Set<OpenPack> begun = ConcurrentHashMap.newKeySet();

    private final AtomicInteger packs = new AtomicInteger();
    private final AtomicLong storedBytes = new AtomicLong();

    /** Where finished packs go. */
    public interface PackOutlet {
        /** Takes a finished pack; may wait until there is room for it. */
        void finished(PackInfo pack, List<PackEntry> entries, SpoolFile file);
    }

    /**
     * @param compressionLevel zstd level of what is stored
     * @param session names the packs
     * @param dataTargetBytes size at which a data pack is closed
     */
    public PackWriter(
            RepositoryKeys keys,
            int compressionLevel,
            ChunkIndex index,
            Spool spool,
            PackOutlet outlet,
            String session,
            int dataTargetBytes,
            SecureRandom random) {
        this.keys = keys;
        this.compressionLevel = compressionLevel;
        this.index = index;
        this.spool = spool;
        this.outlet = outlet;
        this.session = session;
        this.random = random;
        this.data = new Lane(FileKind.DATA_PACK, dataTargetBytes);
        this.nodes = new Lane(FileKind.NODE_PACK, Math.min(NODE_PACK_TARGET_BYTES, dataTargetBytes));
    }

    /** The packs of one kind: at most one is open. */
    private static final class Lane {
        final FileKind kind;
        final int targetBytes;

        @Nullable
        OpenPack open;

        Lane(FileKind kind, int targetBytes) {
            this.kind = kind;
            this.targetBytes = targetBytes;
        }
    }

    private static final class OpenPack {
        final StoreKey key;
        final FileKind kind;
        final byte[] salt;
        final byte[] sealKey;
        final SpoolFile file;
        final List<PackEntry> entries = new ArrayList<>();

        /** Writes under way, and one more while the pack is open. */
        final AtomicInteger holders = new AtomicInteger(1);

        int length = FileHeader.BYTES;

        OpenPack(StoreKey key, FileKind kind, byte[] salt, byte[] sealKey, SpoolFile file) {
            this.key = key;
            this.kind = kind;
            this.salt = salt;
            this.sealKey = sealKey;
            this.file = file;
        }
    }

    /** Stores a chunk unless the repository or this writer has it. */
    public ChunkId store(BlobType type, byte[] plain, int offset, int length) {
        ChunkId id = keys.chunkId(type, plain, offset, length);
        if (index.claim(id)) {
            append(id, type, plain, offset, length);
        }
        return id;
    }

    private void append(ChunkId id, BlobType type, byte[] plain, int offset, int length) {
        Queue<BlobSealer> idle = length <= SHORT_BYTES ? idleShort : idleLong;
        BlobSealer sealer = idle.poll();
        if (sealer == null) {
            sealer = new BlobSealer(compressionLevel);
        }
        append(sealer, id, type, plain, offset, length);
        idle.add(sealer);
    }

    private void append(BlobSealer sealer, ChunkId id, BlobType type, byte[] plain, int offset, int length) {
        int sealedLength = sealer.encode(plain, offset, length);
        Lane lane = type == BlobType.DATA ? data : nodes;
        OpenPack pack;
        OpenPack full = null;
        int at;
        synchronized (lane) {
            pack = lane.open == null ? begin(lane) : lane.open;
            at = pack.length;
            pack.length += sealedLength;
            pack.entries.add(new PackEntry(id, type, at, sealedLength, length));
            pack.holders.incrementAndGet();
            if (pack.length >= lane.targetBytes || pack.entries.size() == MAX_BLOBS) {
                full = pack;
                lane.open = null;
            }
        }
        byte[] sealed = sealer.seal(pack.sealKey, type, id, at);
        sealer.prove(pack.sealKey, type, id, at, plain, offset, length);
        pack.file.write(sealed, sealedLength, at);
        storedBytes.addAndGet(sealedLength);
        release(pack);
        if (full != null) {
            release(full);
        }
    }

    private OpenPack begin(Lane lane) {
        byte[] salt = FileHeader.salt(random);
        byte[] header = FileHeader.of(lane.kind, salt, keys.repositoryId());
        int number = packs.getAndIncrement();
        StoreKey key = new StoreKey(lane.kind.folder() + fan(number) + "/" + session + "-" + number);
        OpenPack pack = new OpenPack(key, lane.kind, salt, keys.packKey(header), spool.begin(spoolName(number)));
        begun.add(pack);
        pack.file.write(header, header.length, 0);
        lane.open = pack;
        return pack;
    }

    private String spoolName(int number) {
        return "spool-" + session + "-" + number;
    }

    private static String fan(int number) {
        return String.format("%02x", number & 0xff);
    }

    private void release(OpenPack pack) {
        if (pack.holders.decrementAndGet() == 0) {
            byte[] end = PackDirectory.encode(pack.entries, pack.sealKey, pack.length);
            pack.file.write(end, end.length, pack.length);
            pack.file.complete();
            PackInfo info = new PackInfo(pack.key, pack.kind, pack.salt, pack.length + (long) end.length);
            storedBytes.addAndGet(FileHeader.BYTES + end.length);
            outlet.finished(info, pack.entries, pack.file);
            begun.remove(pack);
        }
    }

    /** Closes the open packs; nothing may be stored at the same time or afterwards. */
    public void finish() {
        for (Lane lane : List.of(data, nodes)) {
            OpenPack last;
            synchronized (lane) {
                last = lane.open;
                lane.open = null;
            }
            if (last != null) {
                release(last);
            }
        }
        closeSealers();
    }

    /** Gives up all packs that nobody has taken over; nothing may be stored at the same time or afterwards. */
    public void abandon() {
        for (Lane lane : List.of(data, nodes)) {
            synchronized (lane) {
                lane.open = null;
            }
        }
        begun.forEach(pack -> pack.file.delete());
        begun.clear();
        closeSealers();
    }

    private void closeSealers() {
        for (Queue<BlobSealer> idle : List.of(idleShort, idleLong)) {
            for (BlobSealer sealer = idle.poll(); sealer != null; sealer = idle.poll()) {
                sealer.close();
            }
        }
    }

    /** Bytes written into packs so far. */
    public long storedBytes() {
        return storedBytes.get();
    }
}
