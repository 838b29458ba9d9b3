package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Keys.TableName;
import dev.holdfast.connectors.postgres.RowPieces.Piece;
import dev.holdfast.connectors.postgres.StoredDatabase.StoredSequence;
import dev.holdfast.connectors.postgres.StoredDatabase.StoredTable;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryType;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Brings rows, large objects and the states of sequences into a database whose tables are there. What is sent is hashed: it
 * must be what was captured, and the server must have taken as many rows.
 */
final class Filling {
    private static final int BLOB_PIECE_BYTES = 256 * 1024;
    private static final long BLOB_BATCH_BYTES = 16L * 1024 * 1024;

    private final PartReader part;
    private final String encoding;
    private final PostgresLocation database;
    private final UnaryOperator<TableName> place;
    private final Progress progress;
    private final long pieceBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong entries = new AtomicLong();
    private final AtomicLong made = new AtomicLong();

    /**
     * @param encoding of the captured rows, by its PostgreSQL name
     * @param database which to fill
     * @param place where a table or sequence of the snapshot is now
     * @param pieceBytes how much of a table's text one connection takes at once, about
     */
    Filling(
            PartReader part,
            String encoding,
            PostgresLocation database,
            UnaryOperator<TableName> place,
            Progress progress,
            long pieceBytes) {
        this.part = part;
        this.encoding = encoding;
        this.database = database;
        this.place = place;
        this.progress = progress;
        this.pieceBytes = pieceBytes;
    }

    /** Bytes of rows and large objects that were sent. */
    long bytes() {
        return bytes.get();
    }

    /** Large objects that the definitions lacked: those of pg_dump 17 and later, which come with the data there. */
    long largeObjectsMade() {
        return made.get();
    }

    /** Tables, sequences and large objects that are done. */
    long entries() {
        return entries.get();
    }

    /**
     * Fills tables side by side, large ones over several connections; those of extensions before, in their order, because
     * they have their foreign keys already.
     *
     * @param connections how many at once
     * @param whole which tables are filled over one connection, so that their rows lie as they lay
     * @param heartbeat called every few seconds; if it throws, all is given up
     */
    void fill(
            Collection<StoredTable> tables,
            boolean largeObjects,
            int connections,
            Predicate<StoredTable> whole,
            Runnable heartbeat)
            throws Exception {
        List<StoredTable> ordered = tables.stream()
                .filter(table -> table.order() > 0)
                .sorted(Comparator.comparingLong(StoredTable::order))
                .toList();
        if (!ordered.isEmpty()) {
            try (RowConnection rows = openForRows()) {
                for (StoredTable table : ordered) {
                    fill(rows, table);
                }
            }
        }
        RowPieces pieces = new RowPieces(
                tables.stream().filter(table -> table.order() == 0).toList(), whole, pieceBytes);
        try (Workers workers = new Workers()) {
            if (largeObjects) {
                workers.start("large objects", () -> fillLargeObjects(workers));
            }
            for (int i = 0; i < Math.min(connections, pieces.count()); i++) {
                workers.start("copy " + i, () -> fill(workers, pieces));
            }
            workers.join(heartbeat);
        }
    }

    private void fill(Workers workers, RowPieces pieces) throws Exception {
        try (RowConnection rows = openForRows()) {
            workers.whenFailed(rows::abort);
            for (Piece piece = pieces.next(); piece != null && !workers.failed(); piece = pieces.next()) {
                try (InputStream text = RowSlice.of(part, piece.table().entry().content(), piece.from(), piece.to())) {
                    RowDigest all = piece.load().done(send(rows, piece.table(), text));
                    if (all != null) {
                        finish(piece.table(), all);
                    }
                }
            }
        }
    }

    private RowConnection openForRows() throws SQLException {
        RowConnection rows = RowConnection.open(database, PostgresSource.STALL);
        try {
            // as for a session
            rows.run("SET synchronous_commit TO off");
            return rows;
        } catch (SQLException e) {
            rows.close();
            throw e;
        }
    }

    private Session open() throws SQLException {
        Session session = Session.open(database);
        try {
            // the rename at the end is committed synchronously, and with it everything before
            session.run("SET synchronous_commit TO off");
            return session;
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    /** Fills one table, over a connection of the caller's. */
    void fill(RowTransfer connection, StoredTable table) throws IOException {
        try (InputStream rows = part.open(table.entry().content())) {
            finish(table, send(connection, table, rows));
        }
    }

    private RowDigest send(RowTransfer connection, StoredTable table, InputStream rows) throws IOException {
        RowDigest digest = new RowDigest();
        String doing = "filling table " + table.name().shown();
        try {
            long taken = connection.write(
                    TableRows.copyIn(place.apply(table.loaded()).quoted(), table.columns(), encoding),
                    rows,
                    (sent, length) -> {
                        digest.text(sent, 0, length);
                        bytes.addAndGet(length);
                        progress.advance(0, length);
                    });
            if (taken != digest.rows() && !digest.isWithinRow()) {
                throw new Failed(
                        ErrorCode.DATABASE_RESTORE_FAILED,
                        doing + " is not complete: the server took " + taken + " rows of " + digest.rows(),
                        "report this; what was there before is untouched.");
            }
            return digest;
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, doing, database);
        }
    }

    private void finish(StoredTable table, RowDigest sent) {
        requireCaptured(table, sent);
        done();
    }

    private static void requireCaptured(StoredTable table, RowDigest sent) {
        if (sent.rows() != table.rows() || !sent.hash().equals(table.hash()) || sent.isWithinRow()) {
            throw new Damaged(
                    ErrorCode.DAMAGED,
                    "the rows of table " + table.name().shown() + " are not those that were captured: expected "
                            + table.rows() + " with hash " + table.hash() + ", found " + sent.rows() + " with hash "
                            + sent.hash(),
                    "run 'holdfast check --read-data'.");
        }
    }

    private void fillLargeObjects(Workers workers) throws Exception {
        EntryCursor cursor = part.entriesFrom(Keys.BLOBS);
        Entry entry = cursor.next();
        if (entry == null || entry.type() != EntryType.LARGE_OBJECT) {
            return;
        }
        try (Session session = open()) {
            workers.whenFailed(session::abort);
            boolean defined = session.truth("SELECT EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata)");
            session.run("BEGIN");
            long batch = 0;
            for (; entry != null && entry.type() == EntryType.LARGE_OBJECT; entry = cursor.next()) {
                if (!defined) {
                    session.text("SELECT pg_catalog.lo_create(?::int8::oid)", Keys.oid(entry.key()));
                    made.incrementAndGet();
                }
                batch += 1024 + fillLargeObject(session, entry);
                if (batch > BLOB_BATCH_BYTES) {
                    session.run("COMMIT");
                    session.run("BEGIN");
                    batch = 0;
                }
            }
            session.run("COMMIT");
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "filling large objects", database);
        }
    }

    private long fillLargeObject(Session session, Entry entry) throws SQLException, IOException {
        long oid = Keys.oid(entry.key());
        long offset = 0;
        try (InputStream content = part.open(entry.content())) {
            for (byte[] piece = content.readNBytes(BLOB_PIECE_BYTES);
                    piece.length > 0;
                    piece = content.readNBytes(BLOB_PIECE_BYTES)) {
                session.eachBinary("SELECT pg_catalog.lo_put(?::int8::oid, ?, ?)", row -> oid, oid, offset, piece);
                offset += piece.length;
                bytes.addAndGet(piece.length);
                progress.advance(0, piece.length);
            }
        }
        done();
        return offset;
    }

    /** Puts sequences where they were, in a session of the caller's. */
    void set(Session session, Collection<StoredSequence> sequences) throws SQLException {
        for (StoredSequence sequence : sequences) {
            session.text(
                    "SELECT pg_catalog.setval(?::pg_catalog.regclass, ?, ?)",
                    place.apply(sequence.name()).quoted(),
                    sequence.lastValue(),
                    sequence.called());
            done();
        }
    }

    private void done() {
        entries.incrementAndGet();
        progress.advance(1, 0);
    }
}
