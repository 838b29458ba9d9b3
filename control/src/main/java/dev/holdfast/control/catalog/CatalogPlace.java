package dev.holdfast.control.catalog;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.nio.file.Path;
import java.util.Optional;

/** Where a catalog is. */
public sealed interface CatalogPlace {
    /**
     * A file of this server alone.
     *
     * @param path the file; made if it is not there, with its folders
     */
    record File(Path path) implements CatalogPlace {}

    /**
     * A PostgreSQL database that several servers may share.
     *
     * @param url as {@code postgresql://host/database}
     * @param password if it is not in the URL
     */
    record Shared(Secret url, Optional<Secret> password) implements CatalogPlace {
        public Shared {
            if (!url.text().startsWith("postgresql://") && !url.text().startsWith("postgres://")) {
                throw new Invalid(
                        ErrorCode.CONFIGURATION_INVALID,
                        "the catalog's URL does not begin with postgresql://",
                        "set it like postgresql://holdfast@db.example.org/holdfast, or leave it out for a file of this server.");
            }
        }
    }
}
