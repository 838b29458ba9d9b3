package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Catalog.Root;
import dev.holdfast.connectors.postgres.Catalog.Sequence;
import dev.holdfast.connectors.postgres.Catalog.Table;
import dev.holdfast.connectors.postgres.Keys.TableName;
import dev.holdfast.connectors.postgres.LargeObjects.LargeObject;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.Comparer.DifferenceListener;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One comparison of a part with a frozen live database. */
final class Comparison {
    private final FrozenDatabase live;
    private final PostgresLocation location;
    private final PartReader part;
    private final DifferenceListener differences;
    private final Progress progress;
    private final int connections;
    private final Path scratch;
    private final ClientTools tools;
    private final AtomicLong compared = new AtomicLong();
    private final DatabaseProperties captured;

    /** Rows that belong together: one table's, or those of all partitions below a root that routes them anew. */
    private static final class Group {
        private final String shown;
        private final RowDigest captured = new RowDigest();
        private final RowDigest live = new RowDigest();
        private final List<Table> tables = new ArrayList<>();
        private List<String> columns = List.of();
        private int entries;
        private int unread;

        Group(String shown) {
            this.shown = shown;
        }

        /** Their order is another one after a restore of tables that inherit, as with pg_dump and pg_restore alone. */
        boolean sameColumns(Table table) {
            return Set.copyOf(table.columns()).equals(Set.copyOf(columns));
        }
    }

    Comparison(
            FrozenDatabase live,
            PartReader part,
            DifferenceListener differences,
            Progress progress,
            int connections,
            Path scratch,
            ClientTools tools) {
        this.live = live;
        this.location = live.location();
        this.part = part;
        this.differences = differences;
        this.progress = progress;
        this.connections = connections;
        this.scratch = scratch;
        this.tools = tools;
        this.captured = Keys.read(part, Keys.DATABASE, DatabaseProperties.class);
    }

    long run() {
        return run(true);
    }

    /** Rows, sequences and large objects alone; for a database that was just restored and may be somebody else's. */
    long runOnContents() {
        return run(false);
    }

    private long run(boolean definitions) {
        try {
            compareAll(definitions);
            return compared.get();
        } catch (HoldfastException e) {
            throw e;
        } catch (SQLException e) {
            throw SqlFailures.reading(e, "comparing database '" + location.database() + "'", location);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled(ErrorCode.CANCELLED, "the comparison was stopped", "start it again.", e);
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.DATABASE_DUMP_FAILED,
                    "comparing database '" + location.database() + "' failed: " + e.getMessage(),
                    "see that the scratch folder " + scratch + " is writable and has room.",
                    e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void compareAll(boolean definitions) throws Exception {
        if (definitions) {
            compareProperties();
        }
        List<Group> groups = groups();
        compareSequences();
        progress.expect(part.entryCount(), part.contentBytes());
        try (Workers workers = new Workers()) {
            if (definitions) {
                workers.start("schema", this::compareSchema);
            }
            workers.start("large objects", () -> compareLargeObjects(workers));
            Queue<Group> queue = new ConcurrentLinkedQueue<>(groups.stream()
                    .sorted(Comparator.comparingLong((Group group) ->
                                    group.tables.stream().mapToLong(live::size).sum())
                            .reversed())
                    .toList());
            int readers = Math.min(connections, groups.size());
            for (int i = 0; i < readers; i++) {
                workers.start("copy " + i, () -> compareTables(workers, queue, readers));
            }
            workers.join(() -> {
                live.verifyHeld();
                progress.advance(0, 0);
            });
        }
        live.verifyHeld();
    }

    private void compareProperties() throws SQLException {
        DatabaseProperties now = DatabaseProperties.of(live, captured.dumpMajor());
        captured.differences(now).forEach(what -> differences.differs("database", what));
        compared.incrementAndGet();
    }

    private void compareSchema() throws IOException, InterruptedException {
        Path archive = Files.createTempFile(Files.createDirectories(scratch), "captured-", ".dump");
        try (SchemaDump dump = SchemaDump.of(
                        live,
                        tools.dump(captured.dumpMajor() >= serverMajor() ? captured.dumpMajor() : serverMajor()),
                        scratch);
                InputStream content = part.open(Keys.document(part, Keys.SCHEMA).content())) {
            Files.copy(content, archive, StandardCopyOption.REPLACE_EXISTING);
            compared.addAndGet(new SchemaComparison(differences)
                    .compare(
                            archive,
                            captured.encoding(),
                            dump.file(),
                            live.leader().encoding()));
        } finally {
            Files.deleteIfExists(archive);
        }
    }

    private int serverMajor() {
        return live.leader().serverMajor();
    }

    /** Pairs tables; tells of those that have no twin. */
    private List<Group> groups() {
        Map<String, Group> groups = new TreeMap<>();
        EntryCursor cursor = part.entriesFrom(Keys.TABLES);
        for (Entry entry = cursor.next(); entry != null && entry.type() == EntryType.TABLE; entry = cursor.next()) {
            Optional<TableName> root = Keys.root(entry);
            Group group =
                    groups.computeIfAbsent(root.orElse(Keys.tableName(entry)).shown(), Group::new);
            group.captured.add(Long.parseLong(Keys.need(entry, Keys.ROWS)), Keys.need(entry, Keys.HASH));
            group.columns = Keys.columns(entry);
            group.entries++;
        }
        for (Table table : live.tables()) {
            if (table.hasRows()) {
                Root root = table.root();
                String shown = root == null ? table.shown() : new TableName(root.schema(), root.name()).shown();
                groups.computeIfAbsent(shown, Group::new).tables.add(table);
            }
        }
        List<Group> paired = new ArrayList<>();
        for (Group group : groups.values()) {
            if (group.entries == 0) {
                differences.differs("table " + group.shown, "is live, not in the snapshot");
            } else if (group.tables.isEmpty()) {
                differences.differs("table " + group.shown, "is in the snapshot, not live");
            } else if (!group.tables.stream().allMatch(table -> group.sameColumns(table))) {
                differences.differs(
                        "table " + group.shown,
                        "snapshot has columns " + group.columns + ", live has "
                                + group.tables.getFirst().columns());
            } else {
                group.unread = group.tables.size();
                paired.add(group);
            }
        }
        return paired;
    }

    private void compareTables(Workers workers, Queue<Group> queue, int readers) throws Exception {
        try (RowConnection rows = live.joinForRows(PostgresSource.STALL, readers)) {
            workers.whenFailed(rows::abort);
            for (Group group = queue.poll(); group != null && !workers.failed(); group = queue.poll()) {
                for (Table table : group.tables) {
                    readTable(rows, table, group);
                }
                judge(group);
            }
        }
    }

    private void readTable(RowConnection rows, Table table, Group group) throws InterruptedException {
        try {
            live.lock(rows, table);
            rows.read(
                    TableRows.copyOut(table.withColumns(group.columns), captured.encoding()),
                    (bytes, offset, length, endsRow) -> {
                        group.live.piece(bytes, offset, length, endsRow);
                        progress.advance(0, length);
                    });
            group.unread--;
            progress.advance(1, 0);
        } catch (SQLException e) {
            throw SqlFailures.reading(e, "reading table " + table.shown(), location);
        }
    }

    private void judge(Group group) {
        if (group.unread > 0) {
            throw new IllegalStateException("table " + group.shown + " was not read whole");
        }
        if (group.captured.rows() != group.live.rows()) {
            differences.differs(
                    "table " + group.shown,
                    "snapshot has " + group.captured.rows() + " rows, live has " + group.live.rows());
        } else if (!group.captured.hash().equals(group.live.hash())) {
            differences.differs(
                    "table " + group.shown,
                    "the same number of rows (" + group.live.rows() + "), but not the same rows: snapshot has hash "
                            + group.captured.hash() + ", live has " + group.live.hash());
        }
        compared.addAndGet(group.entries);
    }

    private void compareSequences() {
        Map<String, Sequence> alive = new TreeMap<>();
        live.sequences().forEach(sequence -> alive.put(sequence.shown(), sequence));
        EntryCursor cursor = part.entriesFrom(Keys.SEQUENCES);
        for (Entry entry = cursor.next(); entry != null && entry.type() == EntryType.SEQUENCE; entry = cursor.next()) {
            String shown = Keys.tableName(entry).shown();
            Sequence twin = alive.remove(shown);
            if (twin == null) {
                differences.differs("sequence " + shown, "is in the snapshot, not live");
                continue;
            }
            String before = state(Keys.need(entry, Keys.LAST_VALUE), Keys.need(entry, Keys.IS_CALLED));
            String now = state(twin.lastValue(), Boolean.toString(twin.called()));
            if (!before.equals(now)) {
                differences.differs("sequence " + shown, "snapshot is at " + before + ", live is at " + now);
            }
            compared.incrementAndGet();
        }
        alive.keySet().forEach(shown -> differences.differs("sequence " + shown, "is live, not in the snapshot"));
    }

    private static String state(String lastValue, String called) {
        return lastValue + (called.equals("true") ? "" : " (not yet used)");
    }

    private void compareLargeObjects(Workers workers) throws Exception {
        try (Session session = live.join(PostgresSource.STALL)) {
            workers.whenFailed(session::abort);
            LargeObjects all = new LargeObjects(session);
            EntryCursor cursor = part.entriesFrom(Keys.BLOBS);
            Entry entry = blob(cursor.next());
            LargeObject object = all.next();
            while (entry != null || object != null) {
                long before = entry == null ? Long.MAX_VALUE : Keys.oid(entry.key());
                long now = object == null ? Long.MAX_VALUE : object.oid();
                if (before < now) {
                    differences.differs("large object " + before, "is in the snapshot, not live");
                } else if (before > now) {
                    differences.differs("large object " + now, "is live, not in the snapshot");
                } else if (entry != null && object != null && !part.matches(entry.content(), object.content())) {
                    differences.differs("large object " + now, "has other bytes than in the snapshot");
                }
                compared.addAndGet(before == now ? 1 : 0);
                progress.advance(before <= now ? 1 : 0, 0);
                entry = before <= now ? blob(cursor.next()) : entry;
                object = now <= before ? all.next() : object;
            }
        } catch (SQLException e) {
            throw SqlFailures.reading(
                    e, "reading the large objects of database '" + location.database() + "'", location);
        }
    }

    private static @Nullable Entry blob(@Nullable Entry entry) {
        return entry != null && entry.type() == EntryType.LARGE_OBJECT ? entry : null;
    }
}
