package dev.holdfast.control.access;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.config.Secret;
import dev.holdfast.demo.stand.PrivatePostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

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

    /** A place for a new catalog. */
    abstract CatalogPlace place(Path folder);

    Catalog open(Path folder) {
        return Catalog.open(place(folder));
    }

    /** One for all tests; it ends with this process. */
    private static synchronized PrivatePostgres server() {
        if (server == null) {
            try {
                server = PrivatePostgres.in(Files.createTempDirectory("holdfast-access-test-"))
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
