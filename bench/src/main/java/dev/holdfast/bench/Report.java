package dev.holdfast.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** The medians of every phase as a table, and ours over theirs as one line. */
final class Report {
    private record Row(String phase, String who, Cost median, List<Cost> all) {}

    private final List<Row> rows = new ArrayList<>();

    void add(String phase, Map<String, List<Cost>> costs) {
        costs.forEach((who, all) -> rows.add(new Row(phase, who, Cost.median(all), List.copyOf(all))));
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    List<String> table() {
        List<String> lines = new ArrayList<>();
        StringBuilder heading = new StringBuilder("%-10s %-16s".formatted("phase", "who"));
        for (Metric metric : Metric.values()) {
            heading.append("%12s".formatted(metric.heading));
        }
        lines.add(heading.append("   wall, each").toString());
        for (Row row : rows) {
            StringBuilder line = new StringBuilder("%-10s %-16s".formatted(row.phase(), row.who()));
            for (Metric metric : Metric.values()) {
                OptionalDouble value = row.median().of(metric);
                line.append(
                        value.isEmpty()
                                ? "%12s".formatted("-")
                                : String.format(Locale.ROOT, "%12.2f", value.getAsDouble() / metric.unit));
            }
            line.append("  ");
            row.all()
                    .forEach(cost -> line.append(String.format(
                            Locale.ROOT, " %.2f", cost.of(Metric.WALL).orElse(Double.NaN))));
            lines.add(line.toString());
        }
        return lines;
    }

    /**
     * {@code ratio PHASE.PEER.METRIC=VALUE …}: the median of Holdfast, the first of a phase, over the median of each peer.
     * A metric that one side lacks, or that is 0 at the peer, has no ratio.
     */
    String ratios() {
        StringBuilder line = new StringBuilder("ratio");
        Map<String, Row> ours = new LinkedHashMap<>();
        for (Row row : rows) {
            Row our = ours.putIfAbsent(row.phase(), row);
            if (our != null) {
                for (Metric metric : Metric.values()) {
                    OptionalDouble above = our.median().of(metric);
                    OptionalDouble below = row.median().of(metric);
                    if (above.isPresent() && below.isPresent() && below.getAsDouble() > 0) {
                        line.append(String.format(
                                Locale.ROOT,
                                " %s.%s.%s=%.3f",
                                row.phase(),
                                row.who(),
                                metric.key,
                                above.getAsDouble() / below.getAsDouble()));
                    }
                }
            }
        }
        return line.toString();
    }
}
