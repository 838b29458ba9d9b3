package dev.holdfast.connectors.archive;

import dev.holdfast.connectors.files.FileProperties;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.tree.EntryType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * Writes the pax interchange format of POSIX.1-2001: ustar headers, each after a pax header with what ustar cannot say. Bytes that are no
 * text in UTF-8 are kept as they are, under {@code hdrcharset=BINARY}; extended attributes are {@code SCHILY.xattr.} records, with
 * {@code %} and {@code =} in their names escaped as by GNU tar. For one thread.
 *
 * <pre>
 * archive = { [ pax header ] header content padding to 512 } 1024 zero bytes, padding to 10240
 * header  = name 100, mode 8, uid 8, gid 8, size 12, mtime 12, checksum 8, type 1, link 100, "ustar\0" "00",
 *           owner 32, group 32, major 8, minor 8, prefix 155, zeros 12
 * record  = length " " keyword "=" value "\n"       length in decimal, of all of it
 * </pre>
 */
final class TarWriter implements ArchiveWriter {
    private static final int BLOCK = 512;
    private static final int RECORD = 20 * BLOCK;
    private static final int NAME_BYTES = 100;
    private static final int OWNER_BYTES = 31;
    private static final long MOST_SIZE = (1L << 33) - 1;
    private static final long MOST_NUMBER = (1L << 21) - 1;

    private final ExportFile file;
    private long written;
    private long left;

    TarWriter(ExportFile file) {
        this.file = file;
    }

    @Override
    public void begin(Member member) {
        Extended extended = new Extended();
        byte[] header = header(member, extended);
        if (extended.isNeeded()) {
            byte[] records = extended.bytes();
            put(paxHeader(member, records.length));
            put(records);
            pad(BLOCK);
        }
        put(header);
        left = member.bytes();
    }

    private static byte[] header(Member member, Extended extended) {
        FileProperties look = member.look();
        Header header = new Header();
        header.text(0, NAME_BYTES, member.name().toBytes(), "path", extended);
        header.number(100, 8, look.mode());
        header.number(108, 8, look.uid(), MOST_NUMBER, "uid", extended);
        header.number(116, 8, look.gid(), MOST_NUMBER, "gid", extended);
        header.number(124, 12, member.bytes(), MOST_SIZE, "size", extended);
        header.time(look.modified(), extended);
        header.type(type(member.type()));
        header.text(157, NAME_BYTES, look.target().toBytes(), "linkpath", extended);
        header.text(265, OWNER_BYTES, utf8(look.owner()), "uname", extended);
        header.text(297, OWNER_BYTES, utf8(look.group()), "gname", extended);
        header.number(329, 8, look.major());
        header.number(337, 8, look.minor());
        new TreeMap<>(look.extended())
                .forEach((name, value) ->
                        extended.put("SCHILY.xattr." + name.replace("%", "%25").replace("=", "%3D"), value));
        return header.bytes();
    }

    private static byte[] paxHeader(Member member, int bytes) {
        Header header = new Header();
        byte[] name = member.name().toBytes();
        StringBuilder shown = new StringBuilder("PaxHeaders/");
        for (int i = 0; i < Math.min(name.length, 80); i++) {
            shown.append(name[i] > ' ' && name[i] != '/' && name[i] < 0x7f ? (char) name[i] : '_');
        }
        header.text(0, utf8(shown.toString()));
        header.number(100, 8, 0x1a4);
        header.number(108, 8, 0);
        header.number(116, 8, 0);
        header.number(124, 12, bytes);
        header.number(136, 12, Math.clamp(member.look().modified().getEpochSecond(), 0, MOST_SIZE));
        header.type('x');
        header.number(329, 8, 0);
        header.number(337, 8, 0);
        return header.bytes();
    }

    private static char type(EntryType type) {
        return switch (type) {
            case FILE -> '0';
            case HARD_LINK -> '1';
            case SYMBOLIC_LINK -> '2';
            case CHARACTER_DEVICE -> '3';
            case BLOCK_DEVICE -> '4';
            case DIRECTORY -> '5';
            case FIFO -> '6';
            case SOCKET, OBJECT, TABLE, SEQUENCE, LARGE_OBJECT, DOCUMENT ->
                throw new IllegalArgumentException("tar has no " + type);
        };
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (length > left) {
            throw new IllegalStateException("more bytes than were said");
        }
        file.write(bytes, offset, length);
        written += length;
        left -= length;
    }

    @Override
    public void end() {
        if (left != 0) {
            throw new IllegalStateException("fewer bytes than were said");
        }
        pad(BLOCK);
    }

    @Override
    public boolean hasDirectory() {
        return false;
    }

    @Override
    public void list(Member member) {
        throw new UnsupportedOperationException("tar has no directory");
    }

    @Override
    public void finish() {
        put(new byte[2 * BLOCK]);
        pad(RECORD);
    }

    private void put(byte[] bytes) {
        file.write(bytes, 0, bytes.length);
        written += bytes.length;
    }

    private void pad(int to) {
        int over = (int) (written % to);
        if (over > 0) {
            put(new byte[to - over]);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public long written() {
        return written;
    }

    @Override
    public void close() {
        // holds nothing
    }

    /** A ustar header in the making; what does not fit goes into the pax header. */
    private static final class Header {
        private final byte[] block = new byte[BLOCK];

        Header() {
            text(257, utf8("ustar\0" + "00"));
        }

        void text(int offset, byte[] value) {
            System.arraycopy(value, 0, block, offset, value.length);
        }

        void text(int offset, int most, byte[] value, String keyword, Extended extended) {
            boolean ascii = true;
            for (byte b : value) {
                ascii &= b > 0;
            }
            text(offset, Arrays.copyOf(value, Math.min(value.length, most)));
            if (!ascii || value.length > most) {
                extended.put(keyword, value);
            }
        }

        void number(int offset, int length, long value) {
            String octal = Long.toOctalString(value);
            text(offset, utf8("0".repeat(length - 1 - octal.length()) + octal));
        }

        void number(int offset, int length, long value, long most, String keyword, Extended extended) {
            boolean fits = value >= 0 && value <= most;
            number(offset, length, fits ? value : 0);
            if (!fits) {
                extended.put(keyword, utf8(Long.toString(value)));
            }
        }

        void time(Instant time, Extended extended) {
            long seconds = time.getEpochSecond();
            int nanos = time.getNano();
            number(136, 12, Math.clamp(seconds, 0, MOST_SIZE));
            if (nanos != 0 || seconds < 0 || seconds > MOST_SIZE) {
                extended.put("mtime", utf8(decimal(seconds, nanos)));
            }
        }

        /** Of a time before 1970, both parts count backwards. */
        private static String decimal(long seconds, int nanos) {
            boolean before = seconds < 0 && nanos > 0;
            long whole = before ? seconds + 1 : seconds;
            int rest = before ? 1_000_000_000 - nanos : nanos;
            return (before && whole == 0 ? "-" : "") + whole + (rest == 0 ? "" : ".%09d".formatted(rest));
        }

        void type(char type) {
            block[156] = (byte) type;
        }

        byte[] bytes() {
            Arrays.fill(block, 148, 156, (byte) ' ');
            int sum = 0;
            for (byte b : block) {
                sum += b & 0xff;
            }
            text(148, utf8("%06o\0 ".formatted(sum)));
            return block;
        }
    }

    /** The records of a pax header. */
    private static final class Extended {
        private final ByteArrayOutputStream records = new ByteArrayOutputStream();
        private boolean binary;

        void put(String keyword, byte[] value) {
            // how xattrs are encoded is their own business
            binary |= !keyword.startsWith("SCHILY.") && !isText(value);
            append(records, keyword, value);
        }

        private static void append(ByteArrayOutputStream records, String keyword, byte[] value) {
            byte[] name = utf8(" " + keyword + "=");
            int rest = name.length + value.length + 1;
            int length = rest + Integer.toString(rest).length();
            length = rest + Integer.toString(length).length();
            records.writeBytes(utf8(Integer.toString(length)));
            records.writeBytes(name);
            records.writeBytes(value);
            records.write('\n');
        }

        private static boolean isText(byte[] value) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
                return true;
            } catch (CharacterCodingException e) {
                return false;
            }
        }

        boolean isNeeded() {
            return records.size() > 0;
        }

        byte[] bytes() {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            if (binary) {
                append(all, "hdrcharset", utf8("BINARY"));
            }
            all.writeBytes(records.toByteArray());
            return all.toByteArray();
        }
    }
}
