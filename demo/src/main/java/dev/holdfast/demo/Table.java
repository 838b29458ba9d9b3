package dev.holdfast.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Lines of text in columns: the first to the left, the others to the right, as numbers are read. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... heads) {
        rows.add(List.of(heads));
    }

    /** Adds a row with as many cells as there are heads. */
    Table row(Object... cells) {
        if (cells.length != rows.getFirst().size()) {
            throw new IllegalArgumentException("a row of %d cells in a table of %d columns"
                    .formatted(cells.length, rows.getFirst().size()));
        }
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(String.valueOf(cell));
        }
        rows.add(row);
        return this;
    }

    @Override
    public String toString() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        StringBuilder text = new StringBuilder();
        for (int number = 0; number < rows.size(); number++) {
            StringBuilder line = new StringBuilder("  ");
            for (int i = 0; i < columns; i++) {
                String cell = rows.get(number).get(i);
                String padding = " ".repeat(widths[i] - width(cell));
                line.append(i == 0 ? cell + padding : "   " + padding + cell);
            }
            text.append(line.toString().stripTrailing()).append('\n');
            if (number == 0) {
                int total = Arrays.stream(widths).sum() + 3 * (columns - 1);
                text.append("  ").append("─".repeat(total)).append('\n');
            }
        }
        return text.toString();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
