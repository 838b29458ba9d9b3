package dev.holdfast.connectors.files;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.source.ExportFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * An export of many files in a folder that only its owner may read. They are written beside, in {@code .holdfast-<random>.part}, which
 * gets the folder's name when all are whole and on the disk. A folder with contents is never replaced. Files may be created by many
 * threads; the rest is for one.
 */
public final class LocalExportFolder implements AutoCloseable {
    private final Path path;
    private final boolean overwrite;
    private final Path unfinished;
    private final LocalPlace files;
    private boolean begun;

    /**
     * @param path where it will be
     * @param overwrite whether an empty folder of that name may be replaced
     */
    public LocalExportFolder(Path path, boolean overwrite) {
        this.path = path.toAbsolutePath().normalize();
        this.overwrite = overwrite;
        this.unfinished = Unfinished.beside(this.path);
        this.files = new LocalPlace(unfinished);
    }

    /** Where it is, for people. */
    public String location() {
        return RawPath.show(RawPath.of(path));
    }

    /**
     * Looks whether it can be written, and begins it.
     *
     * @throws HoldfastException if something has the name that may not be replaced, or nothing can be written there
     */
    public void preflight() {
        requireFree();
        try {
            Files.createDirectory(
                    unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            begun = true;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** What has contents would not be replaced by the file system either. */
    private void requireFree() {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new AlreadyExists(
                    ErrorCode.FILE_UNWRITABLE, "'" + location() + "' is no folder", ExportHints.OF_COMMAND.another());
        }
        try (DirectoryStream<Path> contents = Files.newDirectoryStream(path)) {
            if (contents.iterator().hasNext()) {
                throw new AlreadyExists(
                        ErrorCode.DIRECTORY_NOT_EMPTY,
                        "'" + location() + "' is not empty, and what is in it is never replaced",
                        "name a folder that is not there with --output.");
            }
        } catch (IOException e) {
            throw failure(e);
        }
        if (!overwrite) {
            throw new AlreadyExists(
                    ErrorCode.FILE_UNWRITABLE,
                    "'" + location() + "' exists already, and is empty",
                    "name a folder that is not there with --output, or allow it to be replaced with --overwrite.");
        }
    }

    /** A file in it, which is then opened, written, committed and closed. */
    public ExportFile create(FileName name, FileFacts facts) {
        return files.create(name, facts, false);
    }

    /** Gives it its name. */
    public void commit() {
        try {
            requireFree();
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
            begun = false;
            try (FileChannel folder = FileChannel.open(unfinished.resolveSibling(""), StandardOpenOption.READ)) {
                folder.force(true);
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Without a commit before, removes what was written. */
    @Override
    public void close() {
        if (!begun) {
            return;
        }
        begun = false;
        try {
            Files.walkFileTree(unfinished, new Removal());
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private HoldfastException failure(IOException e) {
        return ExportHints.OF_COMMAND.failures().of("cannot write '" + location() + "'", e);
    }

    /** Follows no link. */
    private static final class Removal extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
