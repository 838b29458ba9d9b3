package dev.holdfast.control.config;

import dev.holdfast.connectors.postgres.Among;
import java.util.Optional;

/**
 * A PostgreSQL database.
 *
 * @param name its name in the stack
 * @param url as libpq reads it; may contain a password, so it is kept like one
 * @param password the password, if it is not in the URL
 * @param connections how many tables are read or written at once
 * @param scope how much of the server it is
 */
public record PostgresConfig(String name, Secret url, Optional<Secret> password, int connections, PostgresScope scope)
        implements SourceConfig {
    public static final String KIND = "postgres";
    public static final int DEFAULT_CONNECTIONS = 4;
    public static final int MAX_CONNECTIONS = 64;

    /** A whole database. */
    public PostgresConfig(String name, Secret url, Optional<Secret> password, int connections) {
        this(name, url, password, connections, PostgresScope.DATABASE);
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** Whether a text is a URL of a database, as far as its beginning tells. */
    public static boolean isUrl(String text) {
        return PostgresUrl.isUrl(text);
    }

    /** The same server, user and options, another database. */
    public PostgresConfig withDatabase(String database) {
        return new PostgresConfig(
                name, new Secret(PostgresUrl.parse(url.text()).withDatabase(database)), password, connections, scope);
    }

    /**
     * One database of a source with all, as a part of its own.
     *
     * @param among whether it is the first of them
     */
    public PostgresConfig oneOfAll(String database, Among among) {
        PostgresConfig one = withDatabase(database);
        return new PostgresConfig(
                new DatabasePart(name, database).name(),
                one.url,
                one.password,
                one.connections,
                PostgresScope.oneOfAll(among));
    }

    /** Another URL; the password goes with it only if it leads to the same server and has none of its own. */
    public PostgresConfig withUrl(String other) {
        boolean same = PostgresUrl.parse(url.text()).sameServer(PostgresUrl.parse(other));
        return new PostgresConfig(name, new Secret(other), same ? password : Optional.empty(), connections, scope);
    }
}
