package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ArchiveEntry.Span;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
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

/**
 * The table of contents of a custom-format archive of pg_dump, versions 1.14 to 1.16 of the format (PostgreSQL 12 to 18).
 * Names may contain anything, line ends too, so the archive itself is read and not what {@code pg_restore -l} prints.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/master/src/bin/pg_dump/pg_backup_archiver.c">ReadHead, ReadToc</a>
 */
final class ArchiveToc {
    private static final int BUFFER_BYTES = 256 * 1024;
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
            int id,
            CatalogId object,
            String type,
            String schema,
            String name,
            String owner,
            String tablespace,
            String definition,
            List<String> dependencies) {
        Item withOwner(String another) {
            return new Item(id, object, type, schema, name, another, tablespace, definition, dependencies);
        }

        Item withTablespace(String another) {
            return new Item(id, object, type, schema, name, owner, another, definition, dependencies);
        }

        Item withDefinition(String another) {
            return new Item(id, object, type, schema, name, owner, tablespace, another, dependencies);
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
     * Visits all entries.
     *
     * @param encoding of the database, by its PostgreSQL name
     */
    static void read(Path archive, String encoding, Consumer<Item> visitor) throws IOException {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), BUFFER_BYTES)) {
            ArchiveInput input = new ArchiveInput(file, ArchiveInput.charset(encoding), name(archive));
            input.skipTime();
            input.origin();
            int count = input.count();
            for (int i = 0; i < count; i++) {
                visitor.accept(item(input.entry()));
            }
        }
    }

    private static Item item(ArchiveEntry entry) {
        return new Item(
                entry.id(),
                new CatalogId(oid(entry.catalog()), oid(entry.oid())),
                entry.type(),
                entry.schema(),
                entry.name(),
                entry.owner(),
                entry.tablespace(),
                entry.definition(),
                entry.dependencies());
    }

    private static long oid(String text) {
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    /**
     * Writes an archive again with some entries changed or left out; what is not changed stays byte for byte. Only for
     * archives without data, where nothing points to a place in the file.
     *
     * @param encoding of the database, by its PostgreSQL name
     */
    static void copy(Path archive, Path copy, String encoding, Editor editor) throws IOException {
        long countAt;
        byte[] entries;
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), BUFFER_BYTES);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(copy), BUFFER_BYTES)) {
            ArchiveInput input = new ArchiveInput(file, ArchiveInput.charset(encoding), name(archive));
            input.skipTime();
            input.origin();
            countAt = input.position();
            int count = input.count();
            copyHead(archive, input.position(), out);
            int kept = 0;
            for (int i = 0; i < count; i++) {
                ArchiveEntry entry = input.entry();
                Item item = item(entry);
                Item edited = editor.edit(item);
                if (edited != null) {
                    write(out, input, entry, edited);
                    kept++;
                }
            }
            file.transferTo(out);
            entries = number(input, kept);
        }
        try (RandomAccessFile patched = new RandomAccessFile(copy.toFile(), "rw")) {
            patched.seek(countAt);
            patched.write(entries);
        }
    }

    private static void copyHead(Path archive, long bytes, OutputStream to) throws IOException {
        try (InputStream head = Files.newInputStream(archive)) {
            to.write(head.readNBytes(Math.toIntExact(bytes)));
        }
    }

    private static void write(OutputStream out, ArchiveInput input, ArchiveEntry entry, Item edited)
            throws IOException {
        int from = 0;
        from = replace(out, input, entry, from, entry.definitionAt(), entry.definition(), edited.definition());
        from = replace(out, input, entry, from, entry.tablespaceAt(), entry.tablespace(), edited.tablespace());
        from = replace(out, input, entry, from, entry.ownerAt(), entry.owner(), edited.owner());
        out.write(entry.raw(), from, entry.raw().length - from);
    }

    private static int replace(
            OutputStream out, ArchiveInput input, ArchiveEntry entry, int from, Span span, String before, String after)
            throws IOException {
        if (after.equals(before)) {
            return from;
        }
        out.write(entry.raw(), from, span.from() - from);
        byte[] text = after.getBytes(input.charset());
        out.write(number(input, text.length));
        out.write(text);
        return span.to();
    }

    private static byte[] number(ArchiveInput input, int number) {
        int bytes = input.format().intBytes();
        byte[] encoded = new byte[1 + bytes];
        for (int i = 0; i < Math.min(bytes, Integer.BYTES); i++) {
            encoded[1 + i] = (byte) (number >>> (8 * i));
        }
        return encoded;
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
        Set<String> left = new HashSet<>();
        try {
            copy(archive, shorter, encoding, item -> {
                boolean named = gone.contains(item.object());
                if (!named && item.dependencies().stream().noneMatch(left::contains)) {
                    return item;
                }
                left.add(Integer.toString(item.id()));
                if (!named && item.object().catalog() != 0) {
                    more.add(item.type() + " " + item.schema() + "." + item.name());
                }
                return null;
            });
            Files.move(shorter, archive, StandardCopyOption.REPLACE_EXISTING);
            return more;
        } finally {
            Files.deleteIfExists(shorter);
        }
    }

    /** Puts a fixed time where the archive keeps when it was made, so that equal schemas make equal archives. */
    static void fixTime(Path archive) throws IOException {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
                RandomAccessFile patched = new RandomAccessFile(archive.toFile(), "rw")) {
            ArchiveInput input = new ArchiveInput(file, StandardCharsets.ISO_8859_1, name(archive));
            patched.seek(input.position());
            for (int value : FIXED_TIME) {
                byte[] encoded = new byte[1 + input.format().intBytes()];
                encoded[1] = (byte) value;
                patched.write(encoded);
            }
        }
    }

    private static String name(Path archive) {
        return String.valueOf(archive.getFileName());
    }
}
