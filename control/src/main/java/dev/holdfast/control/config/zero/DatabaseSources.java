package dev.holdfast.control.config.zero;

import dev.holdfast.connectors.postgres.PostgresLocation;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.PostgresScope;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.Invalid;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The databases that environment variables name. For one thread. */
final class DatabaseSources {
    private static final Pattern LINK = Pattern.compile("tcp://([^:/]+):(\\d{1,5})");
    private static final String USUAL_USER = "postgres";

    private final Variables variables;
    private final SourceNames names;

    DatabaseSources(Variables variables, SourceNames names) {
        this.variables = variables;
        this.names = names;
    }

    List<PostgresConfig> read() {
        if (variables.has(Variable.DATABASE_URL)) {
            return byUrl();
        }
        // the rest may be there for other programs
        boolean meant = Stream.of(Variable.DATABASE, Variable.DATABASE_HOST, Variable.EVERY_DATABASE)
                        .anyMatch(variables::has)
                || variables.isSet("POSTGRES_USER")
                || variables.isSet("POSTGRES_USER_FILE")
                || variables.isSet("POSTGRES_PASSWORD")
                || variables.isSet("POSTGRES_PASSWORD_FILE");
        return meant ? byParts() : List.of();
    }

    private List<PostgresConfig> byUrl() {
        String variable = variables.shown(Variable.DATABASE_URL);
        Optional<DatabaseUrl> url =
                variables.secret(Variable.DATABASE_URL).flatMap(text -> DatabaseUrl.parse(text.text()));
        if (url.isEmpty()) {
            variables.wrong(
                    variable + " is not a URL of PostgreSQL",
                    "set it to postgresql://user:password@host:5432/database, without quotes around it.");
            return List.of();
        }
        if (url.get().isCutOff()) {
            variables.wrong(
                    variable + " seems to have a '/' or a '?' in its password",
                    "write them as %2F and %3F, '@' as %40 and '%' as %25; or set the password by itself, in"
                            + " POSTGRES_PASSWORD.");
            return List.of();
        }
        url.get()
                .dropped()
                .forEach(name -> variables.warn(
                        variable,
                        variable + " has '" + name + "', which is for applications only and is left out here"));
        for (Variable part : List.of(Variable.DATABASE, Variable.DATABASE_HOST, Variable.DATABASE_USER)) {
            variables
                    .nameOf(part)
                    .filter(name -> name.startsWith("POSTGRES_"))
                    .ifPresent(
                            name -> variables.warn(name, name + " is not used, because " + variable + " is set too"));
        }
        Optional<Secret> password =
                url.get().hasPassword() ? Optional.empty() : variables.secret(Variable.DATABASE_PASSWORD);
        String text = url.get().text();
        try {
            // what it is made of is not kept: a connection is made later, with what the environment says besides
            boolean _ = PostgresLocation.parse(text).database().isEmpty();
        } catch (Invalid e) {
            variables.wrong(variable + ": " + e.getMessage(), e.hint());
            return List.of();
        }
        return List.of(config(url.get().database().orElse("database"), text, password));
    }

    private PostgresConfig config(String database, String url, Optional<Secret> password) {
        return new PostgresConfig(
                names.name(database, "database"),
                new Secret(url),
                password,
                PostgresConfig.DEFAULT_CONNECTIONS,
                variables.flag(Variable.EVERY_DATABASE, false) ? PostgresScope.all(List.of()) : PostgresScope.DATABASE,
                Optional.empty());
    }

    private List<PostgresConfig> byParts() {
        Optional<Matcher> link = variables
                .environment()
                .value("POSTGRES_PORT")
                .map(LINK::matcher)
                .filter(Matcher::matches);
        Optional<String> host = variables.text(Variable.DATABASE_HOST).or(() -> link.map(found -> found.group(1)));
        if (host.isEmpty()) {
            variables.warn("POSTGRES_HOST", "POSTGRES_HOST is not set, so the database is looked for on this machine");
        }
        int port = link.map(found -> Integer.parseInt(found.group(2)))
                .or(() -> variables.whole(Variable.DATABASE_PORT, 1, 65_535))
                .orElse(5432);
        String user = variables.text(Variable.DATABASE_USER).orElse(USUAL_USER);
        List<String> databases = databases();
        Optional<Secret> password = variables.secret(Variable.DATABASE_PASSWORD);
        List<PostgresConfig> read = new ArrayList<>();
        for (String database : databases.isEmpty() ? List.of(user) : everyOrEach(databases)) {
            read.add(config(database, url(host, port, user, database), password));
        }
        return read;
    }

    /** To libpq a comma is a part of a name, to others it stands between two. */
    private List<String> databases() {
        boolean one = variables
                .nameOf(Variable.DATABASE)
                .filter(name -> name.startsWith("PG"))
                .isPresent();
        return one ? variables.text(Variable.DATABASE).stream().toList() : variables.list(Variable.DATABASE);
    }

    /** One of them is enough to ask the server for all. */
    private List<String> everyOrEach(List<String> databases) {
        return variables.flag(Variable.EVERY_DATABASE, false) ? databases.subList(0, 1) : databases;
    }

    private String url(Optional<String> host, int port, String user, String database) {
        List<String> options = new ArrayList<>();
        String place =
                host.map(name -> name.startsWith("/") ? "" : encoded(name)).orElse("");
        host.filter(name -> name.startsWith("/")).ifPresent(folder -> options.add("host=" + encoded(folder)));
        // without a host a port in front of the path would name one
        if (place.isEmpty()) {
            options.add("port=" + port);
        }
        variables.text(Variable.DATABASE_PASSFILE).ifPresent(file -> options.add("passfile=" + encoded(file)));
        return "postgresql://" + encoded(user) + "@" + (place.isEmpty() ? "" : place + ":" + port) + "/"
                + encoded(database) + (options.isEmpty() ? "" : "?" + String.join("&", options));
    }

    private static String encoded(String text) {
        return text.indexOf(':') >= 0 && text.matches("[0-9A-Fa-f:.]+")
                ? "[" + text + "]"
                : URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
