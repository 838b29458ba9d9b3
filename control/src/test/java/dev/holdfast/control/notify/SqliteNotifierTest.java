package dev.holdfast.control.notify;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteNotifierTest extends CatalogNotifierContract {
    @TempDir
    Path folder;

    private Catalog catalog;

    @Override
    Catalog catalog() {
        return catalog;
    }

    @Override
    @BeforeEach
    void begin() throws IOException {
        catalog = Catalog.open(new CatalogPlace.File(folder.resolve("catalog.db")));
        super.begin();
    }

    @Override
    @AfterEach
    void end() {
        super.end();
        catalog.close();
    }
}
