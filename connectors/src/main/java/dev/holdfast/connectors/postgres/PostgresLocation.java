package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.wire.ChannelBinding;
import dev.holdfast.connectors.postgres.wire.TlsMode;
import dev.holdfast.connectors.postgres.wire.WireSettings;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is and how to reach it: host, port, database, user, password and connection parameters, as a
 * {@code postgresql://} URL says it. Immutable. Its {@link #toString} and every message it makes are without the password.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS">Connection URIs</a>
 */
public final class PostgresLocation {
    private static final int DEFAULT_PORT = 5432;
    private static final String EXAMPLE =
            "write it like postgresql://user@db.example.com:5432/shop?sslmode=verify-full";

    /** Parameters of libpq and what pgjdbc calls them. */
    private static final Map<String, String> JDBC_NAMES = Map.of(
            "sslmode", "sslmode",
            "sslrootcert", "sslrootcert",
            "sslcert", "sslcert",
            "sslkey", "sslkey",
            "connect_timeout", "connectTimeout",
            "application_name", "ApplicationName",
            "options", "options",
            "channel_binding", "channelBinding",
            "gssencmode", "gssEncMode");

    private final String host;
    private final int port;
    private final String database;
    private final String user;
    private final @Nullable String password;
    private final SortedMap<String, String> parameters;

    private PostgresLocation(
            String host,
            int port,
            String database,
            String user,
            @Nullable String password,
            SortedMap<String, String> parameters) {
        this.host = host;
        this.port = port;
        this.database = database;
        this.user = user;
        this.password = password;
        this.parameters = Collections.unmodifiableSortedMap(parameters);
    }

    /**
     * Understands {@code postgresql://} and {@code postgres://} URLs with percent-encoding, IPv6 hosts in brackets, and the
     * parameters host, port, user, password, dbname, sslmode, sslrootcert, sslcert, sslkey, connect_timeout,
     * application_name, options, channel_binding, gssencmode.
     *
     * @throws Invalid if it is something else, names several hosts or the folder of a Unix socket
     */
    public static PostgresLocation parse(String url) {
        return new Parser(url).parse();
    }

    /** The same with a password from elsewhere. */
    public PostgresLocation withPassword(String secret) {
        return new PostgresLocation(host, port, database, user, secret, new TreeMap<>(parameters));
    }

    /** Another database on the same server, as the same user. */
    public PostgresLocation withDatabase(String name) {
        return new PostgresLocation(host, port, name, user, password, new TreeMap<>(parameters));
    }

    public String host() {
        return host;
    }

    public int port() {
        return port;
    }

    public String database() {
        return database;
    }

    public String user() {
        return user;
    }

    Optional<String> password() {
        return Optional.ofNullable(password);
    }

    /** The server alone, for messages. */
    String server() {
        return bracketed() + ":" + port;
    }

    String jdbcUrl() {
        return "jdbc:postgresql://" + server() + "/" + URLEncoder.encode(database, StandardCharsets.UTF_8);
    }

    Properties jdbcProperties() {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        if (password != null) {
            properties.setProperty("password", password);
        }
        parameters.forEach((name, value) -> {
            String jdbcName = JDBC_NAMES.get(name);
            if (jdbcName != null) {
                properties.setProperty(jdbcName, value);
            }
        });
        if ("system".equals(parameters.get("sslrootcert"))) {
            properties.remove("sslrootcert");
            properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
        }
        return properties;
    }

    /** What our own client for rows is told: the same server, in the same way. */
    WireSettings wireSettings() {
        WireSettings.Builder settings = WireSettings.to(database, user)
                .host(host)
                .port(port)
                .password(password)
                .tls(TlsMode.valueOf(parameters
                        .getOrDefault("sslmode", "prefer")
                        .replace('-', '_')
                        .toUpperCase(Locale.ROOT)))
                .channelBinding(ChannelBinding.valueOf(
                        parameters.getOrDefault("channel_binding", "prefer").toUpperCase(Locale.ROOT)))
                .connectTimeout(Duration.ofSeconds(Long.parseLong(parameters.getOrDefault("connect_timeout", "10"))))
                .startupParameter("application_name", parameters.getOrDefault("application_name", "holdfast"));
        if ("system".equals(parameters.get("sslrootcert"))) {
            settings.systemRoots(true);
        } else {
            file("sslrootcert").ifPresent(settings::rootCertificate);
        }
        file("sslcert").ifPresent(settings::certificate);
        file("sslkey").ifPresent(settings::key);
        if (parameters.containsKey("options")) {
            settings.startupParameter("options", parameters.get("options"));
        }
        return settings.build();
    }

    private Optional<Path> file(String parameter) {
        return Optional.ofNullable(parameters.get(parameter)).map(Path::of);
    }

    /** What a libpq program finds in its environment; the password too, because arguments are visible to everybody. */
    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PGHOST", host);
        environment.put("PGPORT", Integer.toString(port));
        environment.put("PGUSER", user);
        environment.put("PGDATABASE", database);
        if (password != null) {
            environment.put("PGPASSWORD", password);
        }
        parameters.forEach((name, value) -> environment.put(
                switch (name) {
                    case "application_name" -> "PGAPPNAME";
                    case "channel_binding" -> "PGCHANNELBINDING";
                    default -> "PG" + name.toUpperCase(Locale.ROOT);
                },
                value));
        return environment;
    }

    /** The {@code dbname} argument of a libpq program: no secret, and a lost server is noticed. */
    String connectionArgument() {
        return "dbname='" + database.replace("\\", "\\\\").replace("'", "\\'")
                + "' keepalives_idle=30 keepalives_interval=10 keepalives_count=6";
    }

    private String bracketed() {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    /** The URL without the password. */
    @Override
    public String toString() {
        StringBuilder shown = new StringBuilder("postgresql://")
                .append(encode(user))
                .append('@')
                .append(server())
                .append('/')
                .append(encode(database));
        char separator = '?';
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            shown.append(separator).append(parameter.getKey()).append('=').append(encode(parameter.getValue()));
            separator = '&';
        }
        return shown.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PostgresLocation that
                && toString().equals(that.toString())
                && password().equals(that.password());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }

    private static final class Parser {
        private final String url;
        private final SortedMap<String, String> parameters = new TreeMap<>();
        private String host = "";
        private String port = "";
        private String database = "";
        private String user = "";
        private @Nullable String password;

        Parser(String url) {
            this.url = url;
        }

        PostgresLocation parse() {
            String rest = withoutScheme();
            int question = rest.indexOf('?');
            String query = question < 0 ? "" : rest.substring(question + 1);
            String place = question < 0 ? rest : rest.substring(0, question);
            int slash = place.indexOf('/');
            String authority = slash < 0 ? place : place.substring(0, slash);
            database = slash < 0 ? "" : decode(place.substring(slash + 1));
            readAuthority(authority);
            readQuery(query);
            return build();
        }

        private String withoutScheme() {
            for (String scheme : new String[] {"postgresql://", "postgres://"}) {
                if (url.startsWith(scheme)) {
                    return url.substring(scheme.length());
                }
            }
            throw invalid("a database is named by a url that begins with postgresql://, not " + shownScheme());
        }

        private String shownScheme() {
            int colon = url.indexOf("://");
            return colon < 0 ? "by something else" : "with '" + url.substring(0, colon + 3) + "'";
        }

        private void readAuthority(String authority) {
            int at = authority.lastIndexOf('@');
            if (at >= 0) {
                String userInfo = authority.substring(0, at);
                int colon = userInfo.indexOf(':');
                user = decode(colon < 0 ? userInfo : userInfo.substring(0, colon));
                if (colon >= 0) {
                    password = decode(userInfo.substring(colon + 1));
                }
            }
            String place = authority.substring(at + 1);
            int end = place.startsWith("[") ? place.indexOf(']') + 1 : Math.max(place.indexOf(':'), 0);
            if (place.startsWith("[") && end == 0) {
                throw invalid("the url has an IPv6 address without its closing bracket");
            }
            if (end == 0 && place.indexOf(':') < 0) {
                end = place.length();
            }
            host = decode(place.substring(0, end));
            if (end < place.length()) {
                if (place.charAt(end) != ':') {
                    throw invalid("the url has '" + place.substring(end) + "' after the host");
                }
                port = place.substring(end + 1);
            }
        }

        private void readQuery(String query) {
            if (query.isEmpty()) {
                return;
            }
            for (String pair : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals < 1) {
                    throw invalid("the url has a parameter without a value");
                }
                readParameter(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }

        private void readParameter(String name, String value) {
            switch (name) {
                case "host" -> host = value;
                case "port" -> port = value;
                case "user" -> user = value;
                case "password" -> password = value;
                case "dbname" -> database = value;
                case "ssl" -> parameters.put("sslmode", value.equals("true") ? "require" : "prefer");
                default -> {
                    if (!JDBC_NAMES.containsKey(name)) {
                        throw invalid("the url has the parameter '" + name + "', which is not one of host, port, user, "
                                + "password, dbname, " + String.join(", ", new TreeMap<>(JDBC_NAMES).keySet()));
                    }
                    parameters.put(name, value);
                }
            }
        }

        private PostgresLocation build() {
            if (host.startsWith("/") || host.startsWith("@")) {
                throw new Invalid(
                        ErrorCode.CONFIGURATION_INVALID,
                        "the url names the folder of a unix socket, '" + host + "', which is not supported",
                        "name the host instead, for example 127.0.0.1.");
            }
            if (host.contains(",") || port.contains(",")) {
                throw invalid("the url names several hosts; a snapshot is taken from one");
            }
            String mode = parameters.get("sslmode");
            if (mode != null && !mode.matches("disable|allow|prefer|require|verify-ca|verify-full")) {
                throw invalid("the url has sslmode '" + mode
                        + "', which is not one of disable, allow, prefer, require, verify-ca, verify-full");
            }
            String plainHost = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
            String name = user.isEmpty() ? System.getProperty("user.name", "postgres") : user;
            return new PostgresLocation(
                    plainHost.isEmpty() ? "localhost" : plainHost,
                    portNumber(),
                    database.isEmpty() ? name : database,
                    name,
                    password,
                    parameters);
        }

        private int portNumber() {
            if (port.isEmpty()) {
                return DEFAULT_PORT;
            }
            if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535) {
                throw invalid("the url has a port that is not a number from 1 to 65535");
            }
            return Integer.parseInt(port);
        }

        private String decode(String text) {
            byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
            ByteBuffer decoded = ByteBuffer.allocate(encoded.length);
            for (int i = 0; i < encoded.length; i++) {
                if (encoded[i] != '%') {
                    decoded.put(encoded[i]);
                    continue;
                }
                int high = i + 2 < encoded.length ? Character.digit(encoded[i + 1], 16) : -1;
                int low = i + 2 < encoded.length ? Character.digit(encoded[i + 2], 16) : -1;
                if (high < 0 || low < 0 || high + low == 0) {
                    throw invalid("the url has a '%' that two hexadecimal digits do not follow");
                }
                decoded.put((byte) (high << 4 | low));
                i += 2;
            }
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(decoded.flip())
                        .toString();
            } catch (CharacterCodingException e) {
                throw invalid("the url has percent-encoded bytes that are not UTF-8");
            }
        }

        private static Invalid invalid(String message) {
            return new Invalid(ErrorCode.CONFIGURATION_INVALID, message, EXAMPLE + ".");
        }
    }
}
