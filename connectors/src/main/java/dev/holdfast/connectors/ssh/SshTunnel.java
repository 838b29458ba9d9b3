package dev.holdfast.connectors.ssh;

import dev.holdfast.connectors.ssh.SshSession.Purpose;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.Unavailable;
import java.io.IOException;
import java.util.Optional;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.util.net.SshdSocketAddress;

/**
 * A port on this machine's loopback address that leads through an SSH server to a server behind it. Safe for many threads.
 */
public final class SshTunnel implements AutoCloseable {
    private final SshLocation server;
    private final SshdSocketAddress destination;
    private final SshSession session;
    private final int port;

    private SshTunnel(SshLocation server, SshdSocketAddress destination, SshSession session, int port) {
        this.server = server;
        this.destination = destination;
        this.session = session;
        this.port = port;
    }

    /**
     * Logs in and opens the port, on the way to a database.
     *
     * @param host where to, as the SSH server finds it
     * @throws AccessDenied if the host key is not the known one, or the login is refused
     * @throws Unavailable if the SSH server does not answer
     */
    public static SshTunnel open(SshLocation server, String host, int port) {
        return open(server, host, port, Purpose.DATABASE);
    }

    static SshTunnel open(SshLocation server, String host, int port, Purpose purpose) {
        SshSession session = SshSession.open(server, purpose);
        try {
            SshdSocketAddress destination = new SshdSocketAddress(host, port);
            int here = session.connection()
                    .startLocalPortForwarding(new SshdSocketAddress(SshSession.LOOPBACK, 0), destination)
                    .getPort();
            return new SshTunnel(server, destination, session, here);
        } catch (IOException e) {
            session.close();
            throw session.unavailable(SshSession.said(e), e);
        }
    }

    /** The port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** The SSH server, for messages. */
    public String server() {
        return server.server();
    }

    /** Why nothing gets through any more; empty as long as the tunnel stands, and when it was closed on purpose. */
    public Optional<String> lost() {
        return session.lost();
    }

    /** Why the SSH server does not reach what lies behind it; empty if it does. Asks it, so for after a failure. */
    public Optional<String> refused() {
        ClientSession opened = session.connection();
        if (!opened.isOpen()) {
            return Optional.empty();
        }
        try (ChannelDirectTcpip channel =
                opened.createDirectTcpipChannel(new SshdSocketAddress(SshSession.LOOPBACK, port), destination)) {
            channel.open().verify(SshSession.CONNECT_LIMIT);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("ssh server " + server.server() + " cannot reach " + destination.getHostName() + ":"
                    + destination.getPort() + ": " + SshSession.said(e));
        }
    }

    /** Closes the port and logs out. */
    @Override
    public void close() {
        session.close();
    }
}
