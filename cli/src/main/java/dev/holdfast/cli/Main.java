package dev.holdfast.cli;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.Spelling;
import dev.holdfast.control.operation.Cancellation;
import dev.holdfast.engine.error.ErrorCode;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: makes what commands work with, runs one, and ends with its exit code. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Environment environment = new Environment(System.getenv());
        InstantSource clock = InstantSource.system();
        Cancellation cancellation = new Cancellation();
        Shutdown shutdown = Shutdown.install(cancellation);
        shutdown.exit(run(environment, clock, cancellation, shutdown, List.of(args)));
    }

    private static int run(
            Environment environment,
            InstantSource clock,
            Cancellation cancellation,
            Shutdown shutdown,
            List<String> args) {
        try (Composition composition = new Composition(environment, clock)) {
            Cli cli = new Cli(
                    Terminal.ofProcess(environment),
                    environment,
                    Path.of("").toAbsolutePath(),
                    clock,
                    ZoneId.systemDefault(),
                    composition,
                    cancellation,
                    shutdown::busy);
            return run(cli, args);
        }
    }

    /** Runs one command and gives its exit code. */
    static int run(Cli cli, List<String> args) {
        Failures failures = new Failures(cli.terminal());
        List<String> arguments = helpFirst(args);
        boolean json = arguments.contains("--json");
        boolean verbose = arguments.contains("--verbose") || arguments.contains("-v");
        String command = arguments.isEmpty() ? "" : arguments.getFirst();
        try {
            CommandLine line = Commands.forArguments(cli, arguments);
            line.setExecutionExceptionHandler((e, _, _) -> failures.tell(e, command, json, verbose));
            line.setParameterExceptionHandler((e, _) -> misunderstood(failures, e, command, json));
            int code = line.execute(arguments.toArray(String[]::new));
            cli.terminal().out().flush();
            return code;
        } catch (Error e) {
            return failures.tell(e, command, json, verbose);
        }
    }

    /** {@code help COMMAND} is {@code COMMAND --help}; no command at all is help too. */
    private static List<String> helpFirst(List<String> args) {
        if (args.isEmpty() || args.equals(List.of("help"))) {
            return List.of("--help");
        }
        if (args.getFirst().equals("--version") || args.getFirst().equals("-V")) {
            List<String> version = new ArrayList<>(args);
            version.set(0, "version");
            return version;
        }
        return args.getFirst().equals("help") ? List.of(args.get(1), "--help") : args;
    }

    /** The one that is nearest, if one is near; short names are a little like everything. */
    private static List<String> likely(UnmatchedArgumentException unmatched) {
        return Spelling.meant(unmatched.getUnmatched().getFirst(), unmatched.getSuggestions())
                .map(List::of)
                .orElseGet(unmatched::getSuggestions);
    }

    private static int misunderstood(Failures failures, ParameterException e, String command, boolean json) {
        String name = e.getCommandLine().getCommandName();
        List<String> suggestions = e instanceof UnmatchedArgumentException unmatched ? likely(unmatched) : List.of();
        String meant = suggestions.isEmpty() ? "" : "did you mean " + String.join(" or ", suggestions) + "? ";
        String help = name.equals("holdfast") ? "holdfast --help" : "holdfast " + name + " --help";
        String message = Objects.requireNonNullElse(e.getMessage(), "the command line cannot be understood");
        String lower = message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
        return failures.tell(ErrorCode.USAGE, lower, meant + "'" + help + "' explains it.", command, json);
    }
}
