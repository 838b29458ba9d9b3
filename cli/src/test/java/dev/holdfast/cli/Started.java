package dev.holdfast.cli;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.operation.Cancellation;
import dev.holdfast.control.operation.Repositories;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The program with streams, environment and person of a test. */
final class Started {
    final Map<String, String> environment = new HashMap<>();
    final Deque<String> answers = new ArrayDeque<>();
    boolean present;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Path folder;
    private final Supplier<Cli.Backend> backend;
    private final InstantSource clock;

    Started(Path folder, Repositories repositories) {
        this(folder, () -> new Cli.Backend(new NoConnectors(), repositories), InstantSource.fixed(Canned.NOW));
    }

    Started(Path folder, Supplier<Cli.Backend> backend, InstantSource clock) {
        this.clock = clock;
        this.folder = folder;
        this.backend = backend;
    }

    int run(String... args) {
        out.reset();
        err.reset();
        PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
        Cli cli = new Cli(
                new Terminal(outStream, errStream, false, false, false, person(errStream)),
                new Environment(environment),
                folder,
                clock,
                ZoneOffset.UTC,
                backend,
                new Cancellation(),
                _ -> {});
        return Main.run(cli, List.of(args));
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private Terminal.Person person(PrintStream shown) {
        return new Terminal.Person() {
            @Override
            public boolean present() {
                return present;
            }

            @Override
            public Optional<String> answer(String prompt) {
                shown.println(prompt);
                return Optional.ofNullable(answers.poll());
            }

            @Override
            public Optional<String> secret(String prompt) {
                return present ? answer(prompt) : Optional.empty();
            }
        };
    }
}
