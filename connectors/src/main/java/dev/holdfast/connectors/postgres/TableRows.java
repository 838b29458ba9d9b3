package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Catalog.Table;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/** Rows of a table over the wire, as COPY text in an encoding of the caller's choice. */
final class TableRows {
    private TableRows() {}

    /** Takes one row after the other. */
    interface Sink {
        /**
         * @param bytes the row with its line end
         */
        void row(byte[] bytes, int offset, int length);
    }

    /** The statement that reads a table's own rows, none of its children's. */
    static String copyOut(Table table, String encoding) {
        String options = " TO STDOUT WITH (FORMAT text, ENCODING " + Sql.literal(encoding) + ")";
        if (table.condition().isEmpty()) {
            return "COPY " + table.quoted() + columns(table.columns()) + options;
        }
        return "COPY (SELECT " + list(table.columns()) + " FROM ONLY " + table.quoted() + " " + table.condition() + ")"
                + options;
    }

    static String copyIn(String quotedTable, List<String> columns, String encoding) {
        return "COPY " + quotedTable + columns(columns) + " FROM STDIN WITH (FORMAT text, ENCODING "
                + Sql.literal(encoding) + ")";
    }

    /** Without columns, or with generated ones alone, there is no list to write; a row is an empty line then. */
    private static String columns(List<String> columns) {
        return columns.isEmpty() ? "" : " (" + list(columns) + ")";
    }

    private static String list(List<String> columns) {
        return columns.stream().map(Sql::name).collect(Collectors.joining(", "));
    }

    /**
     * Reads to the end.
     *
     * @return how many rows the server says it sent
     */
    static long read(Session session, String copySql, Sink sink) throws SQLException {
        CopyOut copy = session.driver().getCopyAPI().copyOut(copySql);
        try {
            for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
                sink.row(row, 0, row.length);
            }
            return copy.getHandledRowCount();
        } finally {
            if (copy.isActive()) {
                session.abort(); // the rest of the rows is of no use to anybody
            }
        }
    }

    /** Told of each piece that was sent. */
    interface Sent {
        void bytes(byte[] bytes, int length);
    }

    /**
     * Sends everything.
     *
     * @return how many rows the server says it took
     */
    static long write(Session session, String copySql, InputStream rows, Sent sent) throws SQLException, IOException {
        CopyIn copy = session.driver().getCopyAPI().copyIn(copySql);
        boolean done = false;
        try {
            byte[] buffer = new byte[64 * 1024];
            for (int n = rows.read(buffer); n >= 0; n = rows.read(buffer)) {
                copy.writeToCopy(buffer, 0, n);
                sent.bytes(buffer, n);
            }
            long taken = copy.endCopy();
            done = true;
            return taken;
        } finally {
            if (!done && copy.isActive()) {
                session.abort();
            }
        }
    }
}
