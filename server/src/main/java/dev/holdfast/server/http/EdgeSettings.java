package dev.holdfast.server.http;

import dev.holdfast.server.auth.TrustedProxies;
import java.time.Duration;
import java.util.Optional;

/**
 * How the edge behaves.
 *
 * @param tls certificate and key; empty for plain HTTP
 * @param proxies whose word is taken on where calls come from (X-Forwarded-For, X-Forwarded-Proto)
 * @param maxBodyBytes largest body of a call
 * @param maxEventClients how many may follow events at once
 * @param heartbeat how long a stream of events may be silent, and how soon it ends when its client may no longer follow it
 * @param idleTimeout how long a connection may be silent
 * @param maxConnections how many connections at once
 */
public record EdgeSettings(
        Optional<TlsFiles> tls,
        TrustedProxies proxies,
        int maxBodyBytes,
        int maxEventClients,
        Duration heartbeat,
        Duration idleTimeout,
        int maxConnections) {
    public static final EdgeSettings USUAL = new EdgeSettings(
            Optional.empty(), TrustedProxies.NONE, 1 << 20, 200, Duration.ofSeconds(15), Duration.ofSeconds(60), 512);

    public EdgeSettings withTls(TlsFiles files) {
        return new EdgeSettings(
                Optional.of(files), proxies, maxBodyBytes, maxEventClients, heartbeat, idleTimeout, maxConnections);
    }

    public EdgeSettings withProxies(TrustedProxies trusted) {
        return new EdgeSettings(tls, trusted, maxBodyBytes, maxEventClients, heartbeat, idleTimeout, maxConnections);
    }

    public EdgeSettings withEventClients(int most, Duration silence) {
        return new EdgeSettings(tls, proxies, maxBodyBytes, most, silence, idleTimeout, maxConnections);
    }
}
