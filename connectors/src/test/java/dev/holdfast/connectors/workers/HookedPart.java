package dev.holdfast.connectors.workers;

import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.SectionedContent;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import java.util.Optional;

/** A part that does something when a content is about to be read: after it was listed, before it is opened. */
public final class HookedPart implements PartWriter {
    private final MemoryPart part;
    private final Runnable hook;
    private final int times;
    private int done;

    /** Does it once. */
    public HookedPart(MemoryPart part, Runnable hook) {
        this(part, 1, hook);
    }

    public HookedPart(MemoryPart part, int times, Runnable hook) {
        this.part = part;
        this.times = times;
        this.hook = hook;
    }

    @Override
    public synchronized ContentWriter content(long expectedBytes) {
        if (done++ < times) {
            hook.run();
        }
        return part.content(expectedBytes);
    }

    @Override
    public synchronized SectionedContent sections() {
        if (done++ < times) {
            hook.run();
        }
        return part.sections();
    }

    @Override
    public EntryCursor previous() {
        return part.previous();
    }

    @Override
    public Optional<Entry> previous(EntryKey key) {
        return part.previous(key);
    }

    @Override
    public void add(Entry entry, Change change) {
        part.add(entry, change);
    }

    @Override
    public void countRead(long entries, long bytes) {
        part.countRead(entries, bytes);
    }

    @Override
    public void find(Finding finding) {
        part.find(finding);
    }

    @Override
    public Progress progress() {
        return part.progress();
    }
}
