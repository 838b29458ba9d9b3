package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static Cost cost(double wall, double cpu) {
        return new Cost(Map.of(Metric.WALL, wall, Metric.CPU, cpu));
    }

    @Test
    void the_median_of_an_odd_number_is_the_middle_and_of_an_even_number_the_mean_of_both() {
        assertThat(Cost.median(List.of(cost(9, 1), cost(1, 5), cost(2, 3)))).isEqualTo(cost(2, 3));
        assertThat(Cost.median(List.of(cost(1, 1), cost(2, 2)))).isEqualTo(cost(1.5, 1.5));
    }

    @Test
    void a_metric_that_was_never_measured_has_no_median() {
        assertThat(Cost.median(List.of(cost(1, 1))).of(Metric.PEAK)).isEmpty();
    }

    @Test
    void ratios_are_ours_over_each_of_theirs() {
        Report report = new Report();
        report.add("first", phase(cost(1, 3), cost(2, 2), cost(4, 6)));

        assertThat(report.ratios())
                .isEqualTo("ratio first.one.wall=0.500 first.one.cpu=1.500 first.two.wall=0.250 first.two.cpu=0.500");
    }

    @Test
    void there_is_no_ratio_over_nothing() {
        Report report = new Report();
        Cost stored = cost(1, 1).with(Metric.STORED, 0);
        report.add("unchanged", phase(stored.with(Metric.PEAK, 7), stored, cost(1, 0)));

        assertThat(report.ratios())
                .isEqualTo("ratio unchanged.one.wall=1.000 unchanged.one.cpu=1.000 unchanged.two.wall=1.000");
    }

    @Test
    void the_table_has_a_line_for_each_contender_in_their_order() {
        Report report = new Report();
        report.add("first", phase(cost(1, 3), cost(2, 2), cost(4, 6)));

        assertThat(report.table()).hasSize(4);
        assertThat(report.table().get(1))
                .startsWith("first      holdfast")
                .contains("1.00")
                .contains("3.00");
        assertThat(report.table().get(3)).startsWith("first      two");
    }

    private static Map<String, List<Cost>> phase(Cost ours, Cost one, Cost two) {
        Map<String, List<Cost>> costs = new LinkedHashMap<>();
        costs.put("holdfast", List.of(ours));
        costs.put("one", List.of(one));
        costs.put("two", List.of(two));
        return costs;
    }
}
