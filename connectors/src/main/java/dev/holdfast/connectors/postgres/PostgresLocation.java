package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.wire.ChannelBinding;
import dev.holdfast.connectors.postgres.wire.TlsMode;
import dev.holdfast.connectors.postgres.wire.WireSettings;
import dev.holdfast.connectors.postgres.wire.WireSettings.KeepAlive;
import dev.holdfast.connectors.ssh.SshLocation;
import dev.holdfast.connectors.ssh.SshTunnel;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is and how to reach it: servers, database, user, password and connection parameters, as libpq writes
 * them. Immutable. Its {@link #toString} and every message it makes are without secrets.
 *
 * <p>As it is read it may name several servers, or one that only an SSH server reaches. A {@link Route} makes of it a
 * location that is <em>settled</em>: one server, one address, one kind of encryption, so that whoever connects by it, the
 * driver, our own client or a program of PostgreSQL, gets to the same server in the same way.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-connect.html">Connections of libpq</a>
 */
public final class PostgresLocation {
    private static final int DEFAULT_PORT = 5432;
    private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LEAST_LOGIN_TIMEOUT = Duration.ofSeconds(30);
    private static final Set<String> AUTHENTICATION =
            Set.of("password", "md5", "gss", "sspi", "scram-sha-256", "oauth", "none");
    private static final String LOOPBACK = "127.0.0.1";

    private final List<ServerPlace> places;
    private final String database;
    private final String user;
    private final @Nullable String password;
    private final @Nullable String keyPassword;
    private final @Nullable PasswordFile passwordFile;
    private final NavigableMap<String, String> parameters;
    private final @Nullable Path home;
    private final @Nullable SshLocation ssh;
    private final @Nullable SshTunnel tunnel;
    private final @Nullable Path serviceFile;
    private final boolean settled;

    private PostgresLocation(Draft draft) {
        this.places = List.copyOf(draft.places);
        this.database = draft.database;
        this.user = draft.user;
        this.password = draft.password;
        this.keyPassword = draft.keyPassword;
        this.passwordFile = draft.passwordFile;
        this.parameters = Collections.unmodifiableNavigableMap(draft.parameters);
        this.home = draft.home;
        this.ssh = draft.ssh;
        this.tunnel = draft.tunnel;
        this.serviceFile = draft.serviceFile;
        this.settled = draft.settled;
    }

    /**
     * Understands {@code postgresql://} and {@code postgres://} URLs and strings of keywords such as
     * {@code host=/run/postgresql dbname=shop}, by themselves: no environment, no file of services or passwords.
     *
     * @throws Invalid if it is something else, or has a parameter that cannot be honoured
     */
    public static PostgresLocation parse(String text) {
        return of(ConnectionParameters.complete(ConnectionString.keywords(text), Map.of()), null);
    }

    /**
     * The same, completed like libpq does it: what the connection does not say, its service in {@code pg_service.conf} says;
     * what that does not say, variables like {@code PGHOST}; the password may be in {@code ~/.pgpass}.
     *
     * @param environment variables; {@code HOME} is the folder of the user's own files
     */
    public static PostgresLocation parse(String text, Map<String, String> environment) {
        String folder = environment.get("HOME");
        return of(
                ConnectionParameters.complete(ConnectionString.keywords(text), environment),
                folder == null ? null : Path.of(folder));
    }

    private static PostgresLocation of(NavigableMap<String, String> keywords, @Nullable Path home) {
        Draft draft = new Draft();
        draft.parameters = ConnectionParameters.checked(keywords);
        draft.home = home;
        draft.places = places(keywords, home != null);
        draft.user = keywords.getOrDefault("user", System.getProperty("user.name", "postgres"));
        draft.database = keywords.getOrDefault("dbname", draft.user);
        draft.password = keywords.get("password");
        draft.keyPassword = keywords.get("sslpassword");
        String passfile = keywords.get("passfile");
        if (passfile != null) {
            draft.passwordFile = new PasswordFile(Path.of(passfile));
        } else if (home != null) {
            draft.passwordFile = new PasswordFile(home.resolve(".pgpass"));
        }
        return new PostgresLocation(draft);
    }

    private static List<ServerPlace> places(NavigableMap<String, String> keywords, boolean lookForSocket) {
        String[] hosts = list(keywords.get("host"));
        String[] addresses = list(keywords.get("hostaddr"));
        String[] ports = list(keywords.get("port"));
        int count = Math.max(hosts.length, addresses.length);
        if (hosts.length > 0 && addresses.length > 0 && hosts.length != addresses.length) {
            throw ConnectionString.invalid(
                    "the connection has " + hosts.length + " hosts and " + addresses.length + " addresses (hostaddr)");
        }
        if (ports.length > 1 && ports.length != Math.max(1, count)) {
            throw ConnectionString.invalid(
                    "the connection has " + ports.length + " ports for " + Math.max(1, count) + " hosts");
        }
        if (count == 0) {
            int port = port(ports, 0);
            return List.of(new ServerPlace(lookForSocket ? localHost(port) : "localhost", null, port));
        }
        List<ServerPlace> places = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String host = i < hosts.length ? hosts[i] : "";
            String address = i < addresses.length && !addresses[i].isEmpty() ? addresses[i] : null;
            if (host.startsWith("@")) {
                throw ConnectionString.invalid("a socket in the abstract namespace, '" + host + "', cannot be used");
            }
            requireNumeric(address);
            int port = port(ports, i);
            places.add(new ServerPlace(host.isEmpty() && address == null ? localHost(port) : host, address, port));
        }
        return places;
    }

    private static void requireNumeric(@Nullable String address) {
        try {
            if (address != null) {
                InetAddress.ofLiteral(address);
            }
        } catch (IllegalArgumentException e) {
            throw ConnectionString.invalid("the connection has hostaddr '" + address + "', which is not an IP address");
        }
    }

    private static String[] list(@Nullable String value) {
        return value == null ? new String[0] : value.split(",", -1);
    }

    /** Where libpq goes if no host is named: to the socket of this machine's server. */
    private static String localHost(int port) {
        return ServerPlace.SOCKET_FOLDERS.stream()
                .filter(folder -> Files.exists(ServerPlace.socket(folder, port)))
                .findFirst()
                .orElse("localhost");
    }

    private static int port(String[] ports, int index) {
        String port = ports.length == 0 ? "" : ports[ports.length == 1 ? 0 : index];
        if (port.isEmpty()) {
            return DEFAULT_PORT;
        }
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535) {
            throw ConnectionString.invalid("the connection has a port that is not a number from 1 to 65535");
        }
        return Integer.parseInt(port);
    }

    /** What is about to become a location. */
    private static final class Draft {
        List<ServerPlace> places = List.of();
        String database = "";
        String user = "";

        @Nullable
        String password;

        @Nullable
        String keyPassword;

        @Nullable
        PasswordFile passwordFile;

        NavigableMap<String, String> parameters = new TreeMap<>();

        @Nullable
        Path home;

        @Nullable
        SshLocation ssh;

        @Nullable
        SshTunnel tunnel;

        @Nullable
        Path serviceFile;

        boolean settled;
    }

    private Draft draft() {
        Draft draft = new Draft();
        draft.places = places;
        draft.database = database;
        draft.user = user;
        draft.password = password;
        draft.keyPassword = keyPassword;
        draft.passwordFile = passwordFile;
        draft.parameters = new TreeMap<>(parameters);
        draft.home = home;
        draft.ssh = ssh;
        draft.tunnel = tunnel;
        draft.serviceFile = serviceFile;
        draft.settled = settled;
        return draft;
    }

    /** The same with a password from elsewhere. */
    public PostgresLocation withPassword(String secret) {
        Draft draft = draft();
        draft.password = secret;
        return new PostgresLocation(draft);
    }

    /** Another database on the same server, as the same user. */
    public PostgresLocation withDatabase(String name) {
        Draft draft = draft();
        draft.database = name;
        return new PostgresLocation(draft);
    }

    /**
     * The same through an SSH server; the hosts are looked up there.
     *
     * @throws Invalid if a host is the folder of a Unix socket
     */
    public PostgresLocation withSsh(SshLocation server) {
        places.stream().filter(ServerPlace::isSocket).findFirst().ifPresent(socket -> {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the connection names the folder of a unix socket, '" + socket.host()
                            + "', which cannot be reached through ssh",
                    "name the host and the port as the ssh server sees them, for example localhost:5432.");
        });
        Draft draft = draft();
        draft.ssh = server;
        return new PostgresLocation(draft);
    }

    /**
     * One of its servers, with everything decided.
     *
     * @param place with its address, unless it is a socket or a tunnel leads to it
     * @param mode how to encrypt; neither {@code ALLOW} nor {@code PREFER}
     * @param through what leads to it, if it cannot be reached directly
     * @param secrets a file for programs of PostgreSQL with what neither arguments nor the environment may tell them
     */
    PostgresLocation settled(ServerPlace place, TlsMode mode, @Nullable SshTunnel through, @Nullable Path secrets) {
        Draft draft = draft();
        draft.places = List.of(place);
        draft.parameters.put("sslmode", label(mode));
        draft.tunnel = through;
        draft.serviceFile = secrets;
        draft.settled = true;
        return new PostgresLocation(draft);
    }

    /** Whether a {@link Route} chose it. */
    boolean isSettled() {
        return settled;
    }

    /** The servers it names, in order. */
    List<ServerPlace> places() {
        return places;
    }

    private ServerPlace place() {
        if (places.size() != 1 || (ssh != null && tunnel == null)) {
            throw new IllegalStateException("a route has to be chosen first: " + this);
        }
        return places.getFirst();
    }

    /** The name of the server, the folder of its socket, or its address: what a certificate must say. */
    public String host() {
        return place().name();
    }

    public int port() {
        return place().port();
    }

    public String database() {
        return database;
    }

    public String user() {
        return user;
    }

    /** What was given, else what the password file says. */
    Optional<String> password() {
        if (password != null) {
            return Optional.of(password);
        }
        return passwordFile == null || places.size() != 1
                ? Optional.empty()
                : passwordFile.password(place().namesInPasswordFile(), place().port(), database, user);
    }

    /** Why the password file is not used although it is there; empty if it is used, not needed or not there. */
    Optional<String> passwordFileIgnored() {
        return password != null || passwordFile == null ? Optional.empty() : passwordFile.ignoredBecause();
    }

    Optional<SshLocation> ssh() {
        return Optional.ofNullable(ssh);
    }

    Optional<SshTunnel> tunnel() {
        return Optional.ofNullable(tunnel);
    }

    /** The password of the client certificate's key. */
    Optional<String> keyPassword() {
        return Optional.ofNullable(keyPassword);
    }

    /**
     * Where to connect to: an address or a socket in the file system; the certificate is compared with {@link #host}. A name
     * that is still to be looked up if the location is not settled.
     */
    SocketAddress address() {
        ServerPlace place = place();
        if (tunnel != null) {
            return new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), tunnel.port());
        }
        if (place.isSocket()) {
            return UnixDomainSocketAddress.of(place.socket());
        }
        return place.address() == null
                ? InetSocketAddress.createUnresolved(place.host(), place.port())
                : new InetSocketAddress(InetAddress.ofLiteral(place.address()), place.port());
    }

    TlsMode sslMode() {
        return places.stream().allMatch(ServerPlace::isSocket)
                ? TlsMode.DISABLE
                : TlsMode.valueOf(parameters
                        .getOrDefault("sslmode", "prefer")
                        .replace('-', '_')
                        .toUpperCase(Locale.ROOT));
    }

    /** As libpq writes it. */
    static String label(TlsMode mode) {
        return mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The certificates of the authorities that are trusted; empty if nothing is verified. */
    Optional<Path> rootCertificates() {
        return TlsFiles.rootCertificates(parameters, home);
    }

    /** What we identify ourselves with, if the server asks. */
    Optional<Path> certificate() {
        return TlsFiles.certificate(parameters, home);
    }

    /** The key of {@link #certificate}. */
    Optional<Path> key() {
        return certificate().map(certificate -> TlsFiles.key(parameters, home));
    }

    /** The versions of TLS that may be used, such as {@code TLSv1.3}. */
    List<String> tlsVersions() {
        boolean only13 = "TLSv1.3".equals(parameters.get("ssl_min_protocol_version"));
        boolean only12 = "TLSv1.2".equals(parameters.get("ssl_max_protocol_version"));
        if (only13 && only12) {
            throw ConnectionString.invalid("ssl_min_protocol_version is above ssl_max_protocol_version");
        }
        return only13 ? List.of("TLSv1.3") : only12 ? List.of("TLSv1.2") : List.of("TLSv1.3", "TLSv1.2");
    }

    /** Whether TLS begins at once, without asking the server first (PostgreSQL 17 or later). */
    boolean directTls() {
        return "direct".equals(parameters.get("sslnegotiation"));
    }

    /** {@code disable}, {@code prefer} or {@code require}. */
    String channelBinding() {
        return parameters.getOrDefault("channel_binding", "prefer");
    }

    /** The ways to log in that are accepted, as libpq writes them; empty for any. */
    Optional<String> requireAuth() {
        return Optional.ofNullable(parameters.get("require_auth"));
    }

    /** The same as what is left of all ways when the unwanted ones are gone. */
    private Set<String> acceptedAuthentication() {
        String said = parameters.get("require_auth");
        if (said == null) {
            return Set.of();
        }
        List<String> ways = List.of(said.split(","));
        if (ways.stream().noneMatch(way -> way.startsWith("!"))) {
            return Set.copyOf(ways);
        }
        Set<String> left = new HashSet<>(AUTHENTICATION);
        ways.forEach(way -> left.remove(way.substring(1)));
        return left;
    }

    /** {@code any}, {@code read-write}, {@code read-only}, {@code primary}, {@code standby} or {@code prefer-standby}. */
    String targetSessionAttributes() {
        return parameters.getOrDefault("target_session_attrs", "any");
    }

    /** Whether the servers are tried in any order. */
    boolean anyOrder() {
        return "random".equals(parameters.get("load_balance_hosts"));
    }

    /** How long to wait for a connection; zero for as long as it takes. */
    Duration connectTimeout() {
        int seconds = number("connect_timeout", (int) DEFAULT_CONNECT_TIMEOUT.toSeconds());
        return Duration.ofSeconds(seconds <= 0 ? 0 : Math.max(2, seconds)); // as libpq does
    }

    Optional<String> applicationName() {
        return Optional.ofNullable(parameters.get("application_name"));
    }

    /** Options for the server, as in {@code -c name=value}. */
    Optional<String> options() {
        return Optional.ofNullable(parameters.get("options"));
    }

    KeepAlive keepAlive() {
        return new KeepAlive(
                number("keepalives", 1) != 0,
                positive("keepalives_idle", KeepAlive.USUAL.idleSeconds()),
                positive("keepalives_interval", KeepAlive.USUAL.intervalSeconds()),
                positive("keepalives_count", KeepAlive.USUAL.probes()));
    }

    private int number(String parameter, int otherwise) {
        String value = parameters.get(parameter);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    private int positive(String parameter, int otherwise) {
        int value = number(parameter, otherwise);
        return value > 0 ? value : otherwise;
    }

    /** The server alone, for messages. */
    String server() {
        String shown = places.stream().map(ServerPlace::toString).collect(Collectors.joining(", "));
        return ssh == null ? shown : shown + " (through ssh server " + ssh.server() + ")";
    }

    /** The server with how it is reached, for people. */
    String way() {
        String protection = sslMode() == TlsMode.DISABLE
                ? place().isSocket() ? "a unix socket" : "not encrypted"
                : "encrypted, sslmode " + label(sslMode());
        String address = place().address();
        return server() + (address == null || address.equals(place().name()) ? "" : " (" + address + ")") + ", "
                + protection;
    }

    /** For the driver; how to get there and what to trust is in the properties. */
    String jdbcUrl() {
        ServerPlace place = place();
        String name = place.isSocket() ? "localhost" : place.name();
        return "jdbc:postgresql://" + (name.indexOf(':') >= 0 ? "[" + name + "]" : name) + ":" + place.port() + "/"
                + URLEncoder.encode(database, StandardCharsets.UTF_8);
    }

    Properties jdbcProperties() {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty(
                "password", password().orElse("")); // never one that the driver finds by rules of its own
        properties.setProperty("ApplicationName", applicationName().orElse("holdfast"));
        options().ifPresent(options -> properties.setProperty("options", options));
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("channelBinding", channelBinding());
        requireAuth().ifPresent(ways -> properties.setProperty("requireAuth", ways));
        Duration timeout = connectTimeout();
        properties.setProperty("connectTimeout", Long.toString(timeout.toSeconds()));
        properties.setProperty(
                "loginTimeout",
                Long.toString(
                        timeout.isZero() ? 0 : Math.max(LEAST_LOGIN_TIMEOUT.toSeconds(), timeout.toSeconds() * 3)));
        properties.setProperty("tcpKeepAlive", Boolean.toString(keepAlive().on()));
        properties.setProperty("sslmode", label(sslMode()));
        ServerSockets.describe(this, properties);
        if (sslMode() != TlsMode.DISABLE) {
            properties.setProperty("sslNegotiation", directTls() ? "direct" : "postgres");
            TlsSockets.describe(this, properties);
        }
        return properties;
    }

    /** What our own client for rows is told. */
    WireSettings wireSettings() {
        ServerPlace place = place();
        WireSettings.Builder settings = WireSettings.to(database, user)
                .host(place.name())
                .port(place.port())
                .password(password().orElse(null))
                .tls(sslMode())
                .directTls(directTls())
                .keyPassword(keyPassword)
                .defaultsFolder(null) // the files are named
                .tlsVersions(tlsVersions())
                .channelBinding(ChannelBinding.valueOf(channelBinding().toUpperCase(Locale.ROOT)))
                .authentication(acceptedAuthentication())
                .connectTimeout(connectTimeout())
                .keepAlive(keepAlive())
                .startupParameter("application_name", applicationName().orElse("holdfast"));
        options().ifPresent(options -> settings.startupParameter("options", options));
        if (place.isSocket()) {
            settings.socketFolder(Path.of(place.host()));
        } else if (address() instanceof InetSocketAddress found && !found.isUnresolved()) {
            settings.address(found);
        }
        if (sslMode() != TlsMode.DISABLE) {
            rootCertificates().ifPresent(settings::rootCertificate);
            certificate().ifPresent(settings::certificate);
            key().ifPresent(settings::key);
        }
        return settings.build();
    }

    /** What a libpq program finds in its environment; the password too, because arguments are visible to everybody. */
    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        ServerPlace place = place();
        environment.put("PGHOST", place.name());
        if (tunnel != null) {
            environment.put("PGHOSTADDR", LOOPBACK);
        } else if (place.address() != null) {
            environment.put("PGHOSTADDR", place.address());
        }
        environment.put("PGPORT", Integer.toString(tunnel == null ? place.port() : tunnel.port()));
        environment.put("PGUSER", user);
        environment.put("PGDATABASE", database);
        password().ifPresent(secret -> environment.put("PGPASSWORD", secret));
        environment.put("PGGSSENCMODE", "disable");
        environment.put("PGCHANNELBINDING", channelBinding());
        environment.put("PGCONNECT_TIMEOUT", Long.toString(connectTimeout().toSeconds()));
        applicationName().ifPresent(name -> environment.put("PGAPPNAME", name));
        options().ifPresent(options -> environment.put("PGOPTIONS", options));
        if (serviceFile != null) {
            environment.put("PGSERVICEFILE", serviceFile.toString());
            environment.put("PGSERVICE", Route.SERVICE);
        }
        describeTls(environment);
        return environment;
    }

    private void describeTls(Map<String, String> environment) {
        environment.put("PGSSLMODE", label(sslMode()));
        if (sslMode() == TlsMode.DISABLE) {
            return;
        }
        rootCertificates().ifPresent(file -> environment.put("PGSSLROOTCERT", file.toString()));
        certificate().ifPresent(file -> environment.put("PGSSLCERT", file.toString()));
        key().ifPresent(file -> environment.put("PGSSLKEY", file.toString()));
        List<String> versions = tlsVersions();
        environment.put("PGSSLMINPROTOCOLVERSION", versions.getLast());
        environment.put("PGSSLMAXPROTOCOLVERSION", versions.getFirst());
    }

    /**
     * The {@code dbname} argument of a libpq program: no secret, a lost server is noticed, and what an old libpq does not
     * know makes it fail instead of being left out.
     */
    String connectionArgument() {
        KeepAlive keepAlive = keepAlive();
        Map<String, String> said = new LinkedHashMap<>();
        said.put("dbname", database);
        said.put("keepalives", keepAlive.on() ? "1" : "0");
        said.put("keepalives_idle", Integer.toString(keepAlive.idleSeconds()));
        said.put("keepalives_interval", Integer.toString(keepAlive.intervalSeconds()));
        said.put("keepalives_count", Integer.toString(keepAlive.probes()));
        requireAuth().ifPresent(ways -> said.put("require_auth", ways));
        if (directTls()) {
            said.put("sslnegotiation", "direct");
        }
        if (parameters.containsKey("sslcertmode")) {
            said.put("sslcertmode", parameters.get("sslcertmode"));
        }
        return said.entrySet().stream()
                .map(keyword -> keyword.getKey() + "=" + quoted(keyword.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String quoted(String value) {
        return value.matches("[A-Za-z0-9_,!-]+")
                ? value
                : "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    /** As a URL, without secrets. */
    @Override
    public String toString() {
        StringBuilder shown = new StringBuilder("postgresql://")
                .append(encode(user))
                .append('@')
                .append(places.stream().map(PostgresLocation::shown).collect(Collectors.joining(",")))
                .append('/')
                .append(encode(database));
        NavigableMap<String, String> all = new TreeMap<>(parameters);
        if (places.stream().anyMatch(place -> place.address() != null)) {
            all.put(
                    "hostaddr",
                    places.stream()
                            .map(place -> Objects.requireNonNullElse(place.address(), ""))
                            .collect(Collectors.joining(",")));
        }
        char separator = '?';
        for (Map.Entry<String, String> parameter : all.entrySet()) {
            shown.append(separator).append(parameter.getKey()).append('=').append(encode(parameter.getValue()));
            separator = '&';
        }
        return shown.toString();
    }

    private static String shown(ServerPlace place) {
        if (place.host().startsWith("/")) {
            return encode(place.host()).replace("/", "%2F") + ":" + place.port();
        }
        String host = place.host();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + place.port();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PostgresLocation that
                && toString().equals(that.toString())
                && Objects.equals(password, that.password)
                && Objects.equals(keyPassword, that.keyPassword)
                && Objects.equals(ssh, that.ssh)
                && Objects.equals(tunnel, that.tunnel);
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
}
