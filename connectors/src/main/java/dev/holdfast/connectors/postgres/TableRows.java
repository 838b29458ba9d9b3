package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Catalog.Table;
import java.util.List;
import java.util.stream.Collectors;

/** The statements that read and write rows of a table, as COPY text in an encoding of the caller's choice. */
final class TableRows {
    private TableRows() {}

    /** Reads a table's own rows, none of its children's. */
    static String copyOut(Table table, String encoding) {
        if (!table.condition().isEmpty()) {
            return copyWhere(table, table.condition(), encoding);
        }
        return "COPY " + table.quoted() + columns(table.columns()) + out(encoding);
    }

    /**
     * Reads the rows that lie in some pages of a heap.
     *
     * @param fromPage the first page
     * @param toPage behind the last page; {@link Long#MAX_VALUE} for all that follow, however many there are by now
     */
    static String copyOut(Table table, long fromPage, long toPage, String encoding) {
        String from = "ctid >= '(" + fromPage + ",0)'::pg_catalog.tid";
        String to = toPage == Long.MAX_VALUE ? "" : " AND ctid < '(" + toPage + ",0)'::pg_catalog.tid";
        return copyWhere(table, "WHERE " + from + to, encoding);
    }

    private static String copyWhere(Table table, String condition, String encoding) {
        return "COPY (SELECT " + list(table.columns()) + " FROM ONLY " + table.quoted() + " " + condition + ")"
                + out(encoding);
    }

    private static String out(String encoding) {
        return " TO STDOUT WITH (FORMAT text, ENCODING " + Sql.literal(encoding) + ")";
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
}
