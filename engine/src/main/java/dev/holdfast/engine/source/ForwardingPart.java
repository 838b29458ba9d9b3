package dev.holdfast.engine.source;

import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import java.util.Optional;

/** A part that hands everything to another one; who wants to know or change something of it overrides that. */
public abstract class ForwardingPart implements PartWriter {
    private final PartWriter part;

    protected ForwardingPart(PartWriter part) {
        this.part = part;
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
    public ContentWriter content(long expectedBytes) {
        return part.content(expectedBytes);
    }

    @Override
    public SectionedContent sections() {
        return part.sections();
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
