package dev.holdfast.connectors.files;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.store.Body;
import dev.holdfast.engine.store.ObjectStore;
import dev.holdfast.engine.store.StoreKey;
import dev.holdfast.engine.store.StoreProbe;
import dev.holdfast.engine.store.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A store in a directory of the machine, or of a network file system with hard links.
 *
 * <p>An object is written to {@code tmp/} under the root, flushed to the disk, and published by a hard link, which fails
 * where the name is taken: so it is there whole or not at all, and once. Then the folder is flushed. Only {@link #prepare}
 * makes the root: a file system that is not mounted is never mistaken for an empty repository.
 *
 * <p>Safe for many threads and many processes.
 */
public final class LocalStore implements ObjectStore {
    private static final String TEMPORARY = "tmp";
    private static final long READ_WHOLE_MAX = 64L << 20;
    private static final FileAttribute<?> FOLDER_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> FILE_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path root;
    private final Path temporary;
    /** Folders whose own names are known to be on the disk. */
    private final Set<Path> flushed = ConcurrentHashMap.newKeySet();

    /**
     * @param root the directory; relative to the working directory if not absolute
     */
    public LocalStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
        temporary = this.root.resolve(TEMPORARY);
    }

    /** Whether a folder has what the root of a repository has. */
    static boolean looksLikeRepository(Path folder) {
        return Files.isRegularFile(folder.resolve("config"))
                && Files.isDirectory(folder.resolve("keys"))
                && Files.isDirectory(folder.resolve("tmp"));
    }

    @Override
    public String location() {
        return root.toString();
    }

    @Override
    public void prepare() {
        try {
            if (!Files.isDirectory(root)) {
                Path parent = root.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                createFolder(root);
            }
            createFolder(temporary);
            flushFolder(root);
        } catch (IOException e) {
            throw failure("cannot make", "", 0, e);
        }
    }

    @Override
    public void probe() {
        StoreProbe.run(this);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(root.resolve("probe"))) {
            for (Path folder : left) {
                Files.delete(folder);
            }
            Files.delete(root.resolve("probe"));
        } catch (IOException e) {
            // somebody else is probing, or the folders are gone already: an empty folder harms nobody
            return;
        }
    }

    @Override
    public void create(StoreKey key, Body body) {
        if (key.name().equals(TEMPORARY) || key.name().startsWith(TEMPORARY + "/")) {
            throw new IllegalArgumentException("'" + key + "' is where unfinished objects are");
        }
        makeReady();
        try {
            switch (body) {
                case Body.InFile file
                when file.adoptable() -> {
                    if (!adopt(key, file)) {
                        write(key, file);
                    }
                }
                case Body.InFile file -> write(key, file);
                case Body.InMemory memory -> write(key, memory);
            }
        } catch (FileAlreadyExistsException e) {
            throw exists(key, e);
        } catch (IOException e) {
            throw failure("cannot create", key.name(), body.bytes(), e);
        }
    }

    /** Gives a finished file a second name; false if that cannot be, and it must be copied. */
    private boolean adopt(StoreKey key, Body.InFile file) throws IOException {
        try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ)) {
            expectLength(file, channel.size());
            channel.force(true);
        }
        try {
            publish(key, file.path());
            return true;
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static void expectLength(Body.InFile file, long found) throws IOException {
        if (found != file.bytes()) {
            throw new IOException("'" + file.path() + "' has " + found + " bytes instead of " + file.bytes());
        }
    }

    private void write(StoreKey key, Body body) throws IOException {
        Path target = path(key);
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        Path unfinished = temporary.resolve("w-" + UUID.randomUUID());
        try {
            try (FileChannel channel = FileChannel.open(
                    unfinished, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), FILE_MODE)) {
                switch (body) {
                    case Body.InMemory memory -> writeFully(channel, ByteBuffer.wrap(memory.content()));
                    case Body.InFile file -> copy(file, channel);
                }
                channel.force(true);
            }
            publish(key, unfinished);
        } catch (UnsupportedOperationException e) {
            throw withoutHardLinks(e);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void copy(Body.InFile file, FileChannel target) throws IOException {
        try (FileChannel source = FileChannel.open(file.path(), StandardOpenOption.READ)) {
            expectLength(file, source.size());
            for (long done = 0; done < file.bytes(); ) {
                long moved = source.transferTo(done, file.bytes() - done, target);
                if (moved <= 0) {
                    throw new IOException("'" + file.path() + "' became shorter while it was copied");
                }
                done += moved;
            }
        }
    }

    /** Links a finished file to its name, once. */
    private void publish(StoreKey key, Path finished) throws IOException {
        Path target = path(key);
        Path folder = parentOf(target);
        flushName(folder);
        try {
            link(target, finished);
        } catch (NoSuchFileException e) {
            flushed.clear();
            flushName(folder);
            link(target, finished);
        }
        flushFolder(folder);
    }

    private void link(Path target, Path finished) throws IOException {
        try {
            Files.createLink(target, finished);
        } catch (FileAlreadyExistsException e) {
            // whoever acts on the object that is there must not lose it to a power cut
            flushFolder(parentOf(target));
            throw e;
        } catch (FileSystemException e) {
            if (finished.startsWith(temporary) && isRefusedLink(e)) {
                throw withoutHardLinks(e);
            }
            throw e;
        }
    }

    private static boolean isRefusedLink(FileSystemException e) {
        String reason = reason(e);
        return e.getClass() == FileSystemException.class
                && (reason.contains("not permitted")
                        || reason.contains("not supported")
                        || reason.contains("not implemented"));
    }

    private Unsupported withoutHardLinks(Exception cause) {
        return new Unsupported(
                ErrorCode.STORE_UNSUITABLE,
                "'" + root + "' is on a file system without hard links, which cannot create an object whole and once",
                "Use a directory on a file system such as ext4, xfs, btrfs, zfs or NFS.",
                cause);
    }

    /** Makes a folder where it is missing and sees that its name survives a power cut; up to the root. */
    private void flushName(Path folder) throws IOException {
        if (folder.equals(root) || flushed.contains(folder)) {
            return;
        }
        Path parent = parentOf(folder);
        flushName(parent);
        createFolder(folder);
        flushFolder(parent);
        flushed.add(folder);
    }

    private static void createFolder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, FOLDER_MODE);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    private static void flushFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Refuses to write where nothing was prepared; an emptied {@code tmp} of a copied repository is made again. */
    private void makeReady() {
        if (Files.isDirectory(temporary)) {
            return;
        }
        requireContent();
        try {
            createFolder(temporary);
        } catch (IOException e) {
            throw failure("cannot make", TEMPORARY, 0, e);
        }
    }

    /** Tells a directory with a store in it from one whose file system is away. */
    private void requireContent() {
        try (DirectoryStream<Path> names = Files.newDirectoryStream(root)) {
            if (!names.iterator().hasNext()) {
                throw away("is empty", null);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw away("is not there", e);
        } catch (IOException e) {
            throw failure("cannot open", "", 0, e);
        }
    }

    private Unavailable away(String what, @Nullable Throwable cause) {
        return new Unavailable(
                ErrorCode.STORE_UNAVAILABLE,
                "'" + root + "' " + what,
                "Mount its file system if it has one of its own, or run 'holdfast init' to begin a repository there.",
                cause);
    }

    @Override
    public byte[] read(StoreKey key) {
        try (FileChannel channel = FileChannel.open(path(key), StandardOpenOption.READ)) {
            long bytes = channel.size();
            if (bytes > READ_WHOLE_MAX) {
                throw new IllegalArgumentException("'" + key + "' has " + bytes + " bytes: too long to read whole");
            }
            return read(key, channel, 0, (int) bytes);
        } catch (IOException e) {
            throw readFailure(key, e);
        }
    }

    @Override
    public byte[] read(StoreKey key, long offset, int length) {
        try (FileChannel channel = FileChannel.open(path(key), StandardOpenOption.READ)) {
            return read(key, channel, offset, length);
        } catch (IOException e) {
            throw readFailure(key, e);
        }
    }

    private byte[] read(StoreKey key, FileChannel channel, long offset, int length) throws IOException {
        if (channel.size() < offset + length) {
            throw endsEarly(key, channel.size(), offset + length);
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offset + bytes.position()) < 0) {
                throw endsEarly(key, offset + bytes.position(), offset + length);
            }
        }
        return bytes.array();
    }

    private Damaged endsEarly(StoreKey key, long found, long expected) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "'" + path(key) + "' ends at " + found + " bytes, before " + expected,
                "Run 'holdfast check' to see what else is hurt.");
    }

    @Override
    public long size(StoreKey key) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path(key), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                throw missing(key, null);
            }
            return attributes.size();
        } catch (IOException e) {
            throw readFailure(key, e);
        }
    }

    @Override
    public void list(String prefix, Consumer<StoredObject> consumer) {
        Path start = prefix.contains("/") ? root.resolve(prefix.substring(0, prefix.lastIndexOf('/'))) : root;
        if (!Files.isDirectory(start)) {
            requireContent();
            return;
        }
        if (start.equals(root) && !Files.isDirectory(temporary)) {
            requireContent();
        }
        try {
            Files.walkFileTree(start, new Listing(start, prefix, consumer));
        } catch (IOException e) {
            throw failure("cannot list", prefix, 0, e);
        }
    }

    private final class Listing extends SimpleFileVisitor<Path> {
        private final Path start;
        private final String prefix;
        private final Consumer<StoredObject> consumer;

        Listing(Path start, String prefix, Consumer<StoredObject> consumer) {
            this.start = start;
            this.prefix = prefix;
            this.consumer = consumer;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (folder.equals(start)) {
                return FileVisitResult.CONTINUE;
            }
            String name = name(folder) + "/";
            boolean wanted = name.startsWith(prefix) || prefix.startsWith(name);
            return wanted && !folder.equals(temporary) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = name(file);
            if (attributes.isRegularFile() && name.startsWith(prefix) && StoreKey.isValid(name)) {
                consumer.accept(new StoredObject(
                        new StoreKey(name),
                        attributes.size(),
                        attributes.lastModifiedTime().toInstant()));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException && !file.equals(root)) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        private String name(Path path) {
            return root.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
        }
    }

    @Override
    public void delete(StoreKey key) {
        Path file = path(key);
        try {
            Files.delete(file);
            flushFolder(parentOf(file));
        } catch (NoSuchFileException e) {
            if (!Files.isDirectory(temporary)) {
                requireContent();
            }
        } catch (IOException e) {
            if (!isNoFile(e)) {
                throw failure("cannot delete", key.name(), 0, e);
            }
        }
    }

    @Override
    public OptionalLong freeBytes() {
        try {
            return OptionalLong.of(Files.getFileStore(root).getUsableSpace());
        } catch (IOException e) {
            throw failure("cannot look at the file system of", "", 0, e);
        }
    }

    @Override
    public Optional<Path> spool() {
        return Files.isDirectory(temporary) ? Optional.of(temporary) : Optional.empty();
    }

    @Override
    public int sweepTemporary(Instant olderThan) {
        int removed = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(temporary)) {
            for (Path file : files) {
                BasicFileAttributes attributes =
                        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (attributes.isRegularFile()
                        && attributes.lastModifiedTime().toInstant().isBefore(olderThan)
                        && Files.deleteIfExists(file)) {
                    removed++;
                }
            }
        } catch (NoSuchFileException e) {
            return removed;
        } catch (IOException e) {
            throw failure("cannot sweep", TEMPORARY, 0, e);
        }
        return removed;
    }

    @Override
    public void close() {}

    private Path path(StoreKey key) {
        return root.resolve(key.name());
    }

    private Path parentOf(Path path) {
        Path parent = path.getParent();
        return parent == null ? root : parent;
    }

    private AlreadyExists exists(StoreKey key, IOException cause) {
        return new AlreadyExists(ErrorCode.STORE_OBJECT_EXISTS, "'" + path(key) + "' exists already", "", cause);
    }

    private Missing missing(StoreKey key, @Nullable IOException cause) {
        return new Missing(ErrorCode.STORE_OBJECT_MISSING, "'" + path(key) + "' is not there", "", cause);
    }

    private HoldfastException readFailure(StoreKey key, IOException e) {
        if (!isNoFile(e)) {
            return failure("cannot read", key.name(), 0, e);
        }
        if (!Files.isDirectory(root)) {
            return away("is not there", e);
        }
        return missing(key, e);
    }

    /** Whether the name, or a folder on the way to it, is not there or is something else than it would have to be. */
    private static boolean isNoFile(IOException e) {
        String reason = reason(e);
        return e instanceof NoSuchFileException
                || e instanceof NotDirectoryException
                || reason.contains("not a directory")
                || reason.contains("is a directory");
    }

    private HoldfastException failure(String what, String name, long bytes, IOException e) {
        String message = what + " '" + (name.isEmpty() ? root : root.resolve(name)) + "': " + describe(e);
        if (isFull(e, bytes)) {
            return new NoSpace(
                    ErrorCode.STORE_FULL,
                    message,
                    "Free space there, or remove old snapshots with 'holdfast forget'.",
                    e);
        }
        if (isDenied(e)) {
            return new AccessDenied(
                    ErrorCode.STORE_ACCESS_DENIED,
                    message,
                    "Let the user that runs holdfast write there, and see that it is not mounted read-only.",
                    e);
        }
        if (!Files.isDirectory(root)) {
            return away("is not there", e);
        }
        return new Unavailable(ErrorCode.STORE_UNAVAILABLE, message, "Look at the disk and the system's log.", e);
    }

    /** By the system's words where they are English, else by what the file system says of itself. */
    private boolean isFull(IOException e, long bytes) {
        String reason = reason(e);
        if (reason.contains("no space") || reason.contains("quota")) {
            return true;
        }
        try {
            return bytes > 0
                    && !(e instanceof AccessDeniedException)
                    && fileStore().getUsableSpace() < bytes;
        } catch (IOException unknown) {
            return false;
        }
    }

    private boolean isDenied(IOException e) {
        String reason = reason(e);
        if (e instanceof AccessDeniedException || reason.contains("read-only") || reason.contains("not permitted")) {
            return true;
        }
        try {
            return fileStore().isReadOnly();
        } catch (IOException unknown) {
            return false;
        }
    }

    private FileStore fileStore() throws IOException {
        return Files.getFileStore(root);
    }

    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
        return reason == null ? "" : reason.toLowerCase(Locale.ROOT);
    }

    private static String describe(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String reason = reason(e);
        return reason.isEmpty() ? e.getClass().getSimpleName() : reason;
    }
}
