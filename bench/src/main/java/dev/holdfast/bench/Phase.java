package dev.holdfast.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One thing that every contender does, Holdfast first: a round is one turn of each, so that all meet the same weather.
 *
 * @param name its name in the table and in the ratios
 * @param turns the contenders, ours first
 */
record Phase(String name, List<Turn> turns) {
    Phase {
        turns = List.copyOf(turns);
    }

    /**
     * A warm-up round and then the rounds that count.
     *
     * @return the costs of each contender, in the order of the turns
     */
    Map<String, List<Cost>> measure(Meter meter, int rounds, PrintStream progress) {
        Map<String, List<Cost>> costs = new LinkedHashMap<>();
        for (int round = 0; round <= rounds; round++) {
            for (Turn turn : turns) {
                Cost cost = measure(meter, turn);
                progress.printf(
                        "%-10s %-16s %-8s %8.2f s%n",
                        name,
                        turn.who(),
                        round == 0 ? "warm-up" : "round " + round,
                        cost.of(Metric.WALL).orElseThrow());
                List<Cost> counted = costs.computeIfAbsent(turn.who(), _ -> new ArrayList<>());
                if (round > 0) {
                    counted.add(cost);
                }
            }
        }
        turns.forEach(turn -> turn.check().run());
        return costs;
    }

    private static Cost measure(Meter meter, Turn turn) {
        turn.prepare().run();
        double before = turn.storedBytes().getAsDouble();
        Cost cost = meter.measure(turn.command().get());
        double stored = turn.storedBytes().getAsDouble() - before;
        return Double.isNaN(stored) ? cost : cost.with(Metric.STORED, stored);
    }
}
