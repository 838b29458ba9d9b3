package dev.holdfast.connectors.postgres;

import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestorePlan;
import dev.holdfast.engine.source.RestoreReport;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One real server for all tests of this package, and the shortest way to back up, restore and compare with it. */
final class Server {
    /** So small that tables of tests are filled in pieces too. */
    private static final long PIECE_BYTES = 20_000;

    private static final AtomicInteger NAMES = new AtomicInteger();

    private static volatile PrivatePostgres shared;
    private static volatile Path folders;

    private Server() {}

    /** Ends the shared server after the last test; a test class that uses it says so with {@code ExtendWith}. */
    static final class UntilTheEnd implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            AutoCloseable end = Server::stop;
            context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL).computeIfAbsent(Server.class, key -> end);
        }
    }

    private static synchronized void stop() {
        if (shared != null) {
            shared.killHard(); // nobody needs what is in it
            shared.close();
            shared = null;
        }
    }

    static synchronized PrivatePostgres shared() {
        if (shared == null) {
            shared = start();
        }
        return shared;
    }

    /** A further one, for a test that breaks it. */
    static PrivatePostgres start() {
        return PrivatePostgres.in(folder())
                .setting("fsync", "off")
                .setting("max_connections", "60")
                .start();
    }

    /** A folder that is gone when the tests are. */
    static synchronized Path folder() {
        try {
            if (folders == null) {
                folders = Files.createTempDirectory("holdfast-postgres-test-");
                Files.setPosixFilePermissions(folders, PosixFilePermissions.fromString("rwxr-xr-x"));
                Runtime.getRuntime().addShutdownHook(new Thread(Server::sweep));
            }
            return Files.createTempDirectory(folders, "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything but what a server still uses: it removes that itself. */
    private static void sweep() {
        try (Stream<Path> all = Files.walk(folders)) {
            all.sorted(Comparator.reverseOrder())
                    .filter(path -> !path.toString().contains("/data"))
                    .forEach(path -> path.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            return; // a server is just removing its own
        }
    }

    /**
     * Writes a shell script that stands in for a program. By a process that has ended: what this one had open for writing
     * might just be inherited by another that it starts, and a file that is open for writing cannot be executed.
     */
    static void program(Path folder, String name, String script) throws IOException, InterruptedException {
        Process writer = new ProcessBuilder(
                        "sh",
                        "-c",
                        "cat > \"$1\" && chmod 755 \"$1\"",
                        "sh",
                        folder.resolve(name).toString())
                .inheritIO()
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        try (OutputStream input = writer.getOutputStream()) {
            input.write(("#!/bin/sh\n" + script + "\n").getBytes(StandardCharsets.UTF_8));
        }
        if (writer.waitFor() != 0) {
            throw new IOException("program " + name + " could not be written");
        }
    }

    /** A new database with something in it. */
    static String database(PrivatePostgres server, String... statements) {
        String name = "test" + NAMES.incrementAndGet();
        server.createDatabase(name);
        server.execute(name, statements);
        return name;
    }

    static PostgresLocation location(PrivatePostgres server, String database) {
        return PostgresLocation.parse(server.url("postgres")).withDatabase(database);
    }

    static MemoryPart backUp(PrivatePostgres server, String database) {
        return backUp(location(server, database), new MemoryPart("postgres"));
    }

    static MemoryPart backUp(PostgresLocation location, MemoryPart part) {
        return backUp(location, part, Selection.EVERYTHING);
    }

    static MemoryPart backUp(PostgresLocation location, MemoryPart part, Selection selection) {
        try (PostgresSource source = new PostgresSource(location, 3, folder(), selection, Among.ALONE)) {
            source.preflight();
            source.freeze();
            return part.with(source.capture(part));
        }
    }

    static RestoreReport restore(MemoryPart part, PostgresLocation location, boolean overwrite) {
        return restore(part, location, Choice.whole(), overwrite);
    }

    /** A restore that must do what its plan said. */
    static RestoreReport restore(MemoryPart part, PostgresLocation location, Choice choice, boolean overwrite) {
        try (PostgresTarget target = new PostgresTarget(
                location,
                choice.restore(),
                3,
                folder(),
                ClientTools.ofMachine(),
                PostgresSource.LOCK_WAIT,
                PIECE_BYTES)) {
            RestorePlan plan = target.preflight(part, overwrite);
            RestoreReport report = target.restore(part, Progress.NONE);
            if (report.entries() != plan.entries()) {
                throw new AssertionError("planned " + plan.entries() + " entries, restored " + report.entries());
            }
            return report;
        }
    }

    /** All differences, as text; fails if nothing was compared. */
    static List<String> compare(MemoryPart part, PostgresLocation location) {
        List<String> differences = Collections.synchronizedList(new ArrayList<>());
        try (PostgresComparer comparer = new PostgresComparer(location, 3, folder())) {
            long compared =
                    comparer.compare(part, (subject, what) -> differences.add(subject + ": " + what), Progress.NONE);
            if (compared == 0) {
                throw new AssertionError("compared nothing");
            }
        }
        return differences;
    }

    /** Waits until something is so. */
    static void await(Callable<Boolean> condition) throws Exception {
        long giveUp = System.nanoTime() + 30_000_000_000L;
        while (!condition.call()) {
            if (System.nanoTime() > giveUp) {
                throw new AssertionError("waited in vain");
            }
            Thread.sleep(10);
        }
    }
}
