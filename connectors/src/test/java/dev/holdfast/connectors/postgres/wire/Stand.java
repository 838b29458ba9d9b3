package dev.holdfast.connectors.postgres.wire;

import dev.holdfast.demo.stand.PrivatePostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One real server for all tests of this package. */
final class Stand {
    private static PrivatePostgres shared;
    private static Path folder;

    private Stand() {}

    /** Ends the shared server after the last test; a test class that uses it says so with {@code ExtendWith}. */
    static final class UntilTheEnd implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            AutoCloseable end = Stand::stop;
            context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL).computeIfAbsent(Stand.class, key -> end);
        }
    }

    private static synchronized void stop() throws IOException {
        if (shared != null) {
            shared.killHard(); // nobody needs what is in it
            shared.close();
            shared = null;
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    static synchronized PrivatePostgres shared() throws IOException {
        if (shared == null) {
            folder = Files.createTempDirectory("holdfast-wire-test-");
            shared = start(folder);
        }
        return shared;
    }

    /** A further one, for a test that breaks it. */
    static PrivatePostgres start(Path folder) {
        return PrivatePostgres.in(folder).forgetful().start();
    }

    /** To the superuser, without TLS. */
    static WireSettings.Builder settings(PrivatePostgres server) {
        return WireSettings.to("postgres", PrivatePostgres.SUPERUSER)
                .host("127.0.0.1")
                .port(server.port())
                .password(server.password())
                .defaultsFolder(null)
                .connectTimeout(Duration.ofSeconds(30))
                .tls(TlsMode.DISABLE);
    }

    static WireConnection open(PrivatePostgres server) throws Exception {
        return WireConnection.open(settings(server).build());
    }

    /** Waits until something is so. */
    static void await(Callable<Boolean> condition) throws Exception {
        long giveUp = System.nanoTime() + 60_000_000_000L;
        while (!condition.call()) {
            if (System.nanoTime() > giveUp) {
                throw new AssertionError("waited in vain");
            }
            Thread.sleep(10);
        }
    }
}
