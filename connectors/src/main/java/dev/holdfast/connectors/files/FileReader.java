package dev.holdfast.connectors.files;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.tree.Content;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/** Reads one file after the other into a part, and knows whether each held still meanwhile. For one thread. */
final class FileReader {
    /** How often a file that changes while it is read is read at most. */
    static final int TRIES = 3;

    /** A file written this shortly before it was read may be written again without a new time. */
    private static final Duration GRANULARITY = Duration.ofSeconds(2);

    private static final ThreadLocal<FileReader> OF_THREAD = ThreadLocal.withInitial(FileReader::new);

    private final Posix posix = Posix.open();
    private final byte[] buffer = new byte[Posix.BUFFER_BYTES];

    private FileReader() {}

    /** The reader of the calling thread, with its buffers. */
    static FileReader ofThisThread() {
        return OF_THREAD.get();
    }

    /** What became of a file. */
    sealed interface Result {}

    /**
     * It was read.
     *
     * @param steady whether it held still
     * @param racy whether it was written so shortly before that a later change may not show
     */
    record Read(Stat stat, Map<String, byte[]> extended, Content content, boolean steady, boolean racy)
            implements Result {}

    /** It is not there any more, or is something else by now. */
    record Gone() implements Result {}

    /** It may not be read. */
    record Refused(String why) implements Result {}

    Result read(byte[] path, PartWriter part, InstantSource clock) {
        try {
            int file = posix.openToRead(path);
            try {
                return read(file, path, part, clock);
            } finally {
                posix.close(file);
            }
        } catch (PosixException e) {
            if (e.isGone() || e.is(PosixException.ELOOP)) {
                return new Gone();
            }
            if (e.is(PosixException.EACCES, PosixException.EPERM, PosixException.ENAMETOOLONG)) {
                return new Refused(e.meaning());
            }
            throw new Unavailable(
                    ErrorCode.FILE_UNREADABLE, e.getMessage(), "Look at the disk and the system's log.", e);
        }
    }

    private Result read(int file, byte[] path, PartWriter part, InstantSource clock) throws PosixException {
        for (int attempt = 1; ; attempt++) {
            Instant now = clock.instant();
            Stat before = posix.stat(file, path);
            if (!before.isFile()) {
                return new Gone();
            }
            Content content = copy(file, path, part, before.size());
            Map<String, byte[]> extended = posix.attributes(path);
            Stat after = posix.stat(file, path);
            boolean steady = content.bytes() == before.size() && before.isSameContentAs(after);
            if (steady || attempt == TRIES) {
                // the time of the last change is the kernel's own: nobody can set it back
                boolean racy = after.changed().isAfter(now.minus(GRANULARITY));
                return new Read(after, extended, content, steady, racy);
            }
            posix.seekToStart(file, path);
        }
    }

    /** Copies no more than there was at the beginning: a file that grows for ever must end somewhere. */
    private Content copy(int file, byte[] path, PartWriter part, long expected) throws PosixException {
        try (ContentWriter writer = part.content(expected)) {
            long done = 0;
            while (done < expected) {
                int read = posix.read(file, buffer, 0, (int) Math.min(buffer.length, expected - done), path);
                if (read == 0) {
                    break;
                }
                writer.write(buffer, 0, read);
                done += read;
            }
            part.countRead(1, done);
            return writer.finish();
        }
    }
}
