package dev.holdfast.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's own folder in the spool. It is locked for as long as the process lives, however that ends; so whoever comes next
 * knows what a process that was killed has left there, and removes it.
 */
final class SpoolFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolFolder.class);
    private static final String PREFIX = "holdfast-";
    private static final String LOCK = ".lock";
    private static final int ATTEMPTS = 5;

    /** Folders of this process. A file that is opened and closed again loses the locks that the process has on it: fcntl(2). */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final @Nullable FileChannel lock;

    private SpoolFolder(Path path, @Nullable FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * A folder of one's own, once the dead are swept out. If none can be made, it is the spool itself: whoever writes there says
     * best what is wrong with it.
     */
    static SpoolFolder in(Path spool) {
        try {
            Files.createDirectories(spool);
            sweep(spool);
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Optional<SpoolFolder> own = made(spool);
                if (own.isPresent()) {
                    return own.get();
                }
            }
        } catch (IOException e) {
            LOG.debug("no folder of our own in '{}'", spool, e);
        }
        return new SpoolFolder(spool, null);
    }

    /** Empty if somebody took it for a dead one before it was locked. */
    private static Optional<SpoolFolder> made(Path spool) throws IOException {
        Path own = Files.createTempDirectory(spool, PREFIX);
        OWN.add(own.toRealPath());
        Path file = own.resolve(LOCK);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (isTaken(channel) && Files.exists(file)) {
            return Optional.of(new SpoolFolder(own, channel));
        }
        channel.close();
        return Optional.empty();
    }

    private static boolean isTaken(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static void sweep(Path spool) throws IOException {
        try (Stream<Path> all = Files.list(spool)) {
            all.filter(folder -> name(folder).startsWith(PREFIX))
                    .filter(folder -> Files.isRegularFile(folder.resolve(LOCK)))
                    .filter(folder -> !isOwn(folder))
                    .forEach(SpoolFolder::removeIfDead);
        }
    }

    private static boolean isOwn(Path folder) {
        try {
            return OWN.contains(folder.toRealPath());
        } catch (IOException e) {
            return false; // it is gone
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static void removeIfDead(Path folder) {
        try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE)) {
            if (isTaken(channel)) {
                remove(folder);
                LOG.info("what a process that was killed had left is removed folder={}", folder);
            }
        } catch (IOException e) {
            LOG.debug("'{}' is left to others", folder, e);
        }
    }

    /** The lock last: until then nobody else takes the folder for anything but a dead one. */
    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepest = all.sorted((one, other) -> other.compareTo(one))
                    .filter(path -> !path.equals(folder) && !path.equals(folder.resolve(LOCK)))
                    .toList();
            for (Path path : deepest) {
                Files.delete(path);
            }
        }
        Files.delete(folder.resolve(LOCK));
        Files.delete(folder);
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        if (lock == null) {
            return;
        }
        try (lock) {
            remove(path);
        } catch (IOException e) {
            LOG.debug("'{}' is left to the next process", path, e);
        }
    }
}
