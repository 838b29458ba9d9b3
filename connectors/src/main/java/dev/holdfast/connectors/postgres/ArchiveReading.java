package dev.holdfast.connectors.postgres;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.holdfast.connectors.postgres.ArchiveListing.Data;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Proves that an archive of {@code pg_dump -Fc} is whole, whoever made it, while it is read from its first byte to its last: every entry
 * that has data has its block, of which every compressed byte is unpacked, and text for {@code COPY} ends as it should. For one thread.
 *
 * <pre>
 * archive = head, table of contents, { block }
 * block   = kind 1, id, { piece }, 0                                rows
 *         | kind 3, id, { oid, { piece }, 0 }, 0                    large objects
 * piece   = length above 0, bytes                                   of one zlib or zstd stream, or as they are
 * </pre>
 *
 * @see <a href="https://github.com/postgres/postgres/blob/master/src/bin/pg_dump/pg_backup_custom.c">pg_backup_custom.c</a>
 */
public final class ArchiveReading {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final String where;
    private final Counting in;
    private final ArchiveInput input;
    private final int compression;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private long unpacked;

    private ArchiveReading(InputStream content, String where) throws IOException {
        this.where = where;
        in = new Counting(new BufferedInputStream(content, BUFFER_BYTES));
        input = ArchiveInput.ofAnybody(in, where);
        if (input.kind() != ArchiveFormat.CUSTOM) {
            throw damaged("is a table of contents of pg_dump without its data", null);
        }
        compression = compression(input, where);
    }

    /** Algorithm of what is compressed within. */
    static int compression(ArchiveInput input, String where) {
        int said = input.compression();
        if (!input.format().namesCompression()) {
            return said == 0 ? ArchiveFormat.NOT_COMPRESSED : ArchiveFormat.GZIP;
        }
        if (said == ArchiveFormat.LZ4) {
            throw new Unsupported(
                    ErrorCode.CHECK_FAILED,
                    "'" + where + "' is compressed with lz4 within, which is not read here",
                    "restore it with pg_restore to prove it, or dump with --compress=zstd.");
        }
        if (said < 0 || said > ArchiveFormat.ZSTD) {
            throw damaged(where, "is damaged: it says that it is compressed in way " + said, null);
        }
        return said;
    }

    /**
     * @param content from its first byte to its last; not closed
     * @param where it is, for people
     * @throws Damaged if anything of it is missing or cannot be unpacked
     * @throws Unsupported if it is compressed in a way that cannot be read here
     */
    public static DumpContents read(InputStream content, String where) {
        try {
            return new ArchiveReading(content, where).read();
        } catch (EOFException e) {
            throw damaged(where, "is cut: " + e.getMessage(), e);
        } catch (IOException e) {
            throw damaged(where, "is damaged: " + e.getMessage(), e);
        }
    }

    private DumpContents read() throws IOException {
        ArchiveListing listing = ArchiveListing.of(input);
        for (int kind = in.read(); kind >= 0; kind = in.read()) {
            long at = in.position - 1;
            int id = number();
            Data data = listing.expected().get(id);
            if (data == null) {
                throw damaged(
                        "is damaged: at byte " + at + " are data of entry " + id + ", which should have none", null);
            }
            if (kind != (data.largeObjects() ? ArchiveFormat.LARGE_OBJECTS_BLOCK : ArchiveFormat.ROWS_BLOCK)) {
                throw damaged("is damaged: the data of " + data.shown() + " are of kind " + kind, null);
            }
            if (data.place().state() == ArchiveFormat.PLACE_KNOWN
                    && data.place().position() != at) {
                throw damaged(
                        "is damaged: the data of " + data.shown() + " should be at byte "
                                + data.place().position() + " and are at " + at,
                        null);
            }
            unpacked = 0;
            long rows = data.largeObjects() ? largeObjects() : rows(data);
            listing.met(data, rows, unpacked);
        }
        if (!listing.expected().isEmpty()) {
            throw damaged(
                    "is cut: it lacks the data of "
                            + listing.expected().values().iterator().next().shown()
                            + (listing.expected().size() > 1
                                    ? " and " + (listing.expected().size() - 1) + " more"
                                    : ""),
                    null);
        }
        return listing.contents();
    }

    private long rows(Data data) throws IOException {
        CopyLines lines = new CopyLines();
        unpack(data.shown(), lines);
        if (!data.copied()) {
            return -1;
        }
        if (!lines.whole()) {
            throw damaged("is damaged: the rows of " + data.shown() + " do not end as they should", null);
        }
        return lines.rows();
    }

    private long largeObjects() throws IOException {
        for (int oid = number(); oid != 0; oid = number()) {
            unpack("large object " + Integer.toUnsignedString(oid), null);
        }
        return -1;
    }

    /** Unpacks one stream of pieces to its end, and the last piece with it. */
    private void unpack(String what, @Nullable CopyLines lines) throws IOException {
        Pieces pieces = new Pieces();
        Inflater inflater = new Inflater();
        try {
            InputStream plain = switch (compression) {
                case ArchiveFormat.GZIP -> new InflaterInputStream(pieces, inflater, BUFFER_BYTES);
                case ArchiveFormat.ZSTD -> new ZstdInputStreamNoFinalizer(pieces);
                default -> pieces;
            };
            if (!pieces.empty()) {
                for (int n = plain.read(buffer); n >= 0; n = plain.read(buffer)) {
                    unpacked += n;
                    if (lines != null) {
                        lines.take(buffer, 0, n);
                    }
                }
            }
            boolean allUsed = compression != ArchiveFormat.GZIP || inflater.getRemaining() == 0;
            if (!allUsed || pieces.read() >= 0) {
                throw damaged("is damaged: " + what + " has more bytes than were compressed", null);
            }
        } catch (Cut e) {
            throw e;
        } catch (EOFException e) {
            throw damaged("is damaged: " + what + " ends before it is unpacked", e);
        } catch (IOException e) {
            throw damaged("is damaged: " + what + " cannot be unpacked (" + e.getMessage() + ")", e);
        } finally {
            inflater.end();
        }
    }

    /** As in the table of contents. */
    private int number() throws IOException {
        boolean negative = octet() != 0;
        int value = 0;
        for (int i = 0; i < input.format().intBytes(); i++) {
            int b = octet();
            value |= i < Integer.BYTES ? b << (8 * i) : 0;
        }
        return negative ? -value : value;
    }

    private int octet() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new Cut("it ends at byte " + in.position + ", within its data");
        }
        return b;
    }

    private Damaged damaged(String what, @Nullable Throwable cause) {
        return damaged(where, what, cause);
    }

    private static Damaged damaged(String where, String what, @Nullable Throwable cause) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "'" + where + "' " + what,
                "take another copy of it; what can be read of this one is not all of it.",
                cause);
    }

    /** The file ended, which is another thing than a stream within it that did. */
    private static final class Cut extends EOFException {
        private static final long serialVersionUID = 1L;

        Cut(String message) {
            super(message);
        }
    }

    /** The bytes of all pieces to the one of no length. */
    private final class Pieces extends InputStream {
        private int left;
        private boolean ended;

        /** Whether there is none; some versions write nothing where there is nothing to compress. */
        boolean empty() throws IOException {
            return !more();
        }

        private boolean more() throws IOException {
            if (left == 0 && !ended) {
                left = number();
                if (left < 0) {
                    throw damaged("is damaged: at byte " + in.position + " is a piece of less than no bytes", null);
                }
                ended = left == 0;
            }
            return !ended;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0 || !more()) {
                return length == 0 ? 0 : -1;
            }
            int read = in.read(bytes, offset, Math.min(length, left));
            if (read < 0) {
                throw new Cut("it ends at byte " + in.position + ", within its data");
            }
            left -= read;
            return read;
        }
    }

    private static final class Counting extends InputStream {
        private final InputStream in;
        private long position;

        Counting(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            position += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = in.read(bytes, offset, length);
            position += Math.max(0, read);
            return read;
        }
    }
}
