package dev.holdfast.cli.service;

import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.Secret;
import java.nio.file.Files;
import java.util.Optional;

/** Which catalog is meant: a PostgreSQL database that several servers share, or a file of the state folder. */
public final class CatalogChoice {
    static final String URL = "HOLDFAST_CATALOG_URL";
    static final String PASSWORD = "HOLDFAST_CATALOG_PASSWORD";

    private CatalogChoice() {}

    static CatalogPlace of(StateFolder state, Environment environment) {
        return environment
                .secret(URL)
                .<CatalogPlace>map(url -> new CatalogPlace.Shared(new Secret(url.text()), environment.secret(PASSWORD)))
                .orElseGet(() -> new CatalogPlace.File(state.catalog()));
    }

    /** The same, unless it would have to be made first. */
    public static Optional<CatalogPlace> present(StateFolder state, Environment environment) {
        return Optional.of(of(state, environment))
                .filter(place -> !(place instanceof CatalogPlace.File(var file)) || Files.exists(file));
    }
}
