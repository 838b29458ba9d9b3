package dev.holdfast.engine.pack;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.NoSpace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A pack on its way to the destinations: a file written at many places at once. When its file system fails it moves to the
 * next folder with what it has. Safe for many threads.
 */
public final class SpoolFile {
    private final Spool spool;
    private final String name;
    private final ReadWriteLock moving = new ReentrantReadWriteLock();
    private Spool.Folder folder;
    private FileChannel channel;

    SpoolFile(Spool spool, String name) {
        this.spool = spool;
        this.name = name;
        while (true) {
            this.folder = spool.current();
            try {
                this.channel = create(folder);
                return;
            } catch (IOException e) {
                spool.failed(folder, failure(folder, e));
            }
        }
    }

    private FileChannel create(Spool.Folder in) throws IOException {
        Files.createDirectories(in.path());
        return FileChannel.open(
                in.path().resolve(name),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    /** Where the file is. */
    public Path path() {
        return currentFolder().path().resolve(name);
    }

    /** Whether the file lies in the folder that the named destination offered. */
    public boolean liesWith(String destination) {
        return currentFolder().destination().filter(destination::equals).isPresent();
    }

    private Spool.Folder currentFolder() {
        moving.readLock().lock();
        try {
            return folder;
        } finally {
            moving.readLock().unlock();
        }
    }

    void write(byte[] bytes, int length, long position) {
        while (true) {
            IOException problem;
            Spool.Folder wroteTo = currentFolder();
            moving.readLock().lock();
            try {
                wroteTo = folder;
                ByteBuffer rest = ByteBuffer.wrap(bytes, 0, length);
                while (rest.hasRemaining()) {
                    channel.write(rest, position + rest.position());
                }
                return;
            } catch (IOException e) {
                problem = e;
            } finally {
                moving.readLock().unlock();
            }
            move(wroteTo, failure(wroteTo, problem));
        }
    }

    private void move(Spool.Folder from, HoldfastException reason) {
        moving.writeLock().lock();
        try {
            while (folder.equals(from)) {
                spool.failed(from, reason);
                Spool.Folder next = spool.current();
                try {
                    FileChannel target = copied(next);
                    channel.close();
                    Files.deleteIfExists(from.path().resolve(name));
                    channel = target;
                    folder = next;
                } catch (IOException e) {
                    spool.failed(next, failure(next, e));
                }
            }
        } finally {
            moving.writeLock().unlock();
        }
    }

    /** What is there so far, in another folder; nothing is left in it if that cannot be. */
    private FileChannel copied(Spool.Folder next) throws IOException {
        FileChannel target = create(next);
        try {
            copy(channel, target);
            return target;
        } catch (IOException e) {
            target.close();
            Files.deleteIfExists(next.path().resolve(name));
            throw e;
        }
    }

    private static void copy(FileChannel from, FileChannel to) throws IOException {
        long size = from.size();
        for (long at = 0; at < size; ) {
            long copied = from.transferTo(at, size - at, to.position(at));
            if (copied <= 0) {
                throw new IOException("the spool file ended at " + at + " of " + size + " bytes");
            }
            at += copied;
        }
    }

    /** Ends the writing. */
    void complete() {
        moving.writeLock().lock();
        try {
            channel.close();
        } catch (IOException e) {
            throw failure(folder, e);
        } finally {
            moving.writeLock().unlock();
        }
    }

    /** Removes the file; what was adopted by a store stays. */
    public void delete() {
        moving.writeLock().lock();
        try {
            channel.close();
            Files.deleteIfExists(folder.path().resolve(name));
        } catch (IOException e) {
            // a leftover in a spool folder does no harm and is swept by a later run
        } finally {
            moving.writeLock().unlock();
        }
    }

    private static HoldfastException failure(Spool.Folder folder, IOException problem) {
        String message = String.valueOf(problem.getMessage());
        if (message.contains("No space left") || message.contains("quota")) {
            return new NoSpace(
                    ErrorCode.STORE_FULL,
                    "no space left in '" + folder.path() + "'",
                    "Free space there, or forget snapshots and run 'holdfast prune'.",
                    problem);
        }
        return new Failed(
                ErrorCode.STORE_UNAVAILABLE,
                "cannot write to '" + folder.path() + "': " + message,
                "Look at that file system.",
                problem);
    }
}
