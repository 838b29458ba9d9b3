package dev.holdfast.engine.index;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.format.FileHeader;
import dev.holdfast.engine.format.FileKind;
import dev.holdfast.engine.pack.PackEntry;
import dev.holdfast.engine.pack.PackInfo;
import dev.holdfast.engine.store.StoreKey;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of an index file: which chunks some packs hold. All numbers big endian.
 *
 * <pre>
 * 4           number of packs
 * per pack:
 *   1         kind, 'D' or 'M'
 *   1         length of its name, then the name in ASCII
 *   32        salt of its header
 *   8         its length in bytes
 * 4           number of chunks
 * per chunk, ascending by id:
 *   16        first half of its id
 *   4         number of its pack, from 0
 *   4         offset of its sealed bytes
 *   4         their length
 * </pre>
 */
public final class IndexRun {
    /** Most chunks in one run. */
    public static final int MAX_CHUNKS = 1 << 18;

    private static final int ROW_BYTES = 28;

    private final List<PackInfo> packs;
    private final byte[] content;
    private final int rowsAt;
    private final int rows;

    private IndexRun(List<PackInfo> packs, byte[] content, int rowsAt, int rows) {
        this.packs = packs;
        this.content = content;
        this.rowsAt = rowsAt;
        this.rows = rows;
    }

    /** One row. */
    interface RowVisitor {
        void visit(long high, long low, int pack, int offset, int length);
    }

    public List<PackInfo> packs() {
        return packs;
    }

    /** How many chunks. */
    public int size() {
        return rows;
    }

    void forEach(RowVisitor visitor) {
        ByteBuffer in = ByteBuffer.wrap(content, rowsAt, rows * ROW_BYTES);
        for (int i = 0; i < rows; i++) {
            visitor.visit(in.getLong(), in.getLong(), in.getInt(), in.getInt(), in.getInt());
        }
    }

    /** Collects the chunks of finished packs until a run is written. Safe for many threads. */
    public static final class Builder {
        private record Row(long high, long low, int pack, int offset, int length) {}

        private final List<PackInfo> packs = new ArrayList<>();
        private final Map<StoreKey, Integer> numbers = new HashMap<>();
        private final List<Row> rows = new ArrayList<>();

        /** Adds a finished pack. */
        public synchronized void add(PackInfo pack, List<PackEntry> entries) {
            packs.add(pack);
            int number = packs.size() - 1;
            numbers.put(pack.key(), number);
            for (PackEntry entry : entries) {
                rows.add(new Row(entry.id().high(), entry.id().low(), number, entry.offset(), entry.storedBytes()));
            }
        }

        /** Adds one chunk of a pack. */
        public synchronized void add(long high, long low, PackInfo pack, int offset, int length) {
            int number = numbers.computeIfAbsent(pack.key(), key -> {
                packs.add(pack);
                return packs.size() - 1;
            });
            rows.add(new Row(high, low, number, offset, length));
        }

        public synchronized int size() {
            return rows.size();
        }

        public synchronized boolean isEmpty() {
            return packs.isEmpty();
        }

        /** The content of the file. */
        public synchronized byte[] encode() {
            rows.sort((a, b) -> {
                int byHigh = Long.compareUnsigned(a.high, b.high);
                return byHigh != 0 ? byHigh : Long.compareUnsigned(a.low, b.low);
            });
            int length = 8 + rows.size() * ROW_BYTES;
            for (PackInfo pack : packs) {
                length += 10 + pack.key().name().length() + FileHeader.SALT_BYTES;
            }
            ByteBuffer out = ByteBuffer.allocate(length).putInt(packs.size());
            for (PackInfo pack : packs) {
                byte[] name = pack.key().name().getBytes(StandardCharsets.US_ASCII);
                out.put((byte) (pack.kind() == FileKind.DATA_PACK ? 'D' : 'M'))
                        .put((byte) name.length)
                        .put(name)
                        .put(pack.salt())
                        .putLong(pack.bytes());
            }
            out.putInt(rows.size());
            for (Row row : rows) {
                out.putLong(row.high)
                        .putLong(row.low)
                        .putInt(row.pack)
                        .putInt(row.offset)
                        .putInt(row.length);
            }
            return out.array();
        }
    }

    /**
     * Reads the content of an index file.
     *
     * @param name of the file, for messages
     * @throws Damaged if it is not one
     */
    public static IndexRun decode(byte[] content, StoreKey name) {
        try {
            ByteBuffer in = ByteBuffer.wrap(content);
            int packCount = in.getInt();
            List<PackInfo> packs = new ArrayList<>();
            for (int i = 0; i < packCount; i++) {
                packs.add(pack(in));
            }
            int rows = in.getInt();
            int rowsAt = in.position();
            if (rows < 0 || (long) rows * ROW_BYTES != in.remaining()) {
                throw damaged(name);
            }
            for (int i = 0; i < rows; i++) {
                int pack = in.getInt(rowsAt + i * ROW_BYTES + 16);
                if (pack < 0 || pack >= packs.size()) {
                    throw damaged(name);
                }
            }
            return new IndexRun(List.copyOf(packs), content, rowsAt, rows);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw damaged(name);
        }
    }

    private static PackInfo pack(ByteBuffer in) {
        FileKind kind = in.get() == 'D' ? FileKind.DATA_PACK : FileKind.NODE_PACK;
        byte[] key = new byte[Byte.toUnsignedInt(in.get())];
        in.get(key);
        byte[] salt = new byte[FileHeader.SALT_BYTES];
        in.get(salt);
        return new PackInfo(new StoreKey(new String(key, StandardCharsets.US_ASCII)), kind, salt, in.getLong());
    }

    private static Damaged damaged(StoreKey name) {
        return new Damaged(ErrorCode.DAMAGED, "'" + name + "' is damaged: it is not an index", "");
    }
}
