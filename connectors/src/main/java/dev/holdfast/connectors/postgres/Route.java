package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.wire.TlsMode;
import dev.holdfast.connectors.ssh.SshLocation;
import dev.holdfast.connectors.ssh.SshTunnel;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The way to one server, kept for a whole run: of several servers the first that answers and is what was asked for, of
 * several addresses the first that answers, encrypted or not as the server allows it. Everybody who connects by its
 * {@link #location} gets to the same server in the same way. Holds the SSH tunnel if there is one. For one thread, but for
 * what it found.
 */
final class Route implements AutoCloseable {
    /** The name of the service in which programs of PostgreSQL find what cannot be told them otherwise. */
    static final String SERVICE = "holdfast";

    private final PostgresLocation location;
    private final List<AutoCloseable> held;

    private Route(PostgresLocation location, List<AutoCloseable> held) {
        this.location = location;
        this.held = List.copyOf(held);
    }

    /** To a server that has the database. */
    static Route open(PostgresLocation wanted) {
        return open(wanted, Session::open);
    }

    /**
     * @param connector makes a session; which database it goes to is its own affair
     * @throws HoldfastException that says why no server can be used
     */
    static Route open(PostgresLocation wanted, Function<PostgresLocation, Session> connector) {
        return wanted.isSettled() ? new Route(wanted, List.of()) : new Search(wanted, connector).run();
    }

    /** One server, one address, one kind of encryption. */
    PostgresLocation location() {
        return location;
    }

    /** The same failure, or the loss of the tunnel if that is what is behind it. */
    HoldfastException explained(HoldfastException failure) {
        Optional<String> lost = location.tunnel().flatMap(SshTunnel::lost);
        return lost.isEmpty() || failure instanceof Cancelled
                ? failure
                : new Unavailable(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        lost.get() + ": " + failure.getMessage(),
                        "run it again when the ssh server is there.",
                        failure);
    }

    @Override
    public void close() {
        close(held);
    }

    private static void close(List<AutoCloseable> all) {
        for (AutoCloseable one : all) {
            try {
                one.close();
            } catch (Exception e) {
                // what it led to is closed; there is nothing to lose any more
            }
        }
    }

    /** Tries one server after the other. */
    private static final class Search {
        private final PostgresLocation wanted;
        private final Function<PostgresLocation, Session> connector;
        private final List<HoldfastException> failures = new ArrayList<>();

        Search(PostgresLocation wanted, Function<PostgresLocation, Session> connector) {
            this.wanted = wanted;
            this.connector = connector;
        }

        Route run() {
            List<ServerPlace> places = new ArrayList<>(wanted.places());
            if (wanted.anyOrder()) {
                Collections.shuffle(places, new SecureRandom());
            }
            for (String attributes : rounds(wanted.targetSessionAttributes())) {
                for (ServerPlace place : places) {
                    Optional<Route> found = at(place, attributes);
                    if (found.isPresent()) {
                        return found.get();
                    }
                }
            }
            throw failure();
        }

        /** A standby if there is one, else whatever there is. */
        private static List<String> rounds(String attributes) {
            return attributes.equals("prefer-standby") ? List.of("standby", "any") : List.of(attributes);
        }

        private HoldfastException failure() {
            if (failures.size() == 1) {
                return failures.getFirst();
            }
            return new Unavailable(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "no server can be used: "
                            + failures.stream()
                                    .map(HoldfastException::getMessage)
                                    .distinct()
                                    .collect(Collectors.joining("; ")),
                    "see that one of them runs and is what target_session_attrs asks for.",
                    failures.getFirst());
        }

        private Optional<Route> at(ServerPlace place, String attributes) {
            Optional<SshLocation> ssh = wanted.ssh();
            if (ssh.isPresent()) {
                return throughTunnel(ssh.get(), place, attributes);
            }
            List<ServerPlace> addresses;
            try {
                addresses = addresses(place);
            } catch (UnknownHostException e) {
                failures.add(unavailable(place + " does not let us in: no such host", e));
                return Optional.empty();
            }
            for (ServerPlace address : addresses) {
                Optional<Route> found = settle(address, attributes, null);
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        }

        private List<ServerPlace> addresses(ServerPlace place) throws UnknownHostException {
            if (place.isSocket() || place.address() != null) {
                return List.of(place);
            }
            List<ServerPlace> addresses = new ArrayList<>();
            for (InetAddress address : InetAddress.getAllByName(place.host())) {
                addresses.add(place.at(address.getHostAddress()));
            }
            if (wanted.anyOrder()) {
                Collections.shuffle(addresses, new SecureRandom());
            }
            return addresses;
        }

        private Optional<Route> throughTunnel(SshLocation ssh, ServerPlace place, String attributes) {
            String destination = place.address() == null ? place.host() : place.address();
            SshTunnel tunnel = SshTunnel.open(ssh, destination, place.port());
            boolean used = false;
            try {
                Optional<Route> found = settle(place, attributes, tunnel);
                used = found.isPresent();
                return found;
            } finally {
                if (!used) {
                    tunnel.close();
                }
            }
        }

        /** Tries the kinds of encryption that are allowed. */
        private Optional<Route> settle(ServerPlace place, String attributes, @Nullable SshTunnel tunnel) {
            List<AutoCloseable> held = new ArrayList<>();
            Optional<Path> secrets = wanted.keyPassword().map(Search::secrets);
            secrets.ifPresent(file -> held.add(() -> Files.deleteIfExists(file)));
            if (tunnel != null) {
                held.add(tunnel);
            }
            boolean used = false;
            try {
                Optional<PostgresLocation> settled = settled(place, attributes, tunnel, secrets.orElse(null));
                used = settled.isPresent();
                return settled.map(location -> new Route(location, held));
            } finally {
                if (!used) {
                    close(held);
                }
            }
        }

        private Optional<PostgresLocation> settled(
                ServerPlace place, String attributes, @Nullable SshTunnel tunnel, @Nullable Path secrets) {
            List<TlsMode> modes = modes();
            HoldfastException refused = null;
            for (TlsMode mode : modes) {
                PostgresLocation location = wanted.settled(place, mode, tunnel, secrets);
                if (mode != TlsMode.DISABLE) {
                    TlsSockets.check(location);
                }
                try (Session session = connector.apply(location)) {
                    return suits(session, location, attributes) ? Optional.of(location) : Optional.empty();
                } catch (Unavailable e) {
                    failures.add(e);
                    return Optional.empty();
                } catch (AccessDenied e) {
                    if (!isAboutEncryption(e)) {
                        throw e;
                    }
                    refused = refused == null || isLacking(refused) ? e : refused;
                } catch (SQLException e) {
                    failures.add(SqlFailures.connecting(e, location));
                    return Optional.empty();
                }
            }
            if (refused == null) {
                throw new IllegalStateException("no way was tried");
            }
            throw refused;
        }

        private List<TlsMode> modes() {
            return switch (wanted.sslMode()) {
                case PREFER -> List.of(encrypted(), TlsMode.DISABLE);
                case ALLOW -> List.of(TlsMode.DISABLE, encrypted());
                case REQUIRE -> List.of(encrypted());
                case DISABLE, VERIFY_CA, VERIFY_FULL -> List.of(wanted.sslMode());
            };
        }

        /** Whoever has a file of authorities wants them asked, says libpq. */
        private TlsMode encrypted() {
            return wanted.rootCertificates().isPresent() ? TlsMode.VERIFY_CA : TlsMode.REQUIRE;
        }

        private boolean suits(Session session, PostgresLocation location, String attributes) throws SQLException {
            Pooler.refuse(session, () -> connector.apply(location));
            if (attributes.equals("any")) {
                return true;
            }
            boolean standby = session.truth("SELECT pg_catalog.pg_is_in_recovery()");
            boolean readOnly = standby
                    || session.truth("SELECT reset_val = 'on' FROM pg_catalog.pg_settings"
                            + " WHERE name = 'default_transaction_read_only'");
            boolean suits = switch (attributes) {
                case "read-write" -> !readOnly;
                case "read-only" -> readOnly;
                case "primary" -> !standby;
                case "standby" -> standby;
                default -> throw new IllegalStateException(attributes);
            };
            if (!suits) {
                failures.add(unavailable(
                        location.server() + " is " + (standby ? "a standby" : readOnly ? "read-only" : "a primary")
                                + ", asked for is " + attributes,
                        null));
            }
            return suits;
        }

        private static boolean isAboutEncryption(AccessDenied e) {
            return isLacking(e)
                    || (e.getCause() instanceof SQLException cause
                            && (SqlFailures.state(cause).equals("28000")
                                    || SqlFailures.root(cause) instanceof SSLException));
        }

        /** Whether the server has no encryption to offer, which is the less interesting of two reasons. */
        private static boolean isLacking(HoldfastException e) {
            return e.getCause() instanceof SQLException cause && SqlFailures.lacksEncryption(cause);
        }

        private static Unavailable unavailable(String what, @Nullable Throwable cause) {
            return new Unavailable(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "server " + what,
                    "see that it runs and that host and port are right.",
                    cause);
        }

        /** Neither an argument nor a variable may carry it: a file that only this user may read. */
        private static Path secrets(String keyPassword) {
            if (keyPassword.contains("\n") || !keyPassword.strip().equals(keyPassword)) {
                throw new Invalid(
                        ErrorCode.CONFIGURATION_INVALID,
                        "sslpassword begins or ends with a space, or has several lines, which pg_dump cannot be told",
                        "give the key another password.");
            }
            try {
                Path file = Files.createTempFile("holdfast-", ".conf");
                Files.writeString(file, "[" + SERVICE + "]\nsslpassword=" + keyPassword + "\n");
                return file;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
