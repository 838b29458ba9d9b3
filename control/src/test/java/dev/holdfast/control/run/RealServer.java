package dev.holdfast.control.run;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.catalog.Seal;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.config.StackFileReader;
import dev.holdfast.control.hook.CallHook;
import dev.holdfast.control.hook.CommandHook;
import dev.holdfast.control.hook.Hooks;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.operation.InitOperation;
import dev.holdfast.control.operation.Repositories;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.Stacks;
import dev.holdfast.control.wiring.EngineRepositories;
import dev.holdfast.control.wiring.InstalledConnectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A server with real time, real repositories and everything else it has; in this process, or as one of its own. */
final class RealServer implements AutoCloseable {
    static final RunLimits QUICK = RunLimits.USUAL.withLostAfter(Duration.ofSeconds(10), Duration.ofMillis(500));

    final Catalog catalog;
    final Stacks stacks;
    final Snapshots snapshots;
    final RunService service;
    final Repositories repositories;

    /**
     * @param home holds {@code *.yaml} stack files, and the state folders of all servers
     */
    RealServer(CatalogPlace place, Path home, String name) {
        InstantSource clock = Clock.systemUTC();
        SecureRandom random = new SecureRandom();
        Environment environment = new Environment(Map.of());
        Path spool = home.resolve("spool");
        Connectors connectors = new InstalledConnectors(spool, environment, clock);
        this.repositories = new EngineRepositories(
                connectors, new EngineRepositories.Machine(spool, "0.1.0", "localhost", 1), clock, random);
        this.catalog = Catalog.open(place);
        this.snapshots = Snapshots.in(catalog, repositories, clock);
        Seal seal = Seal.with(home.resolve("catalog.key"), random);
        this.stacks = Stacks.of(catalog, seal, new StackFileReader(environment), home, files(home), Optional.empty());
        this.service = RunService.open(
                new RunService.Parts(
                        catalog,
                        seal,
                        stacks,
                        snapshots,
                        connectors,
                        repositories,
                        environment,
                        new Hooks(new CommandHook(System.getenv()), new CallHook(HttpClient.newHttpClient()), clock),
                        Preparation.NONE,
                        home.resolve(name),
                        name,
                        ZoneOffset.UTC,
                        () -> QUICK,
                        true),
                RunService.Machine.of(clock, random));
    }

    private static List<Path> files(Path home) {
        try (Stream<Path> files = Files.list(home)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Describes a stack of one directory in a local repository, and makes that. */
    static StackConfig make(Path home, String name, Path source) throws IOException {
        Files.createDirectories(source);
        Path file = Files.writeString(
                home.resolve(name + ".yaml"), """
                stack: %s
                sources:
                  files: {directory: {path: %s}}
                repository:
                  passphrase: four random words
                  destinations: {disk: {local: {path: %s}}}
                """.formatted(name, source, home.resolve("repository-" + name)));
        StackConfig config = new StackFileReader(new Environment(Map.of())).read(file);
        InstantSource clock = Clock.systemUTC();
        Path spool = Files.createDirectories(home.resolve("spool"));
        Connectors connectors = new InstalledConnectors(spool, new Environment(Map.of()), clock);
        new InitOperation(new EngineRepositories(
                        connectors,
                        new EngineRepositories.Machine(spool, "0.1.0", "localhost", 1),
                        clock,
                        new SecureRandom()))
                .run(config.repository());
        return config;
    }

    @Override
    public void close() {
        service.close();
        catalog.close();
    }

    /** As a process: the catalog's URL, the home folder and the server's name. */
    public static void main(String[] arguments) throws Exception {
        RealServer server = new RealServer(
                new CatalogPlace.Shared(new Secret(arguments[0]), Optional.empty()),
                Path.of(arguments[1]),
                arguments[2]);
        server.service.start();
        System.out.println("ready");
        Thread.currentThread().join();
    }
}
