package dev.holdfast.demo.stand;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Finds a TCP port of the loopback interface that nobody listens on at this moment. */
public final class FreePort {
    private FreePort() {}

    /**
     * Asks the kernel for a port. Another process may take it before it is used: a caller that starts a server on it has to
     * expect that and ask again.
     */
    public static int next() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new StandFailure("no free port on the loopback interface: " + e.getMessage(), e);
        }
    }
}
