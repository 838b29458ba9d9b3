package dev.holdfast.control.catalog;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.holdfast.connectors.postgres.PostgresConnections;
import dev.holdfast.connectors.postgres.PostgresLocation;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.error.Unsupported;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * An open catalog, with all tables of this version. The same SQL runs on both kinds of database: times are milliseconds since
 * 1970 in BIGINT, flags are INTEGER 0 or 1, ids and JSON are TEXT. Safe for many threads.
 */
public final class Catalog implements AutoCloseable {
    private static final String MIGRATIONS = "classpath:dev/holdfast/control/catalog/migrations";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CONNECTIONS = 8;

    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final boolean shared;

    private Catalog(HikariDataSource pool, boolean shared) {
        this.pool = pool;
        this.jdbi = Jdbi.create(pool);
        this.shared = shared;
    }

    /**
     * Opens the catalog; makes it, or brings it up to date, if need be. Several servers may do so at once.
     *
     * @throws Unavailable (CATALOG_UNAVAILABLE) if it does not answer or cannot be written
     * @throws Unsupported (CATALOG_UNAVAILABLE) if it is of a newer version; it is left as it is
     */
    public static Catalog open(CatalogPlace place) {
        HikariDataSource pool = null;
        try {
            pool = pool(place);
            migrate(pool, place);
            return new Catalog(pool, place instanceof CatalogPlace.Shared);
        } catch (IOException | RuntimeException e) {
            if (pool != null) {
                pool.close();
            }
            throw e instanceof Unsupported newer ? newer : unusable(place, e);
        }
    }

    /** For queries; what it throws when the database is away is a {@link org.jdbi.v3.core.JdbiException}. */
    public Jdbi jdbi() {
        return jdbi;
    }

    public DataSource dataSource() {
        return pool;
    }

    /** Whether other servers may use it too. */
    public boolean isShared() {
        return shared;
    }

    @Override
    public void close() {
        pool.close();
    }

    private static HikariDataSource pool(CatalogPlace place) throws IOException {
        HikariConfig config = new HikariConfig();
        config.setPoolName("catalog");
        config.setDataSource(
                switch (place) {
                    case CatalogPlace.File file -> sqlite(file.path());
                    case CatalogPlace.Shared server -> postgres(server);
                });
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(PATIENCE.toMillis());
        return new HikariDataSource(config);
    }

    private static DataSource sqlite(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        makePrivate(path);
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(Math.toIntExact(PATIENCE.toMillis()));
        // a transaction that begins by reading could not become a writing one while another writes
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + path.toAbsolutePath());
        return source;
    }

    /** SQLite gives its other files the mode of this one. */
    private static void makePrivate(Path path) throws IOException {
        try {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            return; // whoever made it decided who may read it
        }
    }

    private static DataSource postgres(CatalogPlace.Shared server) {
        PostgresLocation location = PostgresLocation.parse(server.url().text());
        return new PostgresConnections(
                server.password().map(p -> location.withPassword(p.text())).orElse(location));
    }

    private static void migrate(DataSource source, CatalogPlace place) {
        boolean file = place instanceof CatalogPlace.File;
        Flyway flyway = Flyway.configure()
                .dataSource(source)
                .locations(MIGRATIONS)
                .table("holdfast_migrations")
                .placeholders(Map.of("bytes", file ? "BLOB" : "BYTEA"))
                .baselineOnMigrate(false)
                // all steps or none, and one flush to the disk instead of twenty
                .group(true)
                .validateMigrationNaming(true)
                .load();
        requireKnown(flyway.info());
        flyway.migrate();
    }

    /** What a newer version keeps in it, or keeps otherwise, would be lost or misunderstood. */
    private static void requireKnown(MigrationInfoService migrations) {
        for (MigrationInfo migration : migrations.all()) {
            MigrationState state = migration.getState();
            if (state == MigrationState.FUTURE_SUCCESS || state == MigrationState.FUTURE_FAILED) {
                throw new Unsupported(
                        ErrorCode.CATALOG_UNAVAILABLE,
                        "the catalog is of a newer version of Holdfast: it has step " + migration.getVersion()
                                + ", which this version does not know",
                        "start that version, or name another state folder or catalog: the listing is made anew from the"
                                + " repositories, users and settings are not.");
            }
        }
    }

    private static HoldfastException unusable(CatalogPlace place, Exception failure) {
        return switch (place) {
            case CatalogPlace.File file ->
                new Unavailable(
                        ErrorCode.CATALOG_UNAVAILABLE,
                        "the catalog '" + file.path() + "' cannot be used: " + reason(failure),
                        "look at its permissions and at the disk; a damaged catalog may be moved away: it is made anew from the repositories.",
                        failure);
            case CatalogPlace.Shared _ ->
                new Unavailable(
                        ErrorCode.CATALOG_UNAVAILABLE,
                        "the catalog's database cannot be used: " + reason(failure),
                        "look at its URL and whether the server is there.",
                        failure);
        };
    }

    private static String reason(Exception failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof SQLException) && !(cause instanceof FlywayException)) {
            cause = cause.getCause();
        }
        return Optional.ofNullable(cause.getMessage())
                .map(message -> message.lines().findFirst().orElse(""))
                .filter(line -> !line.isBlank())
                .orElseGet(cause::toString);
    }
}
