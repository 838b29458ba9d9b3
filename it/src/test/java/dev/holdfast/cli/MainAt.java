package dev.holdfast.cli;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.operation.Cancellation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Arrays;

/** The program at another time: the first argument says how far the clock is off, as {@code PT-48H} does. */
public final class MainAt {
    private MainAt() {}

    public static void main(String[] args) {
        Environment environment = new Environment(System.getenv());
        InstantSource clock = () -> InstantSource.system().instant().plus(Duration.parse(args[0]));
        Cli cli = new Cli(
                Terminal.ofProcess(environment),
                environment,
                Path.of("").toAbsolutePath(),
                clock,
                ZoneId.systemDefault(),
                new Composition(environment, clock),
                new Cancellation(),
                _ -> {});
        System.exit(Main.run(cli, Arrays.asList(args).subList(1, args.length)));
    }
}
