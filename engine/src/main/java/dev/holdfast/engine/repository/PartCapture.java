package dev.holdfast.engine.repository;

import dev.holdfast.engine.chunk.Chunker;
import dev.holdfast.engine.pack.PackWriter;
import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.SectionedContent;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.Extent;
import dev.holdfast.engine.tree.NodeStore;
import dev.holdfast.engine.tree.TreeRoot;
import dev.holdfast.engine.tree.TreeWriter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A part while it is written. */
final class PartCapture implements PartWriter {
    private final String name;
    private final String kind;
    private final String location;
    private final Progress progress;
    private final Workshop workshop;
    private final Optional<Part> before;
    private final Optional<PreviousPart> previous;
    private final Consumer<Finding> findings;
    private final TreeWriter tree;
    private final long storedBefore;
    private final AtomicLong readEntries = new AtomicLong();
    private final AtomicLong readBytes = new AtomicLong();
    private long newEntries;
    private long changedEntries;
    private long unchangedEntries;

    /** What the parts of a session share. */
    record Workshop(
            Chunker chunker,
            long boundarySeed,
            PackWriter packs,
            SealingPool pool,
            NodeStore nodes,
            MemoryBudget budget) {
        ChunkStream stream(long expectedBytes, Consumer<Extent> stored) {
            return new ChunkStream(chunker, expectedBytes, packs, pool, stored);
        }

        /** Waits for the memory of one stream; answers what gives it back. */
        Runnable takeMemory(long expectedBytes) {
            int taken = budget.take(ChunkCutter.windowBytes(chunker, expectedBytes));
            return () -> budget.giveBack(taken);
        }
    }

    PartCapture(
            String name,
            String kind,
            String location,
            Progress progress,
            Workshop workshop,
            Optional<Part> before,
            ChunkReader reader,
            Consumer<Finding> findings) {
        this.name = name;
        this.kind = kind;
        this.location = location;
        this.progress = progress;
        this.workshop = workshop;
        this.before = before;
        this.findings = findings;
        this.previous = before.map(part -> new PreviousPart(reader, part, findings));
        this.tree = new TreeWriter(workshop.nodes, workshop.boundarySeed);
        this.storedBefore = workshop.packs.storedBytes();
    }

    @Override
    public EntryCursor previous() {
        return previous.map(PreviousPart::entries).orElse(EntryCursor.EMPTY);
    }

    @Override
    public Optional<Entry> previous(EntryKey key) {
        return previous.flatMap(part -> part.find(key));
    }

    @Override
    public ContentWriter content(long expectedBytes) {
        return new StoringContentWriter(workshop, expectedBytes);
    }

    @Override
    public SectionedContent sections() {
        return new StoringSections(workshop);
    }

    @Override
    public void add(Entry entry, Change change) {
        tree.add(entry);
        switch (change) {
            case NEW -> newEntries++;
            case CHANGED -> changedEntries++;
            case UNCHANGED -> unchangedEntries++;
        }
    }

    @Override
    public void countRead(long entries, long bytes) {
        readEntries.addAndGet(entries);
        readBytes.addAndGet(bytes);
    }

    @Override
    public void find(Finding finding) {
        findings.accept(finding);
    }

    @Override
    public Progress progress() {
        return progress;
    }

    Part end(Map<String, String> details) {
        Optional<TreeRoot> root = tree.finish();
        long kept = changedEntries + unchangedEntries;
        return new Part(
                name,
                kind,
                location,
                root.map(TreeRoot::id),
                root.map(TreeRoot::entries).orElse(0L),
                root.map(TreeRoot::bytes).orElse(0L),
                details,
                new Part.Statistics(
                        newEntries,
                        changedEntries,
                        unchangedEntries,
                        Math.max(0, before.map(Part::entries).orElse(0L) - kept),
                        readEntries.get(),
                        readBytes.get(),
                        workshop.packs.storedBytes() - storedBefore));
    }
}
