package dev.holdfast.cli;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.operation.Cancellation;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.operation.Repositories;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What commands work with: made once, by {@link Main} or by a test.
 *
 * @param terminal the streams
 * @param environment the environment variables
 * @param folder where relative paths of the command line begin
 * @param clock the time
 * @param zone for showing it
 * @param backend what operations need; made when the first one does
 * @param cancellation ends a run early
 * @param busy is told when an operation begins and ends
 */
record Cli(
        Terminal terminal,
        Environment environment,
        Path folder,
        InstantSource clock,
        ZoneId zone,
        Supplier<Backend> backend,
        Cancellation cancellation,
        Consumer<Boolean> busy) {
    /** What operations need. */
    record Backend(Connectors connectors, Repositories repositories) {}

    Connectors connectors() {
        return backend.get().connectors();
    }

    Repositories repositories() {
        return backend.get().repositories();
    }
}
