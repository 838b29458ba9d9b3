package dev.holdfast.engine.source;

import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/** One part of a committed snapshot. Safe for many threads; a cursor or stream it gives out is for one. */
public interface PartReader {
    /** The part's name in the stack. */
    String name();

    /** The kind of source it came from. */
    String kind();

    /** Where it came from. */
    String location();

    /** What {@link Source#capture} returned. */
    Map<String, String> details();

    long entryCount();

    /** Sum of the lengths of all contents. */
    long contentBytes();

    /** All entries, ascending. */
    EntryCursor entries();

    /** All entries from a key on (inclusive), ascending. */
    EntryCursor entriesFrom(EntryKey from);

    Optional<Entry> find(EntryKey key);

    /**
     * The bytes of a content, verified while they are read and fetched ahead. Several streams may be open at once; each
     * holds a few MiB until it is closed.
     *
     * @return a stream that throws {@link dev.holdfast.engine.error.HoldfastException}, never a short or wrong answer
     */
    default InputStream open(Content content) {
        return open(content, 0);
    }

    /**
     * As {@link #open(Content)}, but not from the beginning; what lies before is not fetched.
     *
     * @param from the first byte to read, 0 to the length of the content
     */
    InputStream open(Content content, long from);

    /**
     * Whether a stream holds exactly the bytes of a content, decided without fetching the content: the stream is cut and
     * named as it would be for storing. Reads the stream to its end unless it is longer than the content; does not close it.
     *
     * @throws IOException if the stream does
     */
    boolean matches(Content content, InputStream live) throws IOException;
}
