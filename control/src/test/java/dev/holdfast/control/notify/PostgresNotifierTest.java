package dev.holdfast.control.notify;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.config.Secret;
import dev.holdfast.demo.stand.PrivatePostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class PostgresNotifierTest extends CatalogNotifierContract {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private static PrivatePostgres server;

    private Catalog catalog;

    @BeforeAll
    static void start() throws IOException {
        Path folder = Files.createTempDirectory("holdfast-notify-test-");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        server = PrivatePostgres.in(folder)
                .setting("fsync", "off")
                .removeWhenOrphaned(folder)
                .start();
    }

    @AfterAll
    static void stop() {
        server.killHard(); // nobody needs what is in it
        server.close();
    }

    @Override
    Catalog catalog() {
        return catalog;
    }

    @Override
    @BeforeEach
    void begin() throws IOException {
        String name = "catalog_" + NAMES.incrementAndGet();
        // most servers sort as people do, and not by bytes
        String sorted = server.major() >= 15 ? " TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'" : "";
        server.execute("postgres", "CREATE DATABASE " + name + sorted);
        catalog = Catalog.open(
                new CatalogPlace.Shared(new Secret(server.url(name)), Optional.of(new Secret(server.password()))));
        super.begin();
    }

    @Override
    @AfterEach
    void end() {
        super.end();
        catalog.close();
    }
}
