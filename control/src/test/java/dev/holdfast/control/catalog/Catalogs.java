package dev.holdfast.control.catalog;

import dev.holdfast.control.config.Secret;
import dev.holdfast.demo.stand.PrivatePostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The two kinds of database that a catalog may be. */
public enum Catalogs {
    SQLITE {
        @Override
        public CatalogPlace place(Path folder) {
            return new CatalogPlace.File(folder.resolve("catalog.db"));
        }
    },
    POSTGRES {
        @Override
        public CatalogPlace place(Path folder) {
            String name = "catalog" + NAMES.incrementAndGet();
            server().createDatabase(name);
            return new CatalogPlace.Shared(new Secret(server().url(name)), Optional.empty());
        }
    };

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static PrivatePostgres server;

    /** A place for a new catalog. */
    public abstract CatalogPlace place(Path folder);

    public Catalog open(Path folder) {
        return Catalog.open(place(folder));
    }

    /** One for all tests; it ends with this process. */
    public static synchronized PrivatePostgres server() {
        if (server == null) {
            try {
                server = PrivatePostgres.in(Files.createTempDirectory("holdfast-catalog-test-"))
                        .forgetful()
                        .setting("max_connections", "80")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return server;
    }
}
