package dev.holdfast.connectors.dump;

import dev.holdfast.connectors.postgres.FolderDump;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Proves that a tar is whole while it is read: every header's checksum, every file to its end, and the two empty blocks at the end, behind
 * which there may be only zeros. Files of a dump of pg_dump in it are proven too, unless somebody takes what is in it. For one thread.
 */
final class TarReading {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final Pattern SECONDS = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{0,30})?");
    private static final int MOST_NAME_BYTES = 1 << 20;
    private static final int MOST_PAX_BYTES = 8 << 20;
    private static final int SPARSE_MORE_AT = 482;
    private static final int SPARSE_MORE_STILL_AT = 504;

    private final InputStream in;
    private final String where;
    private final FolderDump dump;
    private final @Nullable MemberTaker taker;
    private final byte[] block = new byte[TarHeader.BLOCK];
    private long position;
    private long members;
    private String nextName = "";
    private String nextTarget = "";
    private long nextBytes = -1;
    private @Nullable Instant nextModified;
    private boolean nextIsSparse;

    /**
     * @param dump looks at what nobody takes
     * @param taker takes what is in it; null if nobody does
     */
    TarReading(InputStream in, String where, FolderDump dump, @Nullable MemberTaker taker) {
        this.in = in;
        this.where = where;
        this.dump = dump;
        this.taker = taker;
    }

    /** How many files, folders and links are in it. */
    long read() throws IOException {
        while (true) {
            if (!fill()) {
                throw DumpDamage.of(where, "is cut: the tar has no end (at byte " + position + ")");
            }
            if (TarHeader.isEnd(block)) {
                end();
                return members;
            }
            entry(header());
        }
    }

    private TarHeader header() {
        try {
            return TarHeader.of(block);
        } catch (NumberFormatException e) {
            throw DumpDamage.of(
                    where, "is damaged: at byte " + (position - TarHeader.BLOCK) + " is no header of a tar", e);
        }
    }

    private void entry(TarHeader header) throws IOException {
        switch (header.kind()) {
            case 'L' -> nextName = ended(text(header.bytes(), MOST_NAME_BYTES));
            case 'K' -> nextTarget = ended(text(header.bytes(), MOST_NAME_BYTES));
            case 'g', 'V' -> skip(header.bytes());
            case 'x', 'X' -> pax(text(header.bytes(), MOST_PAX_BYTES));
            default -> member(header);
        }
    }

    private static String ended(String text) {
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    private void member(TarHeader header) throws IOException {
        String raw = nextName.isEmpty() ? header.name() : nextName;
        String name = Member.shown(raw);
        boolean hasContent = header.kind() < '2' || header.kind() > '6';
        long bytes = !hasContent ? 0 : nextBytes < 0 ? header.bytes() : nextBytes;
        if (bytes < 0) {
            throw DumpDamage.of(where, "is damaged: '" + name + "' in it has less than no bytes");
        }
        Content content = new Content(name, bytes);
        if (taker != null) {
            hand(taker, unpackable(header, raw), content);
        } else {
            if (header.kind() == 'S') {
                skipSparseMap();
            }
            if (hasContent) {
                dump.take(name, content);
            }
        }
        nextName = "";
        nextTarget = "";
        nextBytes = -1;
        nextModified = null;
        nextIsSparse = false;
        members++;
        content.skipRest();
        skipExactly((TarHeader.BLOCK - bytes % TarHeader.BLOCK) % TarHeader.BLOCK, "padding of '" + name + "'");
    }

    private Member unpackable(TarHeader header, String name) {
        if (header.kind() == 'S' || header.kind() == 'D' || header.kind() == 'M' || nextIsSparse) {
            throw DumpDamage.unreadable(
                    where,
                    "has a " + (header.kind() == 'D' || header.kind() == 'M' ? "part" : "sparse file")
                            + " in it that is not unpacked here: '" + Member.shown(name) + "'",
                    "unpack it with GNU tar, and take the folder.");
        }
        Member.Kind kind = switch (header.kind()) {
            case '1' -> Member.Kind.HARD_LINK;
            case '2' -> Member.Kind.SYMBOLIC_LINK;
            case '3', '4', '6' -> Member.Kind.SPECIAL;
            case '5' -> Member.Kind.FOLDER;
            // before there was a flag for folders, they had a slash
            default -> name.endsWith("/") ? Member.Kind.FOLDER : Member.Kind.FILE;
        };
        Instant modified = nextModified;
        return new Member(
                kind,
                name,
                nextTarget.isEmpty() ? header.target() : nextTarget,
                header.mode(),
                Optional.of(modified == null ? header.modified() : modified));
    }

    private static void hand(MemberTaker taker, Member member, Content content) throws IOException {
        taker.begin(member);
        if (member.kind() == Member.Kind.FILE) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                taker.write(buffer, 0, n);
            }
        }
        taker.end();
    }

    private void skipSparseMap() throws IOException {
        boolean more = block[SPARSE_MORE_AT] != 0;
        while (more) {
            if (!fill()) {
                throw DumpDamage.of(where, "is cut at byte " + position);
            }
            more = block[SPARSE_MORE_STILL_AT] != 0;
        }
    }

    private void pax(String records) {
        int at = 0;
        byte[] bytes = records.getBytes(StandardCharsets.ISO_8859_1);
        while (at < bytes.length && bytes[at] != 0) {
            int space = records.indexOf(' ', at);
            int length = space < 0 ? 0 : whole(records.substring(at, space));
            if (length <= space - at || at + length > bytes.length) {
                throw DumpDamage.of(where, "is damaged: a pax header before byte " + position + " cannot be read");
            }
            String record = records.substring(space + 1, at + length - 1);
            int equals = record.indexOf('=');
            said(record.substring(0, Math.max(0, equals)), record.substring(equals + 1));
            at += length;
        }
    }

    private void said(String key, String value) {
        try {
            switch (key) {
                case "path" -> nextName = ended(value);
                case "linkpath" -> nextTarget = ended(value);
                case "size" -> nextBytes = Long.parseLong(value);
                case "mtime" -> nextModified = moment(value);
                default -> nextIsSparse |= key.startsWith("GNU.sparse.");
            }
        } catch (NumberFormatException e) {
            throw DumpDamage.of(
                    where, "is damaged: a pax header before byte " + position + " says '" + key + "=" + value + "'", e);
        }
    }

    private static Instant moment(String text) {
        if (!SECONDS.matcher(text).matches()) {
            throw new NumberFormatException(text);
        }
        BigDecimal seconds = new BigDecimal(text);
        BigDecimal whole = seconds.setScale(0, RoundingMode.FLOOR);
        long nanos = seconds.subtract(whole).movePointRight(9).longValue();
        return TarHeader.moment(whole.longValue()).plusNanos(nanos);
    }

    private int whole(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private String text(long bytes, int most) throws IOException {
        if (bytes < 0 || bytes > most) {
            throw DumpDamage.of(where, "is damaged: a header of " + bytes + " bytes before byte " + position);
        }
        byte[] text = in.readNBytes((int) bytes);
        position += text.length;
        if (text.length < bytes) {
            throw DumpDamage.of(where, "is cut at byte " + position + ", within a header");
        }
        skipExactly((TarHeader.BLOCK - bytes % TarHeader.BLOCK) % TarHeader.BLOCK, "a header");
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private void skip(long bytes) throws IOException {
        skipExactly(bytes + (TarHeader.BLOCK - bytes % TarHeader.BLOCK) % TarHeader.BLOCK, "a header");
    }

    private void skipExactly(long bytes, String what) throws IOException {
        byte[] skipped = new byte[(int) Math.min(Math.max(bytes, 0), 8192)];
        for (long left = bytes; left > 0; ) {
            int read = in.read(skipped, 0, (int) Math.min(skipped.length, left));
            if (read < 0) {
                throw DumpDamage.of(where, "is cut at byte " + position + ", within " + what);
            }
            position += read;
            left -= read;
        }
    }

    private void end() throws IOException {
        if (!fill() || !TarHeader.isEnd(block)) {
            throw DumpDamage.of(where, "is cut: the end of the tar is not whole");
        }
        while (true) {
            int read = in.readNBytes(block, 0, block.length);
            for (int i = 0; i < read; i++) {
                if (block[i] != 0) {
                    throw DumpDamage.of(where, "has something behind the end of the tar");
                }
            }
            if (read < block.length) {
                return;
            }
        }
    }

    private boolean fill() throws IOException {
        int read = in.readNBytes(block, 0, block.length);
        position += read;
        if (read > 0 && read < block.length) {
            throw DumpDamage.of(where, "is cut at byte " + position + ", within a header");
        }
        return read > 0;
    }

    /** One file's bytes; that it ends before it should is damage. */
    private final class Content extends InputStream {
        private final String name;
        private long left;

        Content(String name, long bytes) {
            this.name = name;
            left = bytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0 || left == 0) {
                return length == 0 ? 0 : -1;
            }
            int read = in.read(bytes, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw DumpDamage.of(where, "is cut at byte " + position + ", within '" + name + "'");
            }
            left -= read;
            position += read;
            return read;
        }

        void skipRest() throws IOException {
            byte[] rest = new byte[8192];
            while (read(rest, 0, rest.length) >= 0) {
                // only counted
            }
        }
    }
}
