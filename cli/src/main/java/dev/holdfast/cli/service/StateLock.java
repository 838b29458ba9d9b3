package dev.holdfast.cli.service;

import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a state folder to one server: held by the system for as long as the process lives, however it ends. */
public final class StateLock implements AutoCloseable {
    private final FileChannel channel;

    private StateLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * @throws Busy (CONFLICT) if another server has it
     */
    public static StateLock take(StateFolder state) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(state.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (locked(channel) == null) {
                channel.close();
                throw taken(state);
            }
            return new StateLock(channel);
        } catch (IOException e) {
            close(channel);
            throw new Failed(
                    ErrorCode.FILE_UNWRITABLE,
                    "the lock '" + state.lock() + "' cannot be taken",
                    "look at the disk and at who owns the state folder; it has to be on a file system with locks.",
                    e);
        }
    }

    private static @Nullable FileLock locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static Busy taken(StateFolder state) {
        String who = ServerProcess.running(state)
                .map(process -> " (process " + process.pid() + ", " + process.url() + ")")
                .orElse("");
        return new Busy(
                ErrorCode.CONFLICT,
                "another server uses the state folder '" + state.path() + "'" + who,
                "end it with 'holdfast down', or give this one a folder of its own with --state; several servers share"
                        + " the work when HOLDFAST_CATALOG_URL names a PostgreSQL database.");
    }

    private static void close(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // it was of no use already
        }
    }

    @Override
    public void close() {
        close(channel);
    }
}
