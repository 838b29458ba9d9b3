package dev.holdfast.connectors.postgres;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
     * @param type what pg_dump calls it, for example {@code TABLE} or {@code FK CONSTRAINT}
     * @param definition the SQL that makes it
     */
    record Item(
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
                entry.type(),
                entry.schema(),
                entry.name(),
                entry.owner(),
                entry.tablespace(),
                entry.definition(),
                entry.dependencies());
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
