package dev.holdfast.connectors.files;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.ExportFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An export in a file that only its owner may read. It is written beside, under {@code .holdfast-<random>.part}, and gets its
 * name when it is whole and on the disk.
 */
public final class LocalExportFile implements ExportFile {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path path;
    private final boolean overwrite;
    private final ExportHints hints;
    private final Path unfinished;
    private @Nullable FileChannel channel;

    /**
     * @param path where it will be
     * @param overwrite whether a file of that name may be replaced
     */
    public LocalExportFile(Path path, boolean overwrite) {
        this(path, overwrite, ExportHints.OF_COMMAND);
    }

    LocalExportFile(Path path, boolean overwrite, ExportHints hints) {
        this.path = path.toAbsolutePath().normalize();
        this.overwrite = overwrite;
        this.hints = hints;
        this.unfinished = Unfinished.beside(this.path);
    }

    @Override
    public String location() {
        return path.toString();
    }

    @Override
    public void preflight() {
        if (Files.isDirectory(path)) {
            throw new AlreadyExists(ErrorCode.FILE_UNWRITABLE, "'" + path + "' is a directory", hints.another());
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !overwrite) {
            throw exists(null);
        }
        if (overwrite
                && Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new AlreadyExists(
                    ErrorCode.FILE_UNWRITABLE,
                    "'" + path + "' is no ordinary file, and only such a one is replaced",
                    hints.another());
        }
        try {
            channel = FileChannel.open(
                    unfinished,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    OWNER_ONLY);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private AlreadyExists exists(@Nullable Throwable cause) {
        return new AlreadyExists(ErrorCode.FILE_UNWRITABLE, "'" + path + "' exists already", hints.taken(), cause);
    }

    private FileChannel channel() {
        FileChannel open = channel;
        if (open == null) {
            throw new IllegalStateException("not open");
        }
        return open;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
        try {
            while (rest.hasRemaining()) {
                channel().write(rest);
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public boolean seekable() {
        return true;
    }

    @Override
    public void patch(long position, byte[] bytes) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        try {
            while (rest.hasRemaining()) {
                channel().write(rest, position + rest.position());
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public int read(long position, byte[] bytes) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        try {
            while (rest.hasRemaining() && channel().read(rest, position + rest.position()) >= 0) {
                // on to the rest
            }
            return rest.position();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void commit() {
        try {
            channel().force(true);
            channel().close();
            if (overwrite) {
                Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
            } else {
                publish();
            }
            flushFolder();
        } catch (FileAlreadyExistsException e) {
            throw exists(e);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** A link is never made over something; where there are none, a look must do. */
    private void publish() throws IOException {
        try {
            Files.createLink(path, unfinished);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                throw exists(e);
            }
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private void flushFolder() throws IOException {
        try (FileChannel folder = FileChannel.open(unfinished.resolveSibling(""), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    /** Removes the unfinished file; after a commit that is only its second name, if anything. */
    @Override
    public void close() {
        try {
            FileChannel open = channel;
            if (open != null) {
                open.close();
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private HoldfastException failure(IOException e) {
        return hints.failures().of("cannot write '" + path + "'", e);
    }
}
