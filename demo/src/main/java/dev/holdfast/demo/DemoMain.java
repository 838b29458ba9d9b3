package dev.holdfast.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** The entry of {@code holdfast demo}. */
public final class DemoMain {
    private static final String RELAUNCHED = "HOLDFAST_DEMO_LOCALE";

    private DemoMain() {}

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.exit(run(List.of(arguments), System.getenv(), out, System.err));
    }

    /** Everything but the end of the process; answers the exit code. */
    static int run(List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
        DemoOptions options;
        try {
            options = DemoOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            err.println("holdfast demo: " + e.getMessage());
            err.println("HINT: run 'holdfast demo --help'");
            return 2;
        }
        if (options.help()) {
            out.print(DemoOptions.USAGE);
            return 0;
        }
        Path launcher = Path.of(environment.getOrDefault("HOLDFAST_LAUNCHER", "holdfast"))
                .toAbsolutePath();
        if (!Files.isExecutable(launcher)) {
            err.println(
                    "holdfast demo: '%s' is no program: HOLDFAST_LAUNCHER must name the launcher".formatted(launcher));
            err.println("HINT: start the demo with './holdfast demo', which sets it");
            return DemoStep.TOOLS.exitCode();
        }
        if (!namesAnyFile() && !environment.containsKey(RELAUNCHED)) {
            return again(launcher, arguments, err);
        }
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        return demonstrate(options, launcher, out, err);
    }

    private static int demonstrate(DemoOptions options, Path launcher, PrintStream out, PrintStream err) {
        try (Demo demo = Demo.prepare(options, launcher, out)) {
            Thread end = new Thread(demo::close, "end of the demo");
            Runtime.getRuntime().addShutdownHook(end);
            int exitCode = 0;
            try {
                demo.run();
            } catch (StepFailed e) {
                exitCode = report(e, options, err);
            }
            if (options.keep()) {
                demo.explain();
                waitForSomebody();
            }
            return exitCode;
        } catch (StepFailed e) {
            return report(e, options, err);
        }
    }

    private static int report(StepFailed failure, DemoOptions options, PrintStream err) {
        DemoStep step = failure.step();
        err.println("holdfast demo failed at step '%s' (exit code %d)".formatted(step.title(), step.exitCode()));
        err.println(failure.getMessage());
        if (!options.keep() && step.compareTo(DemoStep.SERVERS) > 0) {
            err.println("HINT: run 'holdfast demo --keep' to look into what is left");
        }
        return step.exitCode();
    }

    /** Names of objects become names of files: where the locale cannot write them, another has to be asked for. */
    private static boolean namesAnyFile() {
        try {
            return Path.of("é日本🧵").getNameCount() == 1;
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static int again(Path launcher, List<String> arguments, PrintStream err) {
        List<String> command = new ArrayList<>(List.of(launcher.toString(), "demo"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put(RELAUNCHED, "UTF-8");
        try {
            Process process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
            return process.waitFor();
        } catch (IOException e) {
            err.println("holdfast demo: cannot run '%s': %s".formatted(launcher, e.getMessage()));
            return DemoStep.TOOLS.exitCode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return DemoStep.TOOLS.exitCode();
        }
    }

    /** Until Enter on a terminal; elsewhere until a signal ends the process. */
    private static void waitForSomebody() {
        try {
            Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
            if (terminal.isPresent()) {
                terminal.get().readLine();
            } else {
                Thread.sleep(Long.MAX_VALUE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
