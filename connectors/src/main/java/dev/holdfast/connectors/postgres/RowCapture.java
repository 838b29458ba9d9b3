package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Catalog.Root;
import dev.holdfast.connectors.postgres.Catalog.Table;
import dev.holdfast.connectors.postgres.wire.RowSink;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.SectionWriter;
import dev.holdfast.engine.source.SectionedContent;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryType;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of all tables of a frozen database over several connections. A large table is read in ranges of its pages,
 * each into a section of the table's content, so that one large table keeps all connections busy too. Ranges begin at the same
 * pages in every capture, so pages that did not change give the chunks they gave before.
 */
final class RowCapture {
    /** How much of a table one range takes at the server, about; tables of less than two of these are read whole. */
    private static final long RANGE_BYTES = 128L << 20;

    private static final long LEAST_PAGES = 16;
    private static final int REPORTED_BYTES = 256 * 1024;

    private final FrozenDatabase frozen;
    private final PartWriter part;
    private final int connections;
    private final long rangeBytes;
    private final Queue<Table> waiting;
    private final Map<Table, Entry> captured = new ConcurrentHashMap<>();
    private @Nullable OpenTable open;

    RowCapture(FrozenDatabase frozen, PartWriter part, int connections) {
        this(frozen, part, connections, RANGE_BYTES);
    }

    RowCapture(FrozenDatabase frozen, PartWriter part, int connections, long rangeBytes) {
        this.frozen = frozen;
        this.part = part;
        this.connections = connections;
        this.rangeBytes = rangeBytes;
        this.waiting = new ArrayDeque<>(frozen.tables().stream()
                .filter(Table::hasRows)
                .sorted(Comparator.comparingLong(frozen::size).reversed())
                .toList());
    }

    /** Starts the readers: as many as there are connections, or ranges if those are fewer. */
    void start(Workers workers) {
        part.progress()
                .expect(
                        waiting.size(),
                        waiting.stream().mapToLong(this::expectedBytes).sum());
        long ranges = waiting.stream().mapToLong(this::ranges).sum();
        int readers = (int) Math.min(connections, ranges);
        for (int i = 0; i < readers; i++) {
            workers.start("copy " + i, () -> read(workers, readers));
        }
    }

    /** The tables that were read whole. */
    Map<Table, Entry> captured() {
        return captured;
    }

    private void read(Workers workers, int readers) throws Exception {
        try (RowConnection rows = frozen.joinForRows(PostgresSource.STALL, readers)) {
            workers.whenFailed(rows::abort);
            for (Range range = next(); range != null && !workers.failed(); range = next()) {
                range.read(rows);
            }
        }
    }

    /** The next range of the table that is being read, else the first one of the next table. */
    private synchronized @Nullable Range next() {
        if (open == null || open.isAllGiven()) {
            Table table = waiting.poll();
            if (table == null) {
                return null;
            }
            open = new OpenTable(table, ranges(table), rangePages(table));
        }
        return open.give();
    }

    private long ranges(Table table) {
        long pages = rangePages(table);
        return pages == 0 ? 1 : Math.max(1, Math.ceilDiv(frozen.pages(table), pages));
    }

    /** How many pages a range has; 0 if the table is read whole. */
    private long rangePages(Table table) {
        long bytes = frozen.size(table);
        long pages = frozen.pages(table);
        if (pages == 0
                || bytes < 2 * rangeBytes
                || !table.condition().isEmpty()
                || table.columns().isEmpty()) {
            return 0;
        }
        // rows may be mostly out of line, so a range is counted by what its pages refer to
        long wanted = Long.highestOneBit(Math.max(LEAST_PAGES, (long) ((double) pages * rangeBytes / bytes)));
        long before = previously(table);
        return before >= wanted / 4 && before <= wanted * 4 && before >= LEAST_PAGES ? before : wanted;
    }

    private long previously(Table table) {
        return part.previous(Keys.table(table.shown()))
                .map(entry -> entry.attributes().number(Keys.RANGE_PAGES).orElse(0))
                .orElse(0L);
    }

    private long expectedBytes(Table table) {
        return part.previous(Keys.table(table.shown()))
                .map(entry -> entry.content().bytes())
                .orElseGet(() -> frozen.size(table));
    }

    /** A table of which ranges are being read. */
    private final class OpenTable {
        private final Table table;
        private final long ranges;
        private final long rangePages;
        private final SectionedContent content = part.sections();
        private final RowDigest digest = new RowDigest();
        private long expected;
        private long given;
        private long finished;

        OpenTable(Table table, long ranges, long rangePages) {
            this.table = table;
            this.ranges = ranges;
            this.rangePages = rangePages;
            this.expected = expectedBytes(table);
        }

        boolean isAllGiven() {
            return given == ranges;
        }

        /** The sections of a content lie in the order in which they were begun: that of the pages. */
        Range give() {
            SectionWriter section = content.section(expected / ranges);
            long number = given++;
            return new Range(this, section, number);
        }

        String statement(long number, String encoding) {
            if (ranges == 1) {
                return TableRows.copyOut(table, encoding);
            }
            // the last one is open at its end: a table may have grown since it was measured
            long end = number == ranges - 1 ? Long.MAX_VALUE : (number + 1) * rangePages;
            return TableRows.copyOut(table, number * rangePages, end, encoding);
        }

        /** What comes beyond what was expected is told as soon as it is known. */
        synchronized void advance(long bytes) {
            if (bytes > expected) {
                part.progress().expect(0, bytes - expected);
                expected = bytes;
            }
            expected -= bytes;
            part.progress().advance(0, bytes);
        }

        synchronized void finished(RowDigest range) {
            digest.add(range);
            if (++finished == ranges) {
                Entry entry = new Entry(Keys.table(table.shown()), EntryType.TABLE, attributes(), content.finish());
                part.progress().expect(0, -expected);
                part.countRead(1, entry.content().bytes());
                part.progress().advance(1, 0);
                captured.put(table, entry);
            }
        }

        private Attributes attributes() {
            Attributes.Builder attributes = Attributes.builder()
                    .put(Keys.ATTRIBUTE_SCHEMA, table.schema())
                    .put(Keys.ATTRIBUTE_NAME, table.name())
                    .put(Keys.COLUMNS, Keys.JSON.writeValueAsBytes(table.columns()))
                    .put(Keys.ROWS, digest.rows())
                    .put(Keys.HASH, digest.hash())
                    .put(Keys.TABLE_KIND, table.kind().name().toLowerCase(Locale.ROOT))
                    .put(Keys.PERSISTENCE, table.unlogged() ? "unlogged" : "permanent");
            Root root = table.root();
            if (root != null) {
                attributes.put(Keys.ROOT, Keys.JSON.writeValueAsBytes(List.of(root.schema(), root.name())));
            }
            if (table.order() > 0) {
                attributes.put(Keys.ORDER, table.order());
            }
            if (rangePages > 0) {
                attributes.put(Keys.RANGE_PAGES, rangePages);
            }
            return attributes.build();
        }
    }

    /** Some pages of a table, or all of it; for one thread. */
    private final class Range implements RowSink {
        private final OpenTable of;
        private final SectionWriter section;
        private final long number;
        private final RowDigest digest = new RowDigest();
        private int unreported;

        Range(OpenTable of, SectionWriter section, long number) {
            this.of = of;
            this.section = section;
            this.number = number;
        }

        void read(RowConnection rows) throws InterruptedException {
            String doing = "reading table " + of.table.shown();
            try (section) {
                frozen.lock(rows, of.table);
                long said = rows.read(of.statement(number, frozen.encoding()), this);
                if (said != digest.rows() || digest.isWithinRow()) {
                    throw new Failed(
                            ErrorCode.DATABASE_DUMP_FAILED,
                            doing + " is not complete: the server sent " + said + " rows, received were "
                                    + digest.rows(),
                            "run the backup again; report it if it stays.");
                }
                section.end();
                of.advance(unreported);
                of.finished(digest);
            } catch (SQLException e) {
                throw SqlFailures.reading(e, doing, frozen.location());
            }
        }

        @Override
        public void bytes(byte[] buffer, int offset, int length, boolean endsRow) {
            digest.piece(buffer, offset, length, endsRow);
            section.write(buffer, offset, length);
            unreported += length;
            if (unreported >= REPORTED_BYTES) {
                of.advance(unreported);
                unreported = 0;
            }
        }
    }
}
