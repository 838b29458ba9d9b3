package dev.holdfast.control.run;

import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.repository.SnapshotId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Instant;

/**
 * Who a server is: an id that it keeps in its state folder, and the lock that lets no second process be the same. Whoever holds the
 * lock knows that an earlier process with this id has ended.
 */
final class Identity implements AutoCloseable {
    private final String id;
    private final String name;
    private final FileChannel lock;

    private Identity(String id, String name, FileChannel lock) {
        this.id = id;
        this.name = name;
        this.lock = lock;
    }

    /**
     * @throws Busy (CONFLICT) if another process uses the folder
     * @throws Invalid (CONFIGURATION_INVALID) if the folder cannot be used
     */
    static Identity in(Path state, String name, Instant now, SecureRandom random) {
        try {
            Files.createDirectories(state);
            FileChannel lock =
                    FileChannel.open(state.resolve("server.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isLocked(lock)) {
                lock.close();
                throw new Busy(
                        ErrorCode.CONFLICT,
                        "another server uses the state folder '" + state + "'",
                        "end it, or give this one a folder of its own.");
            }
            return new Identity(id(state.resolve("server-id"), now, random), name, lock);
        } catch (IOException e) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the state folder '" + state + "' cannot be used: " + e.getMessage(),
                    "look at its permissions.",
                    e);
        }
    }

    private static boolean isLocked(FileChannel lock) throws IOException {
        try {
            FileLock held = lock.tryLock();
            return held != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static String id(Path file, Instant now, SecureRandom random) throws IOException {
        if (Files.exists(file)) {
            String known = Files.readString(file).strip();
            if (SnapshotId.isValid(known)) {
                return known;
            }
        }
        String made = SnapshotId.at(now, random).text();
        Files.writeString(file, made + "\n");
        return made;
    }

    String id() {
        return id;
    }

    /** For people. */
    String name() {
        return name;
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
