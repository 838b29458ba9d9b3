package dev.holdfast.connectors.postgres.wire;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is, who we are to it, and how the way there is protected. Immutable; {@link #toString} is without secrets.
 *
 * @param host a name or an address (IPv6 without brackets); with {@code socketFolder} it is not looked at
 * @param port 1 to 65535; also part of the name of a Unix socket
 * @param address where to connect to, if the host is not to be looked up; the certificate is still compared with the host
 * @param socketFolder the folder of a Unix socket, or null for TCP
 * @param password null if there is none; one that is wanted then fails the connection
 * @param directTls whether TLS begins without asking (PostgreSQL 17 and later, {@code sslnegotiation=direct}); only with a mode
 *     that makes TLS mandatory
 * @param rootCertificate PEM file with the certificates that may vouch for the server; null for {@code root.crt} in the defaults
 *     folder. As in libpq, if there is one it is used in every mode that comes to TLS
 * @param systemRoots trust what Java trusts instead; only with {@link TlsMode#VERIFY_FULL}
 * @param certificate PEM file with our own certificate and its chain; null for {@code postgresql.crt} in the defaults folder,
 *     if there is one
 * @param key PEM or DER file with its private key; null for {@code postgresql.key} in the defaults folder
 * @param keyPassword of an encrypted key
 * @param defaultsFolder where files are looked for that are not named; usually {@code ~/.postgresql}; null for nowhere
 * @param tlsVersions that may be used, such as {@code TLSv1.3}
 * @param authentication ways to log in that are accepted, as libpq's {@code require_auth} names them; empty for any
 * @param connectTimeout for everything until the server is ready, for each address; zero for as long as it takes
 * @param keepAlive how a silent connection is asked whether it is still there
 * @param startupParameters settings of the session, for example {@code application_name}
 */
public record WireSettings(
        String host,
        int port,
        @Nullable InetSocketAddress address,
        @Nullable Path socketFolder,
        String database,
        String user,
        @Nullable String password,
        TlsMode tls,
        boolean directTls,
        @Nullable Path rootCertificate,
        boolean systemRoots,
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable String keyPassword,
        @Nullable Path defaultsFolder,
        List<String> tlsVersions,
        ChannelBinding channelBinding,
        Set<String> authentication,
        Duration connectTimeout,
        KeepAlive keepAlive,
        Map<String, String> startupParameters) {

    /**
     * How often and how soon a silent connection is asked whether it is still there.
     *
     * @param on whether at all
     * @param idleSeconds after how long a silence
     * @param intervalSeconds how long an answer is waited for
     * @param probes how many answers may be missing
     */
    public record KeepAlive(boolean on, int idleSeconds, int intervalSeconds, int probes) {
        /** Notices within about ninety seconds that the other side is gone. */
        public static final KeepAlive USUAL = new KeepAlive(true, 30, 10, 6);
    }

    /**
     * @throws IllegalArgumentException if the parts do not fit together
     */
    public WireSettings {
        startupParameters = Map.copyOf(startupParameters);
        tlsVersions = List.copyOf(tlsVersions);
        authentication = Set.copyOf(authentication);
        require(port >= 1 && port <= 65535, "port " + port + " is not one of 1 to 65535");
        require(!user.isEmpty(), "the user has no name");
        require(!connectTimeout.isNegative(), "the connect timeout is negative");
        require(!systemRoots || tls == TlsMode.VERIFY_FULL, "the system's roots are of use with verify-full only");
        require(!systemRoots || rootCertificate == null, "either the system's roots or a root certificate");
        require(!directTls || tls.isMandatory(), "direct TLS needs at least sslmode require");
        require(
                startupParameters.getOrDefault("client_encoding", "UTF8").equals("UTF8"),
                "texts are in UTF8: client_encoding cannot be chosen");
        startupParameters.forEach((name, value) -> require(
                !name.isEmpty() && !name.equals("user") && !name.equals("database"), "no parameter '" + name + "'"));
    }

    private static void require(boolean so, String otherwise) {
        if (!so) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** The file of the Unix socket. */
    Path socketFile(Path folder) {
        return folder.resolve(".s.PGSQL." + port);
    }

    /** For messages: host and port, or the file of the socket. */
    String server() {
        if (socketFolder != null) {
            return socketFile(socketFolder).toString();
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return "user '" + user + "' of database '" + database + "' on " + server() + ", tls " + tls;
    }

    /** Begins with: TCP to localhost, port 5432, TLS and channel binding where they are offered, 10 s to connect. */
    public static Builder to(String database, String user) {
        return new Builder(database, user);
    }

    /** Collects settings. For one thread. */
    public static final class Builder {
        private final String database;
        private final String user;
        private final Map<String, String> startupParameters = new LinkedHashMap<>();
        private String host = "localhost";
        private int port = 5432;
        private @Nullable InetSocketAddress address;
        private @Nullable Path socketFolder;
        private @Nullable String password;
        private TlsMode tls = TlsMode.PREFER;
        private boolean directTls;
        private @Nullable Path rootCertificate;
        private boolean systemRoots;
        private @Nullable Path certificate;
        private @Nullable Path key;
        private @Nullable String keyPassword;
        private @Nullable Path defaultsFolder = Path.of(System.getProperty("user.home", "/"), ".postgresql");
        private List<String> tlsVersions = List.of("TLSv1.3", "TLSv1.2");
        private ChannelBinding channelBinding = ChannelBinding.PREFER;
        private Set<String> authentication = Set.of();
        private Duration connectTimeout = Duration.ofSeconds(10);
        private KeepAlive keepAlive = KeepAlive.USUAL;

        private Builder(String database, String user) {
            this.database = database;
            this.user = user;
        }

        public Builder host(String name) {
            this.host = name;
            return this;
        }

        public Builder port(int number) {
            this.port = number;
            return this;
        }

        /** Where to connect to, in place of looking up the host. */
        public Builder address(@Nullable InetSocketAddress place) {
            this.address = place;
            return this;
        }

        public Builder socketFolder(@Nullable Path folder) {
            this.socketFolder = folder;
            return this;
        }

        public Builder password(@Nullable String secret) {
            this.password = secret;
            return this;
        }

        public Builder tls(TlsMode mode) {
            this.tls = mode;
            return this;
        }

        public Builder directTls(boolean direct) {
            this.directTls = direct;
            return this;
        }

        public Builder rootCertificate(@Nullable Path file) {
            this.rootCertificate = file;
            return this;
        }

        public Builder systemRoots(boolean trusted) {
            this.systemRoots = trusted;
            return this;
        }

        public Builder certificate(@Nullable Path file) {
            this.certificate = file;
            return this;
        }

        public Builder key(@Nullable Path file) {
            this.key = file;
            return this;
        }

        public Builder keyPassword(@Nullable String secret) {
            this.keyPassword = secret;
            return this;
        }

        public Builder defaultsFolder(@Nullable Path folder) {
            this.defaultsFolder = folder;
            return this;
        }

        public Builder tlsVersions(List<String> versions) {
            this.tlsVersions = versions;
            return this;
        }

        public Builder channelBinding(ChannelBinding wish) {
            this.channelBinding = wish;
            return this;
        }

        /** Ways to log in that are accepted; empty for any. */
        public Builder authentication(Set<String> accepted) {
            this.authentication = accepted;
            return this;
        }

        public Builder keepAlive(KeepAlive wanted) {
            this.keepAlive = wanted;
            return this;
        }

        public Builder connectTimeout(Duration limit) {
            this.connectTimeout = limit;
            return this;
        }

        /** One setting of the session. */
        public Builder startupParameter(String name, String value) {
            startupParameters.put(name, value);
            return this;
        }

        /**
         * @throws IllegalArgumentException if the parts do not fit together
         */
        public WireSettings build() {
            return new WireSettings(
                    host,
                    port,
                    address,
                    socketFolder,
                    database,
                    user,
                    password,
                    tls,
                    directTls,
                    rootCertificate,
                    systemRoots,
                    certificate,
                    key,
                    keyPassword,
                    defaultsFolder,
                    tlsVersions,
                    channelBinding,
                    authentication,
                    connectTimeout,
                    keepAlive,
                    startupParameters);
        }
    }
}
