package dev.holdfast.control.access;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.config.Secret;
import dev.holdfast.demo.stand.PrivatePostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The two kinds of database that a catalog may be. */
enum Database {
    SQLITE {
        @Override
        CatalogPlace place(Path folder) {
            return new CatalogPlace.File(folder.resolve("catalog.db"));
        }
    },
    POSTGRES {
        @Override
        CatalogPlace place(Path folder) {
            String name = "access" + NAMES.incrementAndGet();
            server().createDatabase(name);
            return new CatalogPlace.Shared(new Secret(server().url(name)), Optional.empty());
        }
    };

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static PrivatePostgres server;
    private static Path home;

    /** Ends the shared server after the last test. */
    static final class UntilTheEnd implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            AutoCloseable end = Database::stop;
            context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL).computeIfAbsent(Database.class, key -> end);
        }
    }

    private static synchronized void stop() throws IOException {
        if (server != null) {
            server.killHard(); // nobody needs what is in it
            server.close();
            server = null;
            try (Stream<Path> all = Files.walk(home)) {
                all.sorted(Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            }
        }
    }

    /** A place for a new catalog. */
    abstract CatalogPlace place(Path folder);

    Catalog open(Path folder) {
        return Catalog.open(place(folder));
    }

    /** One for all tests. */
    private static synchronized PrivatePostgres server() {
        if (server == null) {
            try {
                home = Files.createTempDirectory("holdfast-access-test-");
                server = PrivatePostgres.in(home)
                        .setting("fsync", "off")
                        .setting("max_connections", "60")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return server;
    }
}
