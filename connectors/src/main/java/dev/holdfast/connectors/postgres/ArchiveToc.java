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
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    private static final int TIME_FIELDS = 7;
    private static final int[] FIXED_TIME = {0, 0, 0, 1, 0, 100, 0};

    private ArchiveToc() {}

    /**
     * An entry. All texts are empty where the archive has none.
     *
     * @param id what dependencies name it by
     * @param object what it makes; catalog 0 if it belongs to another entry or to none
     * @param type what pg_dump calls it, for example {@code TABLE} or {@code FK CONSTRAINT}
     * @param definition the SQL that makes it
     */
    record Item(
            String id,
            CatalogId object,
            String type,
            String schema,
            String name,
            String owner,
            String tablespace,
            String definition,
            List<String> dependencies) {}

    /**
     * Visits all entries.
     *
     * @param encoding of the database, by its PostgreSQL name
     */
    static void read(Path archive, String encoding, Consumer<Item> visitor) throws IOException {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), 256 * 1024)) {
            new Reader(file, charset(encoding), archive, OutputStream.nullOutputStream()).items(visitor);
        }
    }

    /**
     * Rewrites an archive without some objects, and without what belongs to their entries, such as comments and rights. An
     * archive lists what is needed before what needs it, so one pass is enough.
     *
     * @return entries that went because they need one that went, without being named themselves
     */
    static List<String> leaveOut(Path archive, String encoding, Set<CatalogId> gone) throws IOException {
        Path shorter = archive.resolveSibling(archive.getFileName() + ".shorter");
        List<String> more = new ArrayList<>();
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        Set<String> left = new HashSet<>();
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), 256 * 1024);
                OutputStream kept = new BufferedOutputStream(Files.newOutputStream(shorter), 256 * 1024)) {
            Reader reader = new Reader(file, charset(encoding), archive, read);
            reader.preamble();
            long countAt = reader.position;
            int count = reader.number();
            int keeps = 0;
            for (int i = 0; i < count; i++) {
                move(read, kept);
                Item item = reader.item();
                boolean named = gone.contains(item.object());
                if (!named && item.dependencies().stream().noneMatch(left::contains)) {
                    keeps++;
                    continue;
                }
                left.add(item.id());
                read.reset();
                if (!named && item.object().catalog() != 0) {
                    more.add(item.type() + " " + item.schema() + "." + item.name());
                }
            }
            move(read, kept);
            file.transferTo(kept);
            kept.close();
            writeNumber(shorter, countAt, reader.intBytes, keeps);
            Files.move(shorter, archive, StandardCopyOption.REPLACE_EXISTING);
            return more;
        } finally {
            Files.deleteIfExists(shorter);
        }
    }

    private static void move(ByteArrayOutputStream from, OutputStream to) throws IOException {
        from.writeTo(to);
        from.reset();
    }

    private static void writeNumber(Path archive, long at, int bytes, int value) throws IOException {
        try (RandomAccessFile patched = new RandomAccessFile(archive.toFile(), "rw")) {
            patched.seek(at + 1); // after the sign
            for (int i = 0; i < bytes; i++) {
                patched.write(i < Integer.BYTES ? value >>> (8 * i) : 0);
            }
        }
    }

    /** Puts a fixed time where the archive keeps when it was made, so that equal schemas make equal archives. */
    static void fixTime(Path archive) throws IOException {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
                RandomAccessFile patched = new RandomAccessFile(archive.toFile(), "rw")) {
            Reader reader = new Reader(file, StandardCharsets.ISO_8859_1, archive, OutputStream.nullOutputStream());
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
        private final OutputStream copy;
        private final int version;
        private final int intBytes;
        private final int offsetBytes;
        private long position;

        /**
         * @param copy gets every byte that is read
         */
        Reader(InputStream in, Charset charset, Path archive, OutputStream copy) throws IOException {
            this.in = in;
            this.charset = charset;
            this.archive = archive;
            this.copy = copy;
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

        /** What stands before the number of entries. */
        void preamble() throws IOException {
            for (int i = 0; i < TIME_FIELDS; i++) {
                number();
            }
            text(); // database
            text(); // version of the server
            text(); // version of pg_dump
        }

        void items(Consumer<Item> visitor) throws IOException {
            preamble();
            int count = number();
            for (int i = 0; i < count; i++) {
                visitor.accept(item());
            }
        }

        private Item item() throws IOException {
            int id = number();
            number(); // whether data follow
            long catalog = oid(text());
            long oid = oid(text());
            String name = text();
            String type = text();
            number(); // section
            String definition = text();
            text(); // how to drop it
            text(); // how to copy it
            String schema = text();
            String tablespace = text();
            text(); // access method
            if (version >= VERSION_1_16) {
                number(); // kind of relation
            }
            String owner = text();
            text(); // with oids
            List<String> dependencies = new ArrayList<>();
            for (String dependency = textOrNull(); dependency != null; dependency = textOrNull()) {
                dependencies.add(dependency);
            }
            bytes(1 + offsetBytes); // where its data are
            return new Item(
                    Integer.toString(id),
                    new CatalogId(catalog, oid),
                    type,
                    schema,
                    name,
                    owner,
                    tablespace,
                    definition,
                    dependencies);
        }

        private static long oid(String text) {
            return text.isEmpty() ? 0 : Long.parseLong(text);
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
            copy.write(bytes);
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
