package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.StoredDatabase.StoredTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The rows of tables in pieces for several connections. A connection begins with a table of its own as long as there is one,
 * the largest first; then it helps others with theirs. Safe for many threads.
 */
final class RowPieces {
    /** About as much as a server takes in a second or less; a table of less than two of these is not cut. */
    static final long PIECE_BYTES = 64L << 20;

    private final List<Load> loads;

    /**
     * @param whole which tables are not cut, because the order of their rows matters
     */
    RowPieces(Collection<StoredTable> tables, Predicate<StoredTable> whole, long pieceBytes) {
        this.loads = new ArrayList<>(tables.stream()
                .map(table -> new Load(table, whole.test(table) ? 1 : Math.max(1, table.bytes() / pieceBytes)))
                .sorted(Comparator.comparingLong(Load::bytesLeft).reversed())
                .toList());
    }

    /** How many there are. */
    synchronized long count() {
        return loads.stream().mapToLong(load -> load.pieces).sum();
    }

    /** The next piece; null if all are given away. */
    synchronized @Nullable Piece next() {
        Load next = null;
        for (Load load : loads) {
            if (next == null
                    || load.readers() < next.readers()
                    || (load.readers() == next.readers() && load.bytesLeft() > next.bytesLeft())) {
                next = load;
            }
            if (next.readers() == 0) {
                break; // they are in order of size, and nobody has begun those that follow
            }
        }
        if (next == null) {
            return null;
        }
        Piece piece = next.give();
        if (next.given == next.pieces) {
            loads.remove(next);
        }
        return piece;
    }

    /**
     * Some of the rows of a table.
     *
     * @param from where the first one may begin, in bytes of the table's text
     * @param to before which the last one begins
     */
    record Piece(Load load, long from, long to) {
        StoredTable table() {
            return load.table;
        }
    }

    /** A table that is being filled. Its pieces may be done in any order. */
    static final class Load {
        private final StoredTable table;
        private final long pieces;
        private final RowDigest sent = new RowDigest();
        private long given;
        private long done;

        private Load(StoredTable table, long pieces) {
            this.table = table;
            this.pieces = pieces;
        }

        private Piece give() {
            long from = place(given);
            return new Piece(this, from, place(++given));
        }

        private long place(long piece) {
            return piece == pieces ? table.bytes() : table.bytes() / pieces * piece;
        }

        private long bytesLeft() {
            return table.bytes() - place(given);
        }

        private synchronized long readers() {
            return given - done;
        }

        /**
         * A piece has been sent.
         *
         * @return the digest of all rows if it was the last piece
         */
        synchronized @Nullable RowDigest done(RowDigest piece) {
            sent.add(piece);
            return ++done == pieces ? sent : null;
        }
    }
}
