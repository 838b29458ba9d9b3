package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeterTest {
    private static final PrintStream SILENCE = new PrintStream(OutputStream.nullOutputStream());

    @TempDir
    private Path folder;

    @BeforeAll
    static void requireTime() {
        Tools.require(Map.of("/usr/bin/time", "time"));
    }

    private Meter meter() {
        return new Meter(folder.resolve("meter"), () -> Double.NaN);
    }

    private Command shell(String line) {
        return Command.shell(folder, Map.of(), line);
    }

    @Test
    void processor_time_of_children_is_counted() {
        String work = "for ((n = 0; n < 200000; n++)); do :; done";

        Cost alone = meter().measure(shell(work));
        Cost below = meter().measure(shell("bash -c 'bash -c \"" + work + "\"; true'; true"));

        assertThat(alone.of(Metric.CPU).orElseThrow()).isGreaterThan(0.05);
        assertThat(below.of(Metric.CPU).orElseThrow())
                .isGreaterThan(alone.of(Metric.CPU).orElseThrow() / 3);
    }

    @Test
    void waiting_takes_time_and_no_processor() {
        Cost cost = meter().measure(shell("sleep 0.3"));

        assertThat(cost.of(Metric.WALL).orElseThrow()).isGreaterThanOrEqualTo(0.3);
        assertThat(cost.of(Metric.CPU).orElseThrow()).isLessThan(0.2);
        assertThat(cost.of(Metric.SERVER)).isEmpty();
    }

    /** Holds 30 MB until it has met another that does, and a little longer. */
    private String holding(String own, String other) {
        return "{ head -c 30000000 /dev/zero; touch " + folder.resolve(own) + "; for i in $(seq 400); do [ -e "
                + folder.resolve(other) + " ] && break; sleep 0.05; done; sleep 0.5; } | tail -c 30000000 | wc -c";
    }

    @Test
    void the_peak_adds_up_the_processes_of_a_pipeline() {
        double one = meter().measure(shell(holding("alone", "alone")))
                .of(Metric.PEAK)
                .orElseThrow();
        double two = meter().measure(
                        shell(holding("first", "second") + " | { " + holding("second", "first") + "; cat; }"))
                .of(Metric.PEAK)
                .orElseThrow();

        assertThat(one).isGreaterThan(30e6);
        assertThat(two).isGreaterThan(one + 25e6);
    }

    @Test
    void a_failure_anywhere_in_a_pipeline_is_told_with_its_output() {
        assertThatThrownBy(() -> meter().measure(shell("{ echo broken >&2; exit 3; } | cat")))
                .isInstanceOf(BenchFailure.class)
                .hasMessageContaining("exit code 3")
                .hasMessageContaining("| broken");
    }

    @Test
    void what_the_servers_used_is_the_difference() {
        Iterator<Double> readings = List.of(5.0, 5.0, 7.0, 8.0, 8.0).iterator();

        Cost cost = new Meter(folder.resolve("meter"), readings::next).measure(shell("true"));

        assertThat(cost.of(Metric.SERVER)).hasValue(3.0);
    }

    @Test
    void contenders_take_turns_and_the_warm_up_does_not_count() {
        List<String> events = new ArrayList<>();
        Phase phase = new Phase("first", List.of(turn("a", events), turn("b", events)));

        Map<String, List<Cost>> costs = phase.measure(meter(), 2, SILENCE);

        assertThat(events).containsExactly("a", "b", "a", "b", "a", "b", "a is right", "b is right");
        assertThat(costs).containsOnlyKeys("a", "b");
        assertThat(costs.get("a"))
                .hasSize(2)
                .allSatisfy(cost -> assertThat(cost.of(Metric.STORED)).hasValue(3));
    }

    private Turn turn(String who, List<String> events) {
        Path stored = folder.resolve(who);
        return new Turn(
                who,
                () -> events.add(who),
                () -> shell("mkdir -p " + who + "; printf abc >> " + who + "/file"),
                () -> Trees.bytes(stored),
                () -> events.add(who + " is right"));
    }

    @Test
    void settings_of_the_contenders_are_not_inherited() {
        Command command = Command.of(folder, Map.of("RESTIC_PASSWORD", "x"), "true");

        assertThat(command.builder().environment().keySet())
                .contains("RESTIC_PASSWORD", "PATH")
                .noneMatch(name -> name.startsWith("AWS_") || name.startsWith("HOLDFAST_"));
    }
}
