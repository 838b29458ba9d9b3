package dev.holdfast.cli;

import dev.holdfast.cli.service.StateFolder;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.operation.Cancellation;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run for an AOT cache, made when the distribution is built: what it loads and what becomes hot in it is loaded and compiled
 * sooner in every later run. There are two caches, because what one holds is loaded at every start, whether it is needed or not.
 *
 * <ul>
 *   <li>{@code commands} backs up, restores, compares and checks a made-up directory, and calls a database and a bucket that do not
 *       answer, so that their libraries are known too.
 *   <li>{@code serve} serves a made-up directory, and a database that does not answer, for a moment. It calls no bucket: the
 *       library for S3 is a fifth of all classes, and a server that needs it can load it then.
 * </ul>
 */
public final class Training {
    private static final Logger LOG = LoggerFactory.getLogger(Training.class);
    private static final int SMALL_FILES = 1500;
    private static final int LARGE_FILES = 4;
    private static final int LARGE_BYTES = 24 << 20;
    private static final String NOBODY = "127.0.0.1:9";
    private static final String DATABASE = "postgresql://nobody@" + NOBODY + "/none";
    private static final long PAUSE_NANOS = 50_000_000;

    /** What only a database that answers would load. */
    private static final List<String> OF_DATABASES = List.of(
            "dev/holdfast/connectors/postgres/",
            "org/postgresql/core/v3/",
            "org/postgresql/jdbc/Pg",
            "org/postgresql/copy/",
            "org/postgresql/util/Pg");

    private Training() {}

    /**
     * @param args what to train, {@code commands} or {@code serve}, and an empty folder to work in
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[1]).toAbsolutePath();
        fill(Files.createDirectories(folder.resolve("source")));
        Files.writeString(folder.resolve("holdfast.yaml"), stack("files: {directory: {path: source}}"));
        switch (args[0]) {
            case "commands" -> commands(folder);
            case "serve" -> serve(folder);
            default -> throw new IllegalArgumentException("there is nothing to train as '" + args[0] + "'");
        }
        for (String jar : System.getProperty("java.class.path").split(File.pathSeparator)) {
            load(Path.of(jar));
        }
    }

    private static void commands(Path folder) throws IOException {
        Files.writeString(
                folder.resolve("away.yaml"),
                stack("db: {postgres: {url: '" + DATABASE + "'}}, files: {directory: {path: source}}"));
        Files.writeString(
                folder.resolve("bucket.yaml"),
                stack("media: {bucket: {endpoint: 'http://" + NOBODY
                        + "', bucket: none, access-key: a, secret-key: b}}"));
        for (String command : List.of(
                "--help",
                "version",
                "init",
                "backup",
                "backup --json",
                "snapshots",
                "show latest files",
                "compare latest",
                "restore latest --to files=copy",
                "check --read-data",
                "prune",
                "backup --file away.yaml",
                "backup --file bucket.yaml")) {
            train(folder, command);
        }
        // commands that ask a server, and one that starts by a schedule of the system's
        serving(folder, Map.of(), "now", "runs", "logs", "list", "runs --json");
    }

    private static void serve(Path folder) {
        serving(folder, Map.of(), "now", "runs", "logs", "list");
        serving(folder.resolve("source"), Map.of("DATABASE_URL", DATABASE), "runs");
    }

    /** Those of {@link #OF_DATABASES}, if they are there. */
    private static void load(Path jar) throws IOException {
        try (JarFile classes = new JarFile(jar.toFile())) {
            for (JarEntry entry : Collections.list(classes.entries())) {
                String name = entry.getName();
                if (name.endsWith(".class") && OF_DATABASES.stream().anyMatch(name::startsWith)) {
                    load(name.substring(0, name.length() - ".class".length()).replace('/', '.'));
                }
            }
        }
    }

    private static void load(String name) {
        try {
            Class.forName(name, false, Training.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.info("not loaded: {}", name, e); // it needs a library that is left out
        }
    }

    private static void train(Path folder, String command) {
        int code = Main.run(cli(folder, Map.of(), new Cancellation()), List.of(command.split(" ")));
        LOG.info("trained command={} exit={}", command, code);
    }

    /** A server for a moment, with somebody who asks it. */
    private static void serving(Path folder, Map<String, String> variables, String... commands) {
        Cancellation ending = new Cancellation();
        Thread server = Thread.ofPlatform()
                .start(() ->
                        Main.run(cli(folder, variables, ending), List.of("serve", "--port", "0", "--state", "state")));
        StateFolder state = new StateFolder(folder.resolve("state"));
        while (server.isAlive() && LocalServer.place(state).isEmpty()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        for (String command : commands) {
            train(folder, command + " --state state");
        }
        ending.cancel();
        try {
            server.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String stack(String sources) {
        return """
                stack: training
                sources: {%s}
                repository:
                  passphrase: only for the training
                  destinations: {disk: {local: {path: repository}}}
                """.formatted(sources);
    }

    private static Cli cli(Path folder, Map<String, String> variables, Cancellation cancellation) {
        Environment environment = new Environment(variables);
        InstantSource clock = InstantSource.system();
        return new Cli(
                Terminal.ofProcess(environment),
                environment,
                folder,
                clock,
                ZoneId.systemDefault(),
                new Composition(environment, clock),
                cancellation,
                busy -> {});
    }

    private static void fill(Path source) {
        Random random = new Random(1);
        for (int i = 0; i < SMALL_FILES; i++) {
            write(source.resolve("small-" + i), 1 + random.nextInt(20_000), random);
        }
        for (int i = 0; i < LARGE_FILES; i++) {
            write(source.resolve("large-" + i), LARGE_BYTES, random);
        }
    }

    /** Bytes of which half compress. */
    private static void write(Path file, int length, Random random) {
        byte[] block = new byte[64 << 10];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int left = length; left > 0; left -= block.length) {
                random.nextBytes(block);
                for (int at = 0; at < block.length / 2; at++) {
                    block[at] = (byte) ('a' + (block[at] & 3));
                }
                out.write(block, 0, Math.min(left, block.length));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
