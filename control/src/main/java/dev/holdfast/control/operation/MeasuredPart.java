package dev.holdfast.control.operation;

import dev.holdfast.connectors.postgres.TableSize;
import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.SectionedContent;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Notes on the way how much of each table comes into a part. As safe for many threads as the part is. */
final class MeasuredPart implements PartWriter {
    /** Of a database with more tables, those that come later are not measured. */
    private static final int MOST_TABLES = 10_000;

    private final PartWriter part;
    private final SortedMap<String, TableSize> tables = new TreeMap<>();

    MeasuredPart(PartWriter part) {
        this.part = part;
    }

    /** By name. */
    synchronized List<TableSize> tables() {
        return List.copyOf(tables.values());
    }

    @Override
    public void add(Entry entry, Change change) {
        part.add(entry, change);
        TableSize.of(entry).ifPresent(this::note);
    }

    private synchronized void note(TableSize size) {
        if (tables.size() < MOST_TABLES || tables.containsKey(size.table())) {
            tables.merge(size.table(), size, TableSize::and);
        }
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
