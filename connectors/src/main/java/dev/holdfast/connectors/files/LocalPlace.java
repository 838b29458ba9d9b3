package dev.holdfast.connectors.files;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.ExportFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A directory that keeps exported files. Only {@link #prepare} makes it: a disk that is not mounted is never mistaken for an empty
 * place. Below it no link is followed to write or to delete; a file is read through a link that {@link #point} made. Names are UTF-8
 * on the disk whatever the locale.
 *
 * <p>Safe for many threads and many processes.
 */
public final class LocalPlace implements FilePlace {
    private static final FileAttribute<?> FOLDER_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path root;
    private final byte[] rawRoot;

    /**
     * @param root the directory; relative to the working directory if not absolute
     */
    public LocalPlace(Path root) {
        this.root = root.toAbsolutePath().normalize();
        rawRoot = RawPath.of(this.root);
    }

    @Override
    public String location() {
        return RawPath.show(rawRoot);
    }

    @Override
    public String location(FileName name) {
        return RawPath.show(raw(name));
    }

    @Override
    public void prepare() {
        try {
            if (!Files.isDirectory(root)) {
                Files.createDirectories(root, FOLDER_MODE);
                flush(parentOf(root));
            }
        } catch (IOException e) {
            throw failure("cannot make '" + location() + "'", e);
        }
    }

    @Override
    public ExportFile create(FileName name, FileFacts facts, boolean replace) {
        if (Unfinished.is(name.last())) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "'" + name + "' is a name of files that are not finished",
                    "change the pattern that names the files.");
        }
        return new LocalPlacedFile(this, name, new LocalExportFile(path(name), replace, ExportHints.OF_PLACE));
    }

    /** Makes the folders of a name that are missing, and sees that their names survive a power cut. */
    void makeFolders(FileName name) {
        requireRoot();
        try {
            for (Path folder : folders(name)) {
                if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                    make(folder);
                    flush(parentOf(folder));
                }
            }
        } catch (IOException e) {
            throw failure("cannot make the folder of '" + location(name) + "'", e);
        }
        requireFolders(name);
    }

    private static void make(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, FOLDER_MODE);
        } catch (FileAlreadyExistsException e) {
            if (!isFolder(folder)) {
                throw e;
            }
        }
    }

    /** Refuses what would lead out of the place. */
    void requireFolders(FileName name) {
        requireRoot();
        for (Path folder : folders(name)) {
            if (Files.isSymbolicLink(folder)) {
                throw new Failed(
                        ErrorCode.FILE_UNWRITABLE,
                        "'" + shown(folder) + "' is a link, and no link is followed to write or to delete",
                        "make it a folder, or name the directory that it leads to as a place of its own.");
            }
        }
    }

    private void requireRoot() {
        if (!Files.isDirectory(root)) {
            throw away(null);
        }
    }

    private Unavailable away(@Nullable Throwable cause) {
        return new Unavailable(
                ErrorCode.STORE_UNAVAILABLE,
                "'" + location() + "' is not there",
                "Mount its file system if it has one of its own, or make the folder.",
                cause);
    }

    @Override
    public InputStream open(FileName name) {
        try {
            return WholeFile.open(readable(name));
        } catch (IOException e) {
            throw isNoFile(e) ? missing(name, e) : failure("cannot read '" + location(name) + "'", e);
        }
    }

    /** The file of that name, or the one that a link of that name leads to within the place. */
    private Path readable(FileName name) throws IOException {
        Path file = path(name);
        requireReal(file, name);
        if (!Files.isSymbolicLink(file)) {
            return file;
        }
        Path target = file.resolveSibling(Files.readSymbolicLink(file)).normalize();
        if (!target.startsWith(root)) {
            throw new NoSuchFileException(target.toString());
        }
        requireReal(target, name);
        return target;
    }

    /** Whether every folder on the way is one. */
    private void requireReal(Path file, FileName name) throws IOException {
        for (Path folder = parentOf(file); !folder.equals(root); folder = parentOf(folder)) {
            if (!isFolder(folder)) {
                throw new NoSuchFileException(name.text());
            }
        }
    }

    @Override
    public Optional<PlacedFile> find(FileName name) {
        Path file = path(name);
        try {
            requireReal(file, name);
            BasicFileAttributes found = attributes(file);
            return found.isRegularFile() && !Unfinished.is(name.last())
                    ? Optional.of(placed(name, found))
                    : Optional.empty();
        } catch (IOException e) {
            if (!isNoFile(e)) {
                throw failure("cannot look for '" + location(name) + "'", e);
            }
            requireRoot();
            return Optional.empty();
        }
    }

    private static PlacedFile placed(FileName name, BasicFileAttributes found) {
        return new PlacedFile(name, found.size(), found.lastModifiedTime().toInstant());
    }

    @Override
    public void list(String prefix, Consumer<PlacedFile> consumer) {
        walk(prefix, (file, attributes) -> {
            if (attributes.isRegularFile() && !Unfinished.is(file)) {
                LocalWalk.name(rawRoot, file)
                        .filter(name -> name.text().startsWith(prefix))
                        .ifPresent(name -> consumer.accept(placed(name, attributes)));
            }
        });
    }

    private void walk(String prefix, LocalWalk.Visitor visitor) {
        requireRoot();
        try {
            Files.walkFileTree(root, new LocalWalk(root, rawRoot, prefix, visitor));
        } catch (IOException e) {
            throw failure("cannot list '" + location() + "'", e);
        }
    }

    @Override
    public void delete(FileName name) {
        requireFolders(name);
        Path file = path(name);
        try {
            BasicFileAttributes found = attributes(file);
            if (found.isDirectory()) {
                return;
            }
            Files.delete(file);
            flush(parentOf(file));
        } catch (IOException e) {
            if (!isNoFile(e)) {
                throw failure("cannot delete '" + location(name) + "'", e);
            }
        }
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new Unavailable(
                    ErrorCode.STORE_UNAVAILABLE,
                    "'" + location(name) + "' is there again after it was deleted",
                    "see what else writes there.");
        }
    }

    @Override
    public void tidy(FileName folder) {
        requireFolders(folder);
        Path path = path(folder);
        if (!isFolder(path)) {
            return;
        }
        try {
            Files.walkFileTree(path, new EmptyFolders());
            flush(parentOf(path));
        } catch (IOException e) {
            throw failure("cannot remove empty folders of '" + location(folder) + "'", e);
        }
    }

    /** Removes what is empty, from within. */
    private static final class EmptyFolders extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            try {
                Files.deleteIfExists(folder);
            } catch (DirectoryNotEmptyException e) {
                // somebody's files are in it
            }
            return FileVisitResult.CONTINUE;
        }
    }

    @Override
    public void point(FileName name, FileName target) {
        requireFolders(target);
        if (find(target).isEmpty()) {
            throw missing(target, null);
        }
        makeFolders(name);
        Path link = path(name);
        Path relative = parentOf(link).relativize(path(target));
        Path unfinished = Unfinished.beside(link);
        try {
            requireLink(link, name);
            Files.createSymbolicLink(unfinished, relative);
            try {
                requireLink(link, name);
                Files.move(unfinished, link, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(unfinished);
            }
            flush(parentOf(link));
        } catch (IOException e) {
            throw failure("cannot make the link '" + location(name) + "'", e);
        }
    }

    private void requireLink(Path link, FileName name) {
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(link)) {
            throw new AlreadyExists(
                    ErrorCode.FILE_UNWRITABLE,
                    "'" + location(name) + "' is no link, and only a link is replaced by one",
                    "move it away, or give the link another name.");
        }
    }

    @Override
    public OptionalLong freeBytes() {
        try {
            return OptionalLong.of(Files.getFileStore(root).getUsableSpace());
        } catch (IOException e) {
            throw failure("cannot look at the file system of '" + location() + "'", e);
        }
    }

    @Override
    public int sweepUnfinished(Instant olderThan) {
        int[] removed = {0};
        walk("", (file, attributes) -> {
            boolean old = attributes.lastModifiedTime().toInstant().isBefore(olderThan);
            if (Unfinished.is(file) && !attributes.isDirectory() && old && Files.deleteIfExists(file)) {
                removed[0]++;
            }
        });
        return removed[0];
    }

    @Override
    public void close() {}

    private byte[] raw(FileName name) {
        return RawPath.join(rawRoot, RawPath.of(name.text()));
    }

    private Path path(FileName name) {
        return RawPath.path(raw(name));
    }

    /** From the outermost to the one that the file is in; without the root. */
    private List<Path> folders(FileName name) {
        List<Path> folders = new ArrayList<>();
        for (int slash = name.text().indexOf('/');
                slash >= 0;
                slash = name.text().indexOf('/', slash + 1)) {
            folders.add(path(new FileName(name.text().substring(0, slash))));
        }
        return folders;
    }

    private static Path parentOf(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static void flush(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static String shown(Path path) {
        return RawPath.show(RawPath.of(path));
    }

    /** Whether the name, or a folder on the way to it, is not there or is something else than it would have to be. */
    private static boolean isNoFile(IOException e) {
        String reason = e instanceof FileSystemException system ? String.valueOf(system.getReason()) : "";
        return e instanceof NoSuchFileException || reason.contains("Not a directory");
    }

    private HoldfastException missing(FileName name, @Nullable IOException cause) {
        return Files.isDirectory(root)
                ? new Missing(ErrorCode.STORE_OBJECT_MISSING, "'" + location(name) + "' is not there", "", cause)
                : away(cause);
    }

    private HoldfastException failure(String what, IOException e) {
        return ExportHints.OF_PLACE.failures().of(what, e);
    }
}
