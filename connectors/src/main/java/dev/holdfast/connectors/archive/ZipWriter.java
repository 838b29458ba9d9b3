package dev.holdfast.connectors.archive;

import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.tree.EntryType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes the zip format (APPNOTE.TXT 6.3.10) as Info-ZIP does on Unix: names in UTF-8, modes and links in the directory, times and owners
 * in extra fields, Zip64 where numbers need it. Contents are deflated and followed by their sizes and checksums, so nothing is held but a
 * buffer; 20 bytes for each member are held outside the heap until the directory is written. For one thread.
 *
 * <pre>
 * archive    = { 04034b50 header name extra content [ 08074b50 crc sizes ] } { 02014b50 header name extra }
 *              [ 06064b50 Zip64 end, 07064b50 its place ] 06054b50 end
 * extra      = [ 0001 sizes, offset ] [ 5455 seconds since 1970 ] 7875 uid gid
 * </pre>
 */
final class ZipWriter implements ArchiveWriter {
    private static final int LOCAL = 0x04034b50;
    private static final int SIZES = 0x08074b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int PLACE_OF_END_64 = 0x07064b50;
    private static final int UTF_8 = 0x800;
    private static final int SIZES_FOLLOW = 8;
    private static final int DEFLATED = 8;
    private static final int VERSION = 20;
    private static final int VERSION_64 = 45;
    private static final int MADE_ON_UNIX = 3 << 8;
    private static final long MOST_32 = 0xffff_ffffL;
    private static final int MOST_16 = 0xffff;

    /** Contents from here on may grow over 4 GiB where they cannot be compressed. */
    private static final long LARGE = 0xf000_0000L;

    private static final LocalDateTime EARLIEST = LocalDateTime.of(1980, 1, 1, 0, 0);
    private static final LocalDateTime LATEST = LocalDateTime.of(2107, 12, 31, 23, 59, 58);
    private static final int BUFFER_BYTES = 64 << 10;

    private final ExportFile file;
    private final Deflater deflater;
    private final CRC32 crc = new CRC32();
    private final byte[] out = new byte[BUFFER_BYTES];
    private final ZipPlaces places = new ZipPlaces();
    private long written;
    private long begun;
    private long compressed;
    private long taken;
    private long directoryBegin = -1;
    private long listed;

    /**
     * @param level 0 (none) to 9
     */
    ZipWriter(ExportFile file, int level) {
        this.file = file;
        deflater = new Deflater(level, true);
    }

    /** Whether its time of change can be kept. */
    static boolean holdsTime(Instant time) {
        return time.getEpochSecond() == (int) time.getEpochSecond();
    }

    private static boolean isDeflated(Member member) {
        return member.bytes() > 0;
    }

    private static boolean isLarge(Member member) {
        return member.bytes() >= LARGE;
    }

    @Override
    public void begin(Member member) {
        begun = written;
        compressed = 0;
        taken = 0;
        crc.reset();
        deflater.reset();
        byte[] name = member.name().toBytes();
        byte[] link = link(member);
        crc.update(link);
        ByteBuffer header = buffer(30 + name.length + 64);
        header.putInt(LOCAL).putShort((short) (isLarge(member) ? VERSION_64 : VERSION));
        common(header, member);
        if (isDeflated(member)) {
            header.putInt(0);
            header.putInt(isLarge(member) ? -1 : 0).putInt(isLarge(member) ? -1 : 0);
        } else {
            header.putInt((int) crc.getValue()).putInt(link.length).putInt(link.length);
        }
        ByteBuffer extra = buffer(64);
        if (isLarge(member)) {
            extra.putShort((short) 1).putShort((short) 16).putLong(0).putLong(0);
        }
        extra(extra, member);
        header.putShort((short) name.length).putShort((short) extra.position());
        header.put(name).put(extra.flip());
        put(header);
        if (link.length > 0) {
            put(link, link.length);
            compressed = link.length;
        }
    }

    private static byte[] link(Member member) {
        return member.type() == EntryType.SYMBOLIC_LINK ? member.look().target().toBytes() : new byte[0];
    }

    /** From the flags to the date. */
    private static void common(ByteBuffer header, Member member) {
        header.putShort((short) (UTF_8 | (isDeflated(member) ? SIZES_FOLLOW : 0)));
        header.putShort((short) (isDeflated(member) ? DEFLATED : 0));
        LocalDateTime time = LocalDateTime.ofInstant(member.look().modified(), ZoneOffset.UTC);
        LocalDateTime shown = time.isBefore(EARLIEST) ? EARLIEST : time.isAfter(LATEST) ? LATEST : time;
        header.putShort((short) (shown.getHour() << 11 | shown.getMinute() << 5 | shown.getSecond() / 2));
        header.putShort((short) ((shown.getYear() - 1980) << 9 | shown.getMonthValue() << 5 | shown.getDayOfMonth()));
    }

    private static void extra(ByteBuffer extra, Member member) {
        Instant modified = member.look().modified();
        if (holdsTime(modified)) {
            extra.putShort((short) 0x5455).putShort((short) 5).put((byte) 1).putInt((int) modified.getEpochSecond());
        }
        extra.putShort((short) 0x7875).putShort((short) 11).put((byte) 1);
        extra.put((byte) 4).putInt((int) member.look().uid());
        extra.put((byte) 4).putInt((int) member.look().gid());
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        crc.update(bytes, offset, length);
        taken += length;
        deflater.setInput(bytes, offset, length);
        while (!deflater.needsInput()) {
            deflate();
        }
    }

    private void deflate() {
        int length = deflater.deflate(out);
        put(out, length);
        compressed += length;
    }

    @Override
    public void end() {
        if (taken > 0) {
            deflater.finish();
            while (!deflater.finished()) {
                deflate();
            }
            boolean large = taken >= LARGE;
            ByteBuffer sizes = buffer(24).putInt(SIZES).putInt((int) crc.getValue());
            put(
                    large
                            ? sizes.putLong(compressed).putLong(taken)
                            : sizes.putInt((int) compressed).putInt((int) taken));
        }
        places.add(begun, compressed, (int) crc.getValue());
    }

    @Override
    public boolean hasDirectory() {
        return true;
    }

    @Override
    public void list(Member member) {
        if (directoryBegin < 0) {
            directoryBegin = written;
        }
        byte[] name = member.name().toBytes();
        long bytes = Math.max(member.bytes(), link(member).length);
        ZipPlaces.Place place = places.get(listed++);
        boolean far = place.offset() >= MOST_32;
        boolean wide = isLarge(member) || far;
        ByteBuffer extra = buffer(64);
        if (wide) {
            extra.putShort((short) 1).putShort((short) ((isLarge(member) ? 16 : 0) + (far ? 8 : 0)));
            if (isLarge(member)) {
                extra.putLong(bytes).putLong(place.compressed());
            }
            if (far) {
                extra.putLong(place.offset());
            }
        }
        extra(extra, member);
        ByteBuffer header = buffer(46 + name.length + 64);
        header.putInt(CENTRAL).putShort((short) (MADE_ON_UNIX | VERSION_64));
        header.putShort((short) (wide ? VERSION_64 : VERSION));
        common(header, member);
        header.putInt(place.crc());
        header.putInt(isLarge(member) ? -1 : (int) place.compressed()).putInt(isLarge(member) ? -1 : (int) bytes);
        header.putShort((short) name.length).putShort((short) extra.position());
        header.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(attributes(member));
        header.putInt(far ? -1 : (int) place.offset());
        header.put(name).put(extra.flip());
        put(header);
    }

    private static int attributes(Member member) {
        int type = switch (member.type()) {
            case DIRECTORY -> 0x4000;
            case SYMBOLIC_LINK -> 0xa000;
            default -> 0x8000;
        };
        return (type | member.look().mode()) << 16 | (member.type() == EntryType.DIRECTORY ? 0x10 : 0);
    }

    @Override
    public void finish() {
        if (listed != places.count()) {
            throw new IllegalStateException(listed + " of " + places.count() + " members in the directory");
        }
        long begin = directoryBegin < 0 ? written : directoryBegin;
        long length = written - begin;
        ByteBuffer end = buffer(98);
        if (listed >= MOST_16 || begin >= MOST_32 || length >= MOST_32) {
            long place = written;
            end.putInt(END_64)
                    .putLong(44)
                    .putShort((short) (MADE_ON_UNIX | VERSION_64))
                    .putShort((short) VERSION_64);
            end.putInt(0)
                    .putInt(0)
                    .putLong(listed)
                    .putLong(listed)
                    .putLong(length)
                    .putLong(begin);
            end.putInt(PLACE_OF_END_64).putInt(0).putLong(place).putInt(1);
        }
        short count = (short) Math.min(listed, MOST_16);
        end.putInt(END).putShort((short) 0).putShort((short) 0).putShort(count).putShort(count);
        end.putInt((int) Math.min(length, MOST_32))
                .putInt((int) Math.min(begin, MOST_32))
                .putShort((short) 0);
        put(end);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void put(ByteBuffer filled) {
        filled.flip();
        byte[] bytes = new byte[filled.remaining()];
        filled.get(bytes);
        put(bytes, bytes.length);
    }

    private void put(byte[] bytes, int length) {
        file.write(bytes, 0, length);
        written += length;
    }

    @Override
    public long written() {
        return written;
    }

    @Override
    public void close() {
        deflater.end();
        places.close();
    }
}
