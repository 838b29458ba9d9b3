package dev.holdfast.demo.stand;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * A folder of its own that disappears when closed. Other accounts may pass through it but not list it, so that a server that
 * runs under another account can live in a folder below.
 */
public final class Scratch implements AutoCloseable {
    private final Path folder;

    private Scratch(Path folder) {
        this.folder = folder;
    }

    /** A new folder below {@code java.io.tmpdir}. */
    public static Scratch create(String prefix) {
        return createIn(Path.of(System.getProperty("java.io.tmpdir")), prefix);
    }

    /** A new folder below {@code parent}, which is created when missing. */
    public static Scratch createIn(Path parent, String prefix) {
        try {
            Files.createDirectories(parent);
            Path folder = Files.createTempDirectory(parent.toAbsolutePath(), prefix);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
            return new Scratch(folder);
        } catch (IOException e) {
            throw new StandFailure("cannot create a scratch folder in '%s': %s".formatted(parent, e), e);
        }
    }

    public Path folder() {
        return folder;
    }

    /** Removes the folder and everything below it; follows no link. */
    @Override
    public void close() {
        delete(folder);
    }

    /** Removes a file or a whole tree, unreadable folders included; follows no link; a missing path is no error. */
    public static void delete(Path tree) {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(tree, new Removal());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove '%s'".formatted(tree), e);
        }
    }

    /** Says whether every account may pass through {@code folder} and all folders above it. */
    static boolean openToAll(Path folder) {
        for (Path at = folder.toAbsolutePath(); at != null; at = at.getParent()) {
            try {
                if (Files.exists(at)
                        && !Files.getPosixFilePermissions(at).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return false;
                }
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            if (!Files.isReadable(folder) || !Files.isWritable(folder) || !Files.isExecutable(folder)) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
