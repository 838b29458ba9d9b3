package dev.holdfast.demo;

import dev.holdfast.demo.shop.ShopSize;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What the demo was asked to do.
 *
 * @param keep whether everything stays up at the end, to play with
 * @param size how much the shop holds
 * @param folder where the scratch folder is made
 * @param help whether only the usage is wanted
 */
record DemoOptions(boolean keep, ShopSize size, Path folder, boolean help) {
    static final String USAGE = """
            Usage: holdfast demo [--keep] [--size small|normal] [--folder DIR]

            Starts a private PostgreSQL and an S3 server, fills a small shop, takes two
            snapshots, destroys the shop, restores it, and compares everything.

              --keep           leave the servers up at the end, and say how to reach them
              --size SIZE      small (some 50 MB) or normal (more than 300 MB, the default)
              --folder DIR     work in a new folder below DIR (default: the folder for temporary files)
              -h, --help       show this

            Exit code: 0 only when everything matched; 2 for wrong arguments; 101 to 111 say
            which step failed, and its words are shown.

            Examples:
              holdfast demo
              holdfast demo --size small --keep
            """;

    static DemoOptions parse(List<String> arguments) {
        boolean keep = false;
        boolean help = false;
        ShopSize size = ShopSize.NORMAL;
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        Deque<String> left = new ArrayDeque<>();
        arguments.forEach(argument -> {
            int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
            left.add(equals < 0 ? argument : argument.substring(0, equals));
            if (equals >= 0) {
                left.add(argument.substring(equals + 1));
            }
        });
        while (!left.isEmpty()) {
            String option = left.remove();
            switch (option) {
                case "--keep" -> keep = true;
                case "-h", "--help" -> help = true;
                case "--size" -> size = size(value(option, left));
                case "--folder" -> folder = Path.of(value(option, left));
                default ->
                    throw new IllegalArgumentException(
                            "unknown argument '%s': expected --keep, --size, --folder or --help".formatted(option));
            }
        }
        return new DemoOptions(keep, size, folder.toAbsolutePath().normalize(), help);
    }

    private static String value(String option, Deque<String> left) {
        String value = left.poll();
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("'%s' needs a value".formatted(option));
        }
        return value;
    }

    private static ShopSize size(String name) {
        return switch (name) {
            case "small" -> ShopSize.SMALL;
            case "normal" -> ShopSize.NORMAL;
            default ->
                throw new IllegalArgumentException("unknown size '%s': expected small or normal".formatted(name));
        };
    }
}
