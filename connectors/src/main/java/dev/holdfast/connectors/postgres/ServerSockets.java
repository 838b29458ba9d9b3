package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.wire.WireSettings.KeepAlive;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Properties;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Makes the driver's sockets: to the one address that was chosen, whatever name the driver verifies, or to a socket in the
 * file system. Those over the network notice within about ninety seconds that the other side is gone, however long a
 * statement takes. Public because the driver makes it by name.
 */
public final class ServerSockets extends SocketFactory {
    private static final String PREFIX = "holdfast.socket.";
    private static final String FILE = PREFIX + "file";
    private static final String ADDRESS = PREFIX + "address";
    private static final String PORT = PREFIX + "port";
    private static final String IDLE = PREFIX + "idle";
    private static final String INTERVAL = PREFIX + "interval";
    private static final String PROBES = PREFIX + "probes";

    private final SocketAddress address;
    private final @Nullable KeepAlive keepAlive;

    /** Called by the driver with the properties of the connection. */
    public ServerSockets(Properties properties) {
        String file = properties.getProperty(FILE);
        this.address = file != null
                ? UnixDomainSocketAddress.of(Path.of(file))
                : network(properties.getProperty(ADDRESS), Integer.parseInt(properties.getProperty(PORT)));
        this.keepAlive = properties.getProperty(IDLE) == null
                ? null
                : new KeepAlive(
                        true,
                        Integer.parseInt(properties.getProperty(IDLE)),
                        Integer.parseInt(properties.getProperty(INTERVAL)),
                        Integer.parseInt(properties.getProperty(PROBES)));
    }

    /** Without an address the driver looks up the name. */
    private static InetSocketAddress network(@Nullable String address, int port) {
        return address == null
                ? InetSocketAddress.createUnresolved("", port)
                : new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }

    /** Has the driver use this class for a location. */
    static void describe(PostgresLocation location, Properties properties) {
        properties.setProperty("socketFactory", ServerSockets.class.getName());
        switch (location.address()) {
            case UnixDomainSocketAddress socket ->
                properties.setProperty(FILE, socket.getPath().toString());
            case InetSocketAddress network -> {
                if (!network.isUnresolved()) {
                    properties.setProperty(ADDRESS, network.getAddress().getHostAddress());
                }
                properties.setProperty(PORT, Integer.toString(network.getPort()));
            }
            case SocketAddress other -> throw new IllegalStateException("neither network nor file: " + other);
        }
        KeepAlive keepAlive = location.keepAlive();
        if (keepAlive.on()) {
            properties.setProperty(IDLE, Integer.toString(keepAlive.idleSeconds()));
            properties.setProperty(INTERVAL, Integer.toString(keepAlive.intervalSeconds()));
            properties.setProperty(PROBES, Integer.toString(keepAlive.probes()));
        }
    }

    @Override
    public Socket createSocket() throws IOException {
        if (address instanceof UnixDomainSocketAddress file) {
            return new UnixSocket(file);
        }
        Socket socket = address instanceof InetSocketAddress network && network.isUnresolved()
                ? new Socket()
                : new Redirected(address);
        KeepAlive wanted = keepAlive;
        if (wanted != null) {
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
                socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, wanted.idleSeconds());
                socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, wanted.intervalSeconds());
                socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, wanted.probes());
            }
        }
        return socket;
    }

    /** Goes to the address that was chosen instead of the one it is told. */
    private static final class Redirected extends Socket {
        private final SocketAddress chosen;

        Redirected(SocketAddress chosen) {
            this.chosen = chosen;
        }

        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            super.connect(chosen, timeout);
        }
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("the driver connects by itself");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException("the driver connects by itself");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException("the driver connects by itself");
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException("the driver connects by itself");
    }
}
