package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ArchiveEntry.Place;
import dev.holdfast.connectors.postgres.ArchiveEntry.Span;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Encoding;

/**
 * Reads head and table of contents of an archive of pg_dump from its first byte on: one of our own, in custom format and of versions 1.14
 * to 1.16 (PostgreSQL 12 to 18), or one of anybody, also as it lies in a tar or a folder, from version 1.12 (PostgreSQL 9.0) on. For one
 * thread.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/master/src/bin/pg_dump/pg_backup_archiver.c">ReadHead, ReadToc</a>
 */
final class ArchiveInput {
    private static final int OLDEST_READ = ArchiveFormat.VERSION_1_12;
    private static final int MOST_TEXT_BYTES = 64 << 20;

    private final InputStream in;
    private Charset charset;
    private final String name;
    private final boolean own;
    private final int kind;
    private final ArchiveFormat format;
    private final int compression;
    private final ByteArrayOutputStream raw = new ByteArrayOutputStream();
    private long position;

    /**
     * @param charset of the texts
     * @param name of the archive, for people
     */
    ArchiveInput(InputStream in, Charset charset, String name) throws IOException {
        this(in, charset, name, true);
    }

    /** An archive that anybody made; its texts are taken for UTF-8 until it says how they are encoded. */
    static ArchiveInput ofAnybody(InputStream in, String name) throws IOException {
        return new ArchiveInput(in, StandardCharsets.UTF_8, name, false);
    }

    private ArchiveInput(InputStream in, Charset charset, String name, boolean own) throws IOException {
        this.in = in;
        this.charset = charset;
        this.name = name;
        this.own = own;
        if (!new String(bytes(5), StandardCharsets.US_ASCII).equals("PGDMP")) {
            throw odd("does not begin with PGDMP");
        }
        int version = octet() << 8 | octet();
        int revision = octet();
        int oldest = own ? ArchiveFormat.VERSION_1_14 : OLDEST_READ;
        if (version < oldest || version > ArchiveFormat.VERSION_1_16) {
            throw odd("has format version " + (version >>> 8) + "." + (version & 0xff) + ", known are 1."
                    + (oldest & 0xff) + " to 1.16");
        }
        format = new ArchiveFormat(version, revision, octet(), octet());
        if (!format.isPlausible()) {
            throw odd("has numbers of " + format.intBytes() + " and places of " + format.offsetBytes() + " bytes");
        }
        kind = octet();
        if (own && kind != ArchiveFormat.CUSTOM) {
            throw odd("is not in custom format");
        }
        compression = format.namesCompression() ? octet() : number();
    }

    /** One of the kinds of {@link ArchiveFormat}. */
    int kind() {
        return kind;
    }

    /** From here on texts are in another character set. */
    void decode(Charset other) {
        charset = other;
    }

    /** The character set of a database's encoding; SQL_ASCII has none, so its names are taken for UTF-8. */
    static Charset charset(String encoding) {
        return encoding.equals("SQL_ASCII")
                ? StandardCharsets.UTF_8
                : Charset.forName(Encoding.getDatabaseEncoding(encoding).name());
    }

    Charset charset() {
        return charset;
    }

    ArchiveFormat format() {
        return format;
    }

    /** 0 for none. */
    int compression() {
        return compression;
    }

    /** Where the next byte to be read is. */
    long position() {
        return position;
    }

    /** The time, in the fields of C's {@code tm} from seconds on; comes first. */
    void skipTime() throws IOException {
        for (int i = 0; i < ArchiveFormat.TIME_FIELDS; i++) {
            number();
        }
    }

    /** Names of the database, the server's version and that of pg_dump, as they are; come second. */
    byte[] origin() throws IOException {
        raw.reset();
        text();
        text();
        text();
        return raw.toByteArray();
    }

    /**
     * What {@link #origin} reads, as texts.
     *
     * @param server version of the server
     * @param tool version of pg_dump
     */
    record Origin(String database, String server, String tool) {}

    Origin originTexts() throws IOException {
        raw.reset();
        return new Origin(text(), text(), text());
    }

    /** How many entries follow; comes third. */
    int count() throws IOException {
        return number();
    }

    ArchiveEntry entry() throws IOException {
        raw.reset();
        int id = number();
        number(); // whether data follow
        String catalog = text();
        String oid = text();
        String tag = text();
        String type = text();
        int section = number();
        int at = raw.size();
        String definition = text();
        Span definitionAt = new Span(at, raw.size());
        String removal = text();
        String copy = text();
        String schema = text();
        at = raw.size();
        String tablespace = text();
        Span tablespaceAt = new Span(at, raw.size());
        if (format.namesAccessMethods()) {
            text();
        }
        if (format.isOf17()) {
            number(); // kind of relation
        }
        at = raw.size();
        String owner = text();
        Span ownerAt = new Span(at, raw.size());
        text(); // with oids
        List<String> dependencies = new ArrayList<>();
        for (String dependency = textOrNull(); dependency != null; dependency = textOrNull()) {
            dependencies.add(dependency);
        }
        boolean inOneFile = kind == ArchiveFormat.CUSTOM;
        Place place = inOneFile ? new Place(octet(), little(bytes(format.offsetBytes()))) : Place.NONE;
        String file = inOneFile ? "" : text();
        return new ArchiveEntry(
                id,
                catalog,
                oid,
                tag,
                type,
                section,
                definition,
                removal,
                copy,
                schema,
                tablespace,
                owner,
                dependencies,
                place,
                file,
                raw.toByteArray(),
                definitionAt,
                tablespaceAt,
                ownerAt);
    }

    private String text() throws IOException {
        String text = textOrNull();
        return text == null ? "" : text;
    }

    private @Nullable String textOrNull() throws IOException {
        int length = number();
        if (length > MOST_TEXT_BYTES) {
            throw odd("is damaged: it has a text of " + length + " bytes");
        }
        return length < 0 ? null : new String(bytes(length), charset);
    }

    int number() throws IOException {
        boolean negative = octet() != 0;
        int value = (int) little(bytes(format.intBytes()));
        return negative ? -value : value;
    }

    private static long little(byte[] bytes) {
        long value = 0;
        for (int i = 0; i < Math.min(bytes.length, Long.BYTES); i++) {
            value |= (bytes[i] & 0xffL) << (8 * i);
        }
        return value;
    }

    int octet() throws IOException {
        return bytes(1)[0] & 0xff;
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("archive " + name + " ends at byte " + (position + bytes.length));
        }
        position += count;
        raw.writeBytes(bytes);
        return bytes;
    }

    private Damaged odd(String what) {
        return !own
                ? new Damaged(
                        ErrorCode.DAMAGED, "'" + name + "' " + what, "take another copy of it, or a newer Holdfast.")
                : new Damaged(
                        ErrorCode.DATABASE_DUMP_FAILED,
                        "the schema archive of pg_dump " + what,
                        "install a pg_dump of version 14 to 18.");
    }
}
