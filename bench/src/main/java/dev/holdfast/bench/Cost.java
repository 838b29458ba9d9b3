package dev.holdfast.bench;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** What a command cost, or the median of several costs. A metric that was not measured is absent. */
record Cost(Map<Metric, Double> values) {
    Cost {
        values = Map.copyOf(values);
    }

    OptionalDouble of(Metric metric) {
        Double value = values.get(metric);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    Cost with(Metric metric, double value) {
        Map<Metric, Double> all = new EnumMap<>(Metric.class);
        all.putAll(values);
        all.put(metric, value);
        return new Cost(all);
    }

    /** The median of each metric by itself. */
    static Cost median(List<Cost> costs) {
        Map<Metric, Double> medians = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            double[] sorted = costs.stream()
                    .flatMapToDouble(cost -> cost.of(metric).stream())
                    .sorted()
                    .toArray();
            if (sorted.length > 0) {
                medians.put(metric, (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2);
            }
        }
        return new Cost(medians);
    }
}
