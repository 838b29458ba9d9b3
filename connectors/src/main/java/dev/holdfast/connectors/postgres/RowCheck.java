package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Keys.TableName;
import dev.holdfast.connectors.postgres.StoredDatabase.StoredSequence;
import dev.holdfast.connectors.postgres.StoredDatabase.StoredTable;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.source.Progress;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Reads restored tables and sequences again, wherever they are now, and compares them with what was captured. The session may
 * be one in which they are not committed yet.
 */
final class RowCheck {
    private final String encoding;
    private final UnaryOperator<TableName> place;
    private final Progress progress;

    /**
     * @param encoding of the captured rows, by its PostgreSQL name
     * @param place where a table or sequence of the snapshot is now
     */
    RowCheck(String encoding, UnaryOperator<TableName> place, Progress progress) {
        this.encoding = encoding;
        this.place = place;
        this.progress = progress;
    }

    /** Tables whose rows are in one: themselves, or the partitions below one that routed them again. */
    private record Group(TableName loaded, List<StoredTable> tables) {
        static List<Group> of(Collection<StoredTable> tables) {
            Map<TableName, List<StoredTable>> groups = tables.stream()
                    .collect(Collectors.groupingBy(StoredTable::loaded, LinkedHashMap::new, Collectors.toList()));
            return groups.entrySet().stream()
                    .map(group -> new Group(group.getKey(), group.getValue()))
                    .toList();
        }

        boolean isRouted() {
            return !tables.getFirst().name().equals(loaded);
        }
    }

    /**
     * @throws Failed if a table is not what was captured
     */
    void tables(RowTransfer rows, Collection<StoredTable> tables) throws SQLException {
        for (Group group : Group.of(tables)) {
            check(rows, group);
        }
    }

    /** The same with several sessions. */
    void tables(PostgresLocation database, Collection<StoredTable> tables, int connections, Runnable heartbeat)
            throws Exception {
        Queue<Group> queue = new ConcurrentLinkedQueue<>(Group.of(tables));
        try (Workers workers = new Workers()) {
            for (int i = 0; i < Math.min(connections, queue.size()); i++) {
                workers.start("read " + i, () -> {
                    try (RowConnection rows = RowConnection.open(database, PostgresSource.STALL)) {
                        workers.whenFailed(rows::abort);
                        for (Group group = queue.poll(); group != null && !workers.failed(); group = queue.poll()) {
                            check(rows, group);
                        }
                    }
                });
            }
            workers.join(heartbeat);
        }
    }

    private void check(RowTransfer rows, Group group) throws SQLException {
        RowDigest captured = new RowDigest();
        group.tables().forEach(table -> captured.add(table.rows(), table.hash()));
        RowDigest here = new RowDigest();
        try {
            rows.read(copyOut(group), (bytes, offset, length, endsRow) -> {
                here.piece(bytes, offset, length, endsRow);
                progress.advance(0, length);
            });
        } catch (SQLException e) {
            throw denied(e, group);
        }
        if (captured.rows() != here.rows() || !captured.hash().equals(here.hash())) {
            throw different(
                    "table " + group.loaded().shown(),
                    captured.rows() + " rows with hash " + captured.hash(),
                    here.rows() + " rows with hash " + here.hash());
        }
        progress.advance(group.tables().size(), 0);
    }

    private static SQLException denied(SQLException e, Group group) {
        if (SqlFailures.state(e).equals("42501")) {
            throw new AccessDenied(
                    ErrorCode.TABLE_UNREADABLE,
                    "reading table " + group.loaded().shown() + " again failed: " + SqlFailures.said(e),
                    "restore as a user that may read all rows, or without a comparison: --no-compare.",
                    e);
        }
        return e;
    }

    private String copyOut(Group group) {
        String table = place.apply(group.loaded()).quoted();
        List<String> columns = group.tables().getFirst().columns();
        String list = columns.stream().map(Sql::name).collect(Collectors.joining(", "));
        String source = group.isRouted()
                ? "(SELECT " + list + " FROM " + table + ")"
                : table + (columns.isEmpty() ? "" : " (" + list + ")");
        return "COPY " + source + " TO STDOUT WITH (FORMAT text, ENCODING " + Sql.literal(encoding) + ")";
    }

    void sequences(Session session, Collection<StoredSequence> sequences) throws SQLException {
        for (StoredSequence sequence : sequences) {
            List<String> states = new ArrayList<>();
            session.each(
                    "SELECT last_value::text, is_called::text FROM "
                            + place.apply(sequence.name()).quoted(),
                    row -> states.add(state(row.getString(1), row.getString(2))));
            String captured = state(Long.toString(sequence.lastValue()), Boolean.toString(sequence.called()));
            if (!states.equals(List.of(captured))) {
                throw different("sequence " + sequence.name().shown(), captured, String.join(", ", states));
            }
            progress.advance(1, 0);
        }
    }

    private static String state(String lastValue, String called) {
        return lastValue + (called.equals("true") ? "" : " (not yet used)");
    }

    private static Failed different(String what, String captured, String here) {
        return new Failed(
                ErrorCode.DATABASE_RESTORE_FAILED,
                "what was restored is not what was captured: " + what + " had " + captured + ", now has " + here,
                "what was there before is untouched; see what in the database changes rows by itself.");
    }
}
