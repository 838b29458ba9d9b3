package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Encoding;

/**
 * The table of contents of a custom-format archive of pg_dump, versions 1.14 to 1.16 of the format (PostgreSQL 12 to 18).
 * Names may contain anything, line ends too, so the archive itself is read and not what {@code pg_restore -l} prints.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/master/src/bin/pg_dump/pg_backup_archiver.c">ReadHead, ReadToc</a>
 */
final class ArchiveToc {
    private static final int VERSION_1_15 = 0x010f;
    private static final int VERSION_1_16 = 0x0110;
    private static final int CUSTOM = 1;
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int TIME_FIELDS = 7;
    private static final int[] FIXED_TIME = {0, 0, 0, 1, 0, 100, 0};

    private ArchiveToc() {}

    /**
     * An entry. All texts are empty where the archive has none.
     *
     * @param id what dependencies of others name
     * @param type what pg_dump calls it, for example {@code TABLE} or {@code FK CONSTRAINT}
     * @param definition the SQL that makes it
     */
    record Item(
            int id,
            String type,
            String schema,
            String name,
            String owner,
            String tablespace,
            String definition,
            List<String> dependencies) {
        Item withOwner(String another) {
            return new Item(id, type, schema, name, another, tablespace, definition, dependencies);
        }

        Item withTablespace(String another) {
            return new Item(id, type, schema, name, owner, another, definition, dependencies);
        }

        Item withDefinition(String another) {
            return new Item(id, type, schema, name, owner, tablespace, another, dependencies);
        }

        /** For people. */
        String shown() {
            return type + " " + (schema.isEmpty() ? "" : Sql.shortName(schema) + ".") + name;
        }
    }

    /** Decides what becomes of an entry of an archive that is copied. */
    interface Editor {
        /** The entry, perhaps with another owner, tablespace or definition; null to leave it out. */
        @Nullable
        Item edit(Item item);
    }

    /**
     * Writes an archive again with some entries changed or left out; what is not changed stays byte for byte. Only for
     * archives without data, where nothing points to a place in the file.
     *
     * @param encoding of the database, by its PostgreSQL name
     */
    static void copy(Path archive, Path copy, String encoding, Editor editor) throws IOException {
        int entries;
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), BUFFER_BYTES);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(copy), BUFFER_BYTES)) {
            entries = new Reader(file, charset(encoding), archive).copy(out, editor);
        }
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), BUFFER_BYTES)) {
            new Reader(file, charset(encoding), archive).recount(copy, entries);
        }
    }

    /**
     * Visits all entries.
     *
     * @param encoding of the database, by its PostgreSQL name
     */
    static void read(Path archive, String encoding, Consumer<Item> visitor) throws IOException {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), BUFFER_BYTES)) {
            new Reader(file, charset(encoding), archive).items(visitor);
        }
    }

    /** Puts a fixed time where the archive keeps when it was made, so that equal schemas make equal archives. */
    static void fixTime(Path archive) throws IOException {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
                RandomAccessFile patched = new RandomAccessFile(archive.toFile(), "rw")) {
            Reader reader = new Reader(file, StandardCharsets.ISO_8859_1, archive);
            patched.seek(reader.timeOffset());
            for (int value : FIXED_TIME) {
                byte[] encoded = new byte[1 + reader.intBytes];
                encoded[1] = (byte) value;
                patched.write(encoded);
            }
        }
    }

    private static Charset charset(String encoding) {
        return encoding.equals("SQL_ASCII")
                ? StandardCharsets.UTF_8
                : Charset.forName(Encoding.getDatabaseEncoding(encoding).name());
    }

    private static final class Reader {
        private final InputStream in;
        private final Charset charset;
        private final Path archive;
        private final int version;
        private final int intBytes;
        private final int offsetBytes;
        private @Nullable ByteArrayOutputStream recorded;
        private Span definition = new Span(0, 0);
        private Span tablespace = new Span(0, 0);
        private Span owner = new Span(0, 0);
        private long position;

        /** Where a text lies, from the beginning of its entry. */
        private record Span(int from, int to) {
            static Span of(long entry, long from, long to) {
                return new Span(Math.toIntExact(from - entry), Math.toIntExact(to - entry));
            }
        }

        Reader(InputStream in, Charset charset, Path archive) throws IOException {
            this.in = in;
            this.charset = charset;
            this.archive = archive;
            if (!new String(bytes(5), StandardCharsets.US_ASCII).equals("PGDMP")) {
                throw odd("does not begin with PGDMP");
            }
            version = octet() << 8 | octet();
            octet(); // revision
            if (version >>> 8 != 1 || version < 0x010e || version > VERSION_1_16) {
                throw odd(
                        "has format version " + (version >>> 8) + "." + (version & 0xff) + ", known are 1.14 to 1.16");
            }
            intBytes = octet();
            offsetBytes = octet();
            if (octet() != CUSTOM) {
                throw odd("is not in custom format");
            }
            if (version >= VERSION_1_15) {
                octet(); // compression
            } else {
                number();
            }
        }

        long timeOffset() {
            return position;
        }

        void items(Consumer<Item> visitor) throws IOException {
            skipHeader();
            int count = number();
            for (int i = 0; i < count; i++) {
                visitor.accept(item());
            }
        }

        void skipHeader() throws IOException {
            for (int i = 0; i < TIME_FIELDS; i++) {
                number();
            }
            text(); // database
            text(); // version of the server
            text(); // version of pg_dump
        }

        /** Writes everything but the number of entries, which is what it returns. */
        int copy(OutputStream out, Editor editor) throws IOException {
            skipHeader();
            int count = number();
            try (InputStream again = Files.newInputStream(archive)) {
                out.write(again.readNBytes(Math.toIntExact(position)));
            }
            recorded = new ByteArrayOutputStream();
            int kept = 0;
            for (int i = 0; i < count; i++) {
                Item item = item();
                Item edited = editor.edit(item);
                if (edited != null) {
                    write(out, recorded.toByteArray(), item, edited);
                    kept++;
                }
                recorded.reset();
            }
            in.transferTo(out);
            return kept;
        }

        private void write(OutputStream out, byte[] raw, Item item, Item edited) throws IOException {
            int from = 0;
            from = replace(out, raw, from, definition, item.definition(), edited.definition());
            from = replace(out, raw, from, tablespace, item.tablespace(), edited.tablespace());
            from = replace(out, raw, from, owner, item.owner(), edited.owner());
            out.write(raw, from, raw.length - from);
        }

        private int replace(OutputStream out, byte[] raw, int from, Span span, String before, String after)
                throws IOException {
            if (after.equals(before)) {
                return from;
            }
            out.write(raw, from, span.from() - from);
            byte[] text = after.getBytes(charset);
            out.write(encoded(text.length));
            out.write(text);
            return span.to();
        }

        byte[] encoded(int number) {
            byte[] encoded = new byte[1 + intBytes];
            for (int i = 0; i < Math.min(intBytes, Integer.BYTES); i++) {
                encoded[1 + i] = (byte) (number >>> (8 * i));
            }
            return encoded;
        }

        /** Puts the number of entries that a copy has where it belongs. */
        void recount(Path copy, int entries) throws IOException {
            skipHeader();
            try (RandomAccessFile patched = new RandomAccessFile(copy.toFile(), "rw")) {
                patched.seek(position);
                patched.write(encoded(entries));
            }
        }

        private Item item() throws IOException {
            long start = position;
            int id = number();
            number(); // whether data follow
            text(); // oid of the catalog
            text(); // oid
            String name = text();
            String type = text();
            number(); // section
            long at = position;
            String sql = text();
            definition = Span.of(start, at, position);
            text(); // how to drop it
            text(); // how to copy it
            String schema = text();
            at = position;
            String space = text();
            tablespace = Span.of(start, at, position);
            text(); // access method
            if (version >= VERSION_1_16) {
                number(); // kind of relation
            }
            at = position;
            String role = text();
            owner = Span.of(start, at, position);
            text(); // with oids
            List<String> dependencies = new ArrayList<>();
            for (String dependency = textOrNull(); dependency != null; dependency = textOrNull()) {
                dependencies.add(dependency);
            }
            bytes(1 + offsetBytes); // where its data are
            return new Item(id, type, schema, name, role, space, sql, dependencies);
        }

        private String text() throws IOException {
            String text = textOrNull();
            return text == null ? "" : text;
        }

        private @Nullable String textOrNull() throws IOException {
            int length = number();
            return length < 0 ? null : new String(bytes(length), charset);
        }

        private int number() throws IOException {
            boolean negative = octet() != 0;
            int value = 0;
            for (int i = 0; i < intBytes; i++) {
                int octet = octet();
                if (i < Integer.BYTES) {
                    value |= octet << (8 * i);
                }
            }
            return negative ? -value : value;
        }

        private int octet() throws IOException {
            return bytes(1)[0] & 0xff;
        }

        private byte[] bytes(int count) throws IOException {
            byte[] bytes = in.readNBytes(count);
            if (bytes.length < count) {
                throw new EOFException(
                        "archive " + archive.getFileName() + " ends at byte " + (position + bytes.length));
            }
            position += count;
            if (recorded != null) {
                recorded.writeBytes(bytes);
            }
            return bytes;
        }

        private static Damaged odd(String what) {
            return new Damaged(
                    ErrorCode.DATABASE_DUMP_FAILED,
                    "the schema archive of pg_dump " + what,
                    "install a pg_dump of version 14 to 18.");
        }
    }
}
