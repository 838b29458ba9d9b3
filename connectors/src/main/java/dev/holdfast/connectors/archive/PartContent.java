package dev.holdfast.connectors.archive;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.tree.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

/** Copies contents of a part, whole or not at all. */
final class PartContent {
    private static final int BUFFER_BYTES = 128 << 10;
    private static final Set<String> KINDS = Set.of("bucket", "directory");

    private PartContent() {}

    /** Takes bytes, which are not to be kept. */
    interface Sink {
        void write(byte[] bytes, int offset, int length);
    }

    /**
     * @throws Unsupported if the part is neither a bucket nor a directory
     */
    static void requireFiles(PartReader part) {
        if (!KINDS.contains(part.kind())) {
            throw new Unsupported(
                    ErrorCode.USAGE,
                    "part '" + part.name() + "' is a " + part.kind()
                            + ", and only buckets and directories are made of files",
                    "export it as custom or sql.");
        }
    }

    static void copy(PartReader part, Entry entry, Sink sink, Progress progress) {
        byte[] buffer = new byte[BUFFER_BYTES];
        long expected = entry.content().bytes();
        long copied = 0;
        try (InputStream content = part.open(entry.content())) {
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                if (copied + n > expected) {
                    throw new IOException("more bytes came than " + expected);
                }
                sink.write(buffer, 0, n);
                copied += n;
                progress.advance(0, n);
            }
            if (copied != expected) {
                throw new IOException(copied + " bytes came instead of " + expected);
            }
        } catch (IOException e) {
            throw new Damaged(
                    ErrorCode.DAMAGED,
                    "entry '" + entry.key() + "' cannot be read: " + e.getMessage(),
                    "run 'holdfast check --read-data'.",
                    e);
        }
    }

    static void requireAll(PartReader part, long entries) {
        if (entries != part.entryCount()) {
            throw new Failed(
                    ErrorCode.CHECK_FAILED,
                    "exported " + entries + " of " + part.entryCount() + " entries of part '" + part.name() + "'",
                    "run 'holdfast check'.");
        }
    }
}
