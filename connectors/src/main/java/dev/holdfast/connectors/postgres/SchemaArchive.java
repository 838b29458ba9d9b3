package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.source.PartReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;

/**
 * An archive of pg_dump in a scratch file that {@link #close} removes.
 *
 * @param encoding of the database it came from, by its PostgreSQL name
 */
record SchemaArchive(Path file, String encoding) implements AutoCloseable {
    /** The archive that a part holds. */
    static SchemaArchive of(PartReader part, String encoding, Path scratch) throws IOException {
        Files.createDirectories(scratch);
        SchemaArchive archive = new SchemaArchive(Files.createTempFile(scratch, "schema-", ".dump"), encoding);
        boolean done = false;
        try (InputStream content = part.open(Keys.document(part, Keys.SCHEMA).content())) {
            Files.copy(content, archive.file, StandardCopyOption.REPLACE_EXISTING);
            done = true;
            return archive;
        } finally {
            if (!done) {
                archive.close();
            }
        }
    }

    void items(Consumer<ArchiveToc.Item> visitor) throws IOException {
        ArchiveToc.read(file, encoding, visitor);
    }

    /** The same with some entries changed or left out, in another file beside. */
    SchemaArchive edited(ArchiveToc.Editor editor) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        SchemaArchive copy = new SchemaArchive(Files.createTempFile(parent, "schema-", ".dump"), encoding);
        boolean done = false;
        try {
            ArchiveToc.copy(file, copy.file, encoding, editor);
            done = true;
            return copy;
        } finally {
            if (!done) {
                copy.close();
            }
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // the scratch folder is emptied by its owner
        }
    }
}
