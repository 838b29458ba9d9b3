package dev.holdfast.engine.repository;

import dev.holdfast.engine.chunk.Chunker;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.TreeReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;

/** One part of a committed snapshot, read from the destinations. */
final class PartView implements PartReader {
    private final Part part;
    private final ChunkReader reader;
    private final RepositoryKeys keys;
    private final Chunker chunker;
    private final ExecutorService fetchers;
    private final Semaphore shares;
    private final MemoryBudget budget;

    PartView(
            Part part,
            ChunkReader reader,
            RepositoryKeys keys,
            Chunker chunker,
            ExecutorService fetchers,
            Semaphore shares,
            MemoryBudget budget) {
        this.part = part;
        this.reader = reader;
        this.keys = keys;
        this.chunker = chunker;
        this.fetchers = fetchers;
        this.shares = shares;
        this.budget = budget;
    }

    @Override
    public String name() {
        return part.name();
    }

    @Override
    public String kind() {
        return part.kind();
    }

    @Override
    public String location() {
        return part.location();
    }

    @Override
    public Map<String, String> details() {
        return part.details();
    }

    @Override
    public long entryCount() {
        return part.entries();
    }

    @Override
    public long contentBytes() {
        return part.bytes();
    }

    @Override
    public EntryCursor entries() {
        return tree().entries();
    }

    @Override
    public EntryCursor entriesFrom(EntryKey from) {
        return tree().entriesFrom(from);
    }

    @Override
    public Optional<Entry> find(EntryKey key) {
        return tree().find(key);
    }

    private TreeReader tree() {
        return new TreeReader(reader, part.root());
    }

    @Override
    public InputStream open(Content content, long from) {
        return new ContentStream(reader, fetchers, shares, content, from);
    }

    @Override
    public boolean matches(Content content, InputStream live) throws IOException {
        int taken = budget.take(ChunkCutter.windowBytes(chunker, content.bytes()));
        try {
            return ContentMatcher.matches(keys, chunker, reader, content, live);
        } finally {
            budget.giveBack(taken);
        }
    }
}
