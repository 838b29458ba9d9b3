package dev.holdfast.bench;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command line of {@code bench/run}.
 *
 * @param bench which benchmark
 * @param sizeBytes about how much data it makes
 * @param pairs the rounds that count, after the warm-up
 * @param only the phases to measure; empty: all
 * @param keep whether the scratch folder outlives the run
 * @param scratch the folder to make the scratch folder in
 * @param s3 which server {@code bucket} talks to
 * @param seed of the data
 * @param launcher the Holdfast to measure; absent: this checkout's
 */
record Options(
        Bench bench,
        long sizeBytes,
        int pairs,
        Set<String> only,
        boolean keep,
        Path scratch,
        S3Kind s3,
        long seed,
        Optional<Path> launcher) {

    enum Bench {
        DATABASE(2_500_000_000L),
        DIRECTORY(2_000_000_000L),
        BUCKET(1_000_000_000L);

        final long defaultBytes;

        Bench(long defaultBytes) {
            this.defaultBytes = defaultBytes;
        }
    }

    enum S3Kind {
        STAND,
        RGW
    }

    static final String USAGE = """
            bench/run database | directory | bucket  [option]...

            --size SIZE      about how much data, as 500MB or 2.5GB; default 2.5GB, 2GB and 1GB
            --pairs N        rounds that count, after one warm-up; default 3
            --only PHASE     measure this phase alone (first, unchanged, append, restore); may be given again
            --s3 stand|rgw   bucket: the small S3 server of the demo (default), or a Ceph gateway
            --seed N         of the data, default 1
            --scratch DIR    where the scratch folder is made; default: the temporary folder
            --keep           keep the scratch folder (the servers end all the same)
            --holdfast FILE  the launcher to measure; default: this checkout's, built when needed
            """;

    private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?)(kB|MB|GB)");
    private static final Map<String, Double> UNITS = Map.of("kB", 1e3, "MB", 1e6, "GB", 1e9);
    private static final Set<String> PHASES = Set.of("first", "unchanged", "append", "restore");

    Options {
        only = Set.copyOf(only);
    }

    static Options parse(String... arguments) {
        if (arguments.length == 0) {
            throw new BenchFailure("which benchmark?\n" + USAGE);
        }
        Bench bench = choice(Bench.class, "benchmark", arguments[0]);
        Map<String, String> values = new HashMap<>();
        Set<String> only = new HashSet<>();
        boolean keep = false;
        for (int at = 1; at < arguments.length; at++) {
            switch (arguments[at]) {
                case "--keep" -> keep = true;
                case "--only" -> only.add(phase(value(arguments, ++at)));
                case "--size", "--pairs", "--s3", "--seed", "--scratch", "--holdfast" ->
                    values.put(arguments[at], value(arguments, ++at));
                default -> throw new BenchFailure("unknown option '" + arguments[at] + "'\n" + USAGE);
            }
        }
        return new Options(
                bench,
                values.containsKey("--size") ? bytes(values.get("--size")) : bench.defaultBytes,
                (int) number("--pairs", values.getOrDefault("--pairs", "3"), 1),
                only,
                keep,
                Path.of(values.getOrDefault("--scratch", System.getProperty("java.io.tmpdir")))
                        .toAbsolutePath(),
                choice(S3Kind.class, "S3 server", values.getOrDefault("--s3", "stand")),
                number("--seed", values.getOrDefault("--seed", "1"), 0),
                Optional.ofNullable(values.get("--holdfast"))
                        .map(file -> Path.of(file).toAbsolutePath()));
    }

    boolean wants(String phase) {
        return only.isEmpty() || only.contains(phase);
    }

    private static String value(String[] arguments, int at) {
        if (at >= arguments.length) {
            throw new BenchFailure("'" + arguments[at - 1] + "' wants a value\n" + USAGE);
        }
        return arguments[at];
    }

    private static String phase(String name) {
        if (!PHASES.contains(name)) {
            throw new BenchFailure("unknown phase '" + name + "'; there are first, unchanged, append, restore");
        }
        return name;
    }

    private static long bytes(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new BenchFailure("'" + text + "' is no size; expected one like 500MB or 2.5GB");
        }
        return Math.round(Double.parseDouble(size.group(1)) * UNITS.getOrDefault(size.group(2), 1.0));
    }

    private static long number(String option, String text, long least) {
        if (!text.matches("\\d{1,9}") || Long.parseLong(text) < least) {
            throw new BenchFailure("'%s %s': expected a number of at least %d".formatted(option, text, least));
        }
        return Long.parseLong(text);
    }

    private static <E extends Enum<E>> E choice(Class<E> type, String what, String name) {
        for (E value : type.getEnumConstants()) {
            if (value.name().toLowerCase(Locale.ROOT).equals(name)) {
                return value;
            }
        }
        throw new BenchFailure("unknown %s '%s'\n%s".formatted(what, name, USAGE));
    }
}
