package dev.holdfast.engine.source;

import dev.holdfast.engine.tree.ChunkId;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.Extent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A part held in memory, for the tests of connectors: what was written can be read back, compared and counted. */
public final class MemoryPart implements PartWriter, PartReader {
    private final String kind;
    private final NavigableMap<EntryKey, Entry> entries = new TreeMap<>();
    private final NavigableMap<EntryKey, Entry> previous;
    private final Map<ChunkId, byte[]> chunks;
    private final Map<EntryKey, Change> changes = new TreeMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private final AtomicLong readEntries = new AtomicLong();
    private final AtomicLong readBytes = new AtomicLong();
    private Map<String, String> details = Map.of();

    public MemoryPart(String kind) {
        this(kind, new TreeMap<>(), new ConcurrentHashMap<>());
    }

    private MemoryPart(String kind, NavigableMap<EntryKey, Entry> previous, Map<ChunkId, byte[]> chunks) {
        this.kind = kind;
        this.previous = previous;
        this.chunks = chunks;
    }

    /** A further snapshot of the same part, whose previous one is this. */
    public MemoryPart following() {
        return new MemoryPart(kind, entries, chunks);
    }

    /** Keeps what a capture returned. */
    public MemoryPart with(Map<String, String> captured) {
        details = Map.copyOf(captured);
        return this;
    }

    public Map<EntryKey, Change> changes() {
        return changes;
    }

    public List<Finding> findings() {
        return findings;
    }

    public long readEntries() {
        return readEntries.get();
    }

    public long readBytes() {
        return readBytes.get();
    }

    public byte[] bytes(Content content) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Extent extent : content.extents()) {
            byte[] chunk = chunks.get(extent.chunk());
            if (chunk == null) {
                throw new AssertionError("no chunk " + extent.chunk());
            }
            all.write(chunk, extent.offset(), extent.length());
        }
        return all.toByteArray();
    }

    @Override
    public EntryCursor previous() {
        return cursor(previous);
    }

    @Override
    public Optional<Entry> previous(EntryKey key) {
        return Optional.ofNullable(previous.get(key));
    }

    @Override
    public ContentWriter content(long expectedBytes) {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        return new ContentWriter() {
            @Override
            public void write(byte[] bytes, int offset, int length) {
                written.write(bytes, offset, length);
            }

            @Override
            public Content finish() {
                return store(written.toByteArray());
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public SectionedContent sections() {
        List<ByteArrayOutputStream> begun = new ArrayList<>();
        AtomicLong unfinished = new AtomicLong();
        return new SectionedContent() {
            @Override
            public synchronized SectionWriter section(long expectedBytes) {
                ByteArrayOutputStream written = new ByteArrayOutputStream();
                begun.add(written);
                unfinished.incrementAndGet();
                return new SectionWriter() {
                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        written.write(bytes, offset, length);
                    }

                    @Override
                    public void end() {
                        unfinished.decrementAndGet();
                    }

                    @Override
                    public void close() {}
                };
            }

            @Override
            public synchronized Content finish() {
                if (unfinished.get() > 0) {
                    throw new IllegalStateException("a section has not ended");
                }
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                begun.forEach(written -> all.writeBytes(written.toByteArray()));
                return store(all.toByteArray());
            }
        };
    }

    private Content store(byte[] all) {
        if (all.length == 0) {
            return Content.EMPTY;
        }
        ChunkId id = ChunkId.ofOwned(sha256(all));
        chunks.put(id, all);
        return new Content(all.length, 0, List.of(new Extent(id, 0, all.length)));
    }

    private static byte[] sha256(byte[] all) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(all);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public synchronized void add(Entry entry, Change change) {
        if (!entries.isEmpty() && entries.lastKey().compareTo(entry.key()) >= 0) {
            throw new IllegalArgumentException(entry.key() + " does not come after " + entries.lastKey());
        }
        entries.put(entry.key(), entry);
        changes.put(entry.key(), change);
    }

    @Override
    public void countRead(long count, long bytes) {
        readEntries.addAndGet(count);
        readBytes.addAndGet(bytes);
    }

    @Override
    public synchronized void find(Finding finding) {
        findings.add(finding);
    }

    @Override
    public Progress progress() {
        return Progress.NONE;
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public String location() {
        return "memory";
    }

    @Override
    public Map<String, String> details() {
        return details;
    }

    @Override
    public long entryCount() {
        return entries.size();
    }

    @Override
    public long contentBytes() {
        return entries.values().stream().mapToLong(e -> e.content().bytes()).sum();
    }

    @Override
    public EntryCursor entries() {
        return cursor(entries);
    }

    @Override
    public EntryCursor entriesFrom(EntryKey from) {
        return cursor(entries.tailMap(from, true));
    }

    @Override
    public Optional<Entry> find(EntryKey key) {
        return Optional.ofNullable(entries.get(key));
    }

    @Override
    public InputStream open(Content content, long from) {
        byte[] bytes = bytes(content);
        return new ByteArrayInputStream(bytes, Math.toIntExact(from), Math.toIntExact(bytes.length - from));
    }

    @Override
    public boolean matches(Content content, InputStream live) throws IOException {
        return store(live.readAllBytes()).equals(content);
    }

    private static EntryCursor cursor(NavigableMap<EntryKey, Entry> map) {
        Iterator<Entry> all = map.values().iterator();
        return () -> all.hasNext() ? all.next() : null;
    }
}
