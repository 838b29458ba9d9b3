package dev.holdfast.bench;

import dev.holdfast.demo.stand.Scratch;
import dev.holdfast.demo.stand.StandFailure;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The entry of {@code bench/run}. */
public final class BenchMain {
    private static final int FAILED = 1;
    private static final PrintStream PROGRESS = System.err;

    private BenchMain() {}

    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        if (List.of(arguments).contains("--help")) {
            System.out.print(Options.USAGE);
            return;
        }
        try {
            run(Options.parse(arguments));
        } catch (BenchFailure | StandFailure failure) {
            PROGRESS.println("bench: " + failure.getMessage());
            System.exit(FAILED);
        }
    }

    private static void run(Options options) {
        Tools.require(Map.of("/usr/bin/time", "time"));
        Path checkout =
                Path.of(System.getProperty("holdfast.bench.checkout", "")).toAbsolutePath();
        Path launcher = options.launcher().orElse(checkout.resolve("cli/target/holdfast/bin/holdfast"));
        try (Ending ending = new Ending()) {
            Path scratch = scratch(options, ending);
            Benchmark benchmark = open(scratch, checkout, launcher, options, ending);
            Report report = new Report();
            Meter meter = new Meter(scratch.resolve("meter"), benchmark::serverSeconds);
            ending.add(meter::kill);
            for (Phase phase : benchmark.phases()) {
                if (options.wants(phase.name())) {
                    report.add(phase.name(), phase.measure(meter, options.pairs(), PROGRESS));
                }
            }
            if (report.isEmpty()) {
                throw new BenchFailure("this benchmark has no such phase: " + options.only());
            }
            facts(benchmark, options, launcher, scratch).forEach(System.out::println);
            System.out.println();
            report.table().forEach(System.out::println);
            System.out.println();
            System.out.println(report.ratios());
        }
    }

    private static Path scratch(Options options, Ending ending) {
        Scratch scratch = Scratch.createIn(options.scratch(), "holdfast-bench-");
        ending.add(() -> {
            if (options.keep()) {
                PROGRESS.printf("kept: %s%n", scratch.folder());
            } else {
                scratch.close();
            }
        });
        PROGRESS.printf("scratch folder: %s%n", scratch.folder());
        return scratch.folder();
    }

    private static Benchmark open(Path scratch, Path checkout, Path launcher, Options options, Ending ending) {
        return switch (options.bench()) {
            case DATABASE -> new DatabaseBench(scratch, launcher, options, ending);
            case DIRECTORY -> new DirectoryBench(scratch, launcher, options);
            case BUCKET -> new BucketBench(scratch, checkout, launcher, options, ending);
        };
    }

    private static List<String> facts(Benchmark benchmark, Options options, Path launcher, Path scratch) {
        String processor = "unknown";
        String memory = "unknown";
        try {
            processor = field(Path.of("/proc/cpuinfo"), "model name");
            memory = field(Path.of("/proc/meminfo"), "MemTotal");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> lines = new ArrayList<>();
        lines.add("machine: %d processors (%s), memory %s, Linux %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        processor,
                        memory,
                        System.getProperty("os.version")));
        lines.add("ours: "
                + Shell.read(Command.of(scratch, Map.of(), launcher.toString(), "version"))
                        .lines()
                        .findFirst()
                        .orElse("?"));
        lines.addAll(benchmark.facts());
        lines.add("seed %d, warm-up and %d rounds; medians".formatted(options.seed(), options.pairs()));
        return lines;
    }

    private static String field(Path file, String name) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }
}
