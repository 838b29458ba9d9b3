package dev.holdfast.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A wire to a server on this machine, with a port of its own. Bytes pass unchanged until it is cut. */
final class Wire implements AutoCloseable {
    private final ServerSocket end;
    private final int server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean cut;

    private Wire(int server) {
        this.server = server;
        try {
            end = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("wire").start(this::accept);
    }

    static Wire to(int port) {
        return new Wire(port);
    }

    int port() {
        return end.getLocalPort();
    }

    /** For an HTTP server. */
    URI endpoint() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** Resets all connections; new ones are reset as soon as they come. */
    void cut() {
        cut = true;
        open.forEach(Wire::reset);
    }

    /** How many connections were reset as soon as they came. */
    long refused() {
        return refused.get();
    }

    void mend() {
        cut = false;
    }

    private void accept() {
        while (!end.isClosed()) {
            try {
                Socket client = end.accept();
                open.add(client);
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
                open.add(behind);
                if (cut) {
                    reset(client);
                    reset(behind);
                    refused.incrementAndGet();
                }
                Thread.ofVirtual().start(() -> pass(client, behind));
                Thread.ofVirtual().start(() -> pass(behind, client));
            } catch (IOException e) {
                // closed, or nobody at the other end: then the client waits for nothing and is reset
                open.forEach(Wire::reset);
            }
        }
    }

    private void pass(Socket from, Socket to) {
        byte[] buffer = new byte[32 * 1024];
        try (from;
                to) {
            for (int n = from.getInputStream().read(buffer);
                    n >= 0;
                    n = from.getInputStream().read(buffer)) {
                to.getOutputStream().write(buffer, 0, n);
            }
        } catch (IOException e) {
            reset(from);
            reset(to);
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // closed already
        }
    }

    @Override
    public void close() throws IOException {
        end.close();
        open.forEach(Wire::reset);
    }
}
