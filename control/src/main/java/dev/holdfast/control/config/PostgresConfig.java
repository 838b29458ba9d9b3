package dev.holdfast.control.config;

import dev.holdfast.connectors.postgres.Among;
import java.util.Optional;

/**
 * A PostgreSQL database.
 *
 * @param name its name in the stack
 * @param url as libpq reads it, a URL or keywords; may contain a password, so it is kept like one
 * @param password the password, if it is not in the URL
 * @param connections how many tables are read or written at once
 * @param scope how much of the server it is
 * @param ssh the SSH server through which the database is reached
 */
public record PostgresConfig(
        String name,
        Secret url,
        Optional<Secret> password,
        int connections,
        PostgresScope scope,
        Optional<SshConfig> ssh)
        implements SourceConfig {
    public static final String KIND = "postgres";
    public static final int DEFAULT_CONNECTIONS = 4;
    public static final int MAX_CONNECTIONS = 64;

    /** A whole database, reached directly. */
    public PostgresConfig(String name, Secret url, Optional<Secret> password, int connections) {
        this(name, url, password, connections, PostgresScope.DATABASE, Optional.empty());
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** Whether a text says where a database is, by a URL or by keywords, as far as its form tells. */
    public static boolean isUrl(String text) {
        return PostgresUrl.isUrl(text) || PostgresUrl.isKeywords(text);
    }

    /** The name of the database, if the text names it. */
    public Optional<String> database() {
        String text = url.text();
        return PostgresUrl.isUrl(text) ? PostgresUrl.database(text) : PostgresUrl.databaseOfKeywords(text);
    }

    /** The user that a URL names. */
    public Optional<String> user() {
        String text = url.text();
        return PostgresUrl.isUrl(text) ? PostgresUrl.parse(text).userName() : Optional.empty();
    }

    /** The same server, user and options, another database. */
    public PostgresConfig withDatabase(String database) {
        String text = url.text();
        String other = PostgresUrl.isUrl(text)
                ? PostgresUrl.parse(text).withDatabase(database)
                : text + " dbname='" + database.replace("\\", "\\\\").replace("'", "\\'") + "'";
        return new PostgresConfig(name, new Secret(other), password, connections, scope, ssh);
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
                PostgresScope.oneOfAll(among),
                ssh);
    }

    /** Another URL; the password and the SSH server go with it only if it surely leads to the same server. */
    public PostgresConfig withUrl(String other) {
        boolean same = PostgresUrl.isUrl(url.text())
                && PostgresUrl.isUrl(other)
                && PostgresUrl.parse(url.text()).sameServer(PostgresUrl.parse(other));
        return new PostgresConfig(
                name,
                new Secret(other),
                same ? password.filter(_ -> !PostgresUrl.parse(other).hasPassword()) : Optional.empty(),
                connections,
                scope,
                same ? ssh : Optional.empty());
    }
}
