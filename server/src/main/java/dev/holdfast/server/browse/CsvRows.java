package dev.holdfast.server.browse;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Rows of PostgreSQL's COPY text format as CSV (RFC 4180, lines ended by CR LF). Every value is quoted, so that none has to be held
 * as a whole; NULL alone is not, so it differs from an empty text.
 */
final class CsvRows {
    private static final int BUFFER = 64 << 10;

    private CsvRows() {}

    /**
     * @param rows as COPY TO writes them; not closed
     * @param out flushed, not closed
     */
    static void write(List<String> columns, InputStream rows, OutputStream out) throws IOException {
        BufferedOutputStream csv = new BufferedOutputStream(out, BUFFER);
        header(columns, csv);
        rows(new BufferedInputStream(rows, BUFFER), csv);
        csv.flush();
    }

    private static void header(List<String> columns, OutputStream csv) throws IOException {
        for (int i = 0; i < columns.size(); i++) {
            String name = columns.get(i).replace("\"", "\"\"");
            csv.write(((i > 0 ? "," : "") + "\"" + name + "\"").getBytes(StandardCharsets.UTF_8));
        }
        end(csv);
    }

    private static void rows(InputStream rows, OutputStream csv) throws IOException {
        int c = rows.read();
        while (c >= 0) {
            c = row(c, rows, csv);
        }
    }

    /** One row, from its first byte on; gives the first byte of the next. */
    private static int row(int first, InputStream rows, OutputStream csv) throws IOException {
        int c = field(first, rows, csv);
        while (c == '\t') {
            csv.write(',');
            c = field(rows.read(), rows, csv);
        }
        end(csv);
        return rows.read();
    }

    /** One field, from its first byte on; gives the byte that ended it. */
    private static int field(int first, InputStream rows, OutputStream csv) throws IOException {
        int c = first;
        int escaped = c == '\\' ? rows.read() : -1;
        if (escaped == 'N') {
            return rows.read();
        }
        csv.write('"');
        while (escaped >= 0 || (c != '\t' && c != '\n' && c >= 0)) {
            value(escaped >= 0 ? unescaped(escaped) : c, csv);
            c = rows.read();
            escaped = c == '\\' ? rows.read() : -1;
        }
        csv.write('"');
        return c;
    }

    private static void value(int b, OutputStream csv) throws IOException {
        if (b == '"') {
            csv.write('"');
        }
        csv.write(b);
    }

    private static int unescaped(int c) {
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0b;
            default -> c;
        };
    }

    private static void end(OutputStream csv) throws IOException {
        csv.write('\r');
        csv.write('\n');
    }
}
