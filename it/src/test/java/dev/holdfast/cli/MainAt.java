package dev.holdfast.cli;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.operation.Cancellation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Arrays;

/**
 * The program at another time: the first argument says how far the clock is off, as {@code PT-48H} does, or names a file that says
 * so, as {@code @/tmp/clock} does, and may be replaced while the program runs.
 */
public final class MainAt {
    private MainAt() {}

    public static void main(String[] args) {
        Environment environment = new Environment(System.getenv());
        InstantSource clock = () -> InstantSource.system().instant().plus(Duration.parse(offset(args[0])));
        Cancellation cancellation = new Cancellation();
        Cli cli = new Cli(
                Terminal.ofProcess(environment),
                environment,
                Path.of("").toAbsolutePath(),
                clock,
                ZoneId.systemDefault(),
                new Composition(environment, clock),
                cancellation,
                _ -> {});
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            cancellation.cancel();
            await(main);
        }));
        int code = Main.run(cli, Arrays.asList(args).subList(1, args.length));
        Runtime.getRuntime().halt(code);
    }

    private static String offset(String argument) {
        try {
            return argument.startsWith("@")
                    ? Files.readString(Path.of(argument.substring(1))).strip()
                    : argument;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(Thread main) {
        try {
            main.join(Duration.ofSeconds(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
