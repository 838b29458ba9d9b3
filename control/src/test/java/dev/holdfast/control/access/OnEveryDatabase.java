package dev.holdfast.control.access;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A test that holds whichever database the catalog is in. */
@ExtendWith(Database.UntilTheEnd.class)
@ParameterizedClass
@EnumSource(Database.class)
abstract class OnEveryDatabase {
    @Parameter
    Database database;

    @TempDir
    Path folder;

    Stage stage;
    Access access;

    @BeforeEach
    void open() {
        stage = new Stage(database, folder);
        access = stage.access;
    }

    @AfterEach
    void close() {
        stage.close();
    }
}
