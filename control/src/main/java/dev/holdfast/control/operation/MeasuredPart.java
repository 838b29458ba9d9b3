package dev.holdfast.control.operation;

import dev.holdfast.connectors.postgres.TableSize;
import dev.holdfast.engine.source.ForwardingPart;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.tree.Entry;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Notes on the way how much of each table comes into a part. As safe for many threads as the part is. */
final class MeasuredPart extends ForwardingPart {
    /** Of a database with more tables, those that come later are not measured. */
    private static final int MOST_TABLES = 10_000;

    private final SortedMap<String, TableSize> tables = new TreeMap<>();

    MeasuredPart(PartWriter part) {
        super(part);
    }

    /** By name. */
    synchronized List<TableSize> tables() {
        return List.copyOf(tables.values());
    }

    @Override
    public void add(Entry entry, Change change) {
        super.add(entry, change);
        TableSize.of(entry).ifPresent(this::note);
    }

    private synchronized void note(TableSize size) {
        if (tables.size() < MOST_TABLES || tables.containsKey(size.table())) {
            tables.merge(size.table(), size, TableSize::and);
        }
    }
}
