package dev.holdfast.connectors.postgres;

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

/**
 * The table of contents of a custom-format archive of pg_dump, versions 1.14 to 1.16 of the format (PostgreSQL 12 to 18).
 * Names may contain anything, line ends too, so the archive itself is read and not what {@code pg_restore -l} prints.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/master/src/bin/pg_dump/pg_backup_archiver.c">ReadHead, ReadToc</a>
 */
final class ArchiveToc {
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
                Integer.toString(entry.id()),
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
     * Rewrites an archive without some objects, and without what belongs to their entries, such as comments and rights. An
     * archive lists what is needed before what needs it, so one pass is enough.
     *
     * @return entries that went because they need one that went, without being named themselves
     */
    static List<String> leaveOut(Path archive, String encoding, Set<CatalogId> gone) throws IOException {
        Path shorter = archive.resolveSibling(archive.getFileName() + ".shorter");
        List<String> more = new ArrayList<>();
        Set<String> left = new HashSet<>();
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), 256 * 1024);
                OutputStream kept = new BufferedOutputStream(Files.newOutputStream(shorter), 256 * 1024)) {
            ArchiveInput input = new ArchiveInput(file, ArchiveInput.charset(encoding), name(archive));
            input.skipTime();
            input.origin();
            long countAt = input.position();
            int count = input.count();
            copyHead(archive, input.position(), kept);
            int keeps = 0;
            for (int i = 0; i < count; i++) {
                ArchiveEntry entry = input.entry();
                Item item = item(entry);
                boolean named = gone.contains(item.object());
                if (!named && item.dependencies().stream().noneMatch(left::contains)) {
                    kept.write(entry.raw());
                    keeps++;
                    continue;
                }
                left.add(item.id());
                if (!named && item.object().catalog() != 0) {
                    more.add(item.type() + " " + item.schema() + "." + item.name());
                }
            }
            file.transferTo(kept);
            kept.close();
            writeNumber(shorter, countAt, input.format().intBytes(), keeps);
            Files.move(shorter, archive, StandardCopyOption.REPLACE_EXISTING);
            return more;
        } finally {
            Files.deleteIfExists(shorter);
        }
    }

    private static void copyHead(Path archive, long bytes, OutputStream to) throws IOException {
        try (InputStream head = Files.newInputStream(archive)) {
            to.write(head.readNBytes(Math.toIntExact(bytes)));
        }
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
