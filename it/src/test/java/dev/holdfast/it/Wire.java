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
import java.util.concurrent.locks.LockSupport;

/** A wire to a server on this machine, with a port of its own. Bytes pass unchanged until it is cut, at a speed that can be set. */
final class Wire implements AutoCloseable {
    private final ServerSocket end;
    private final int server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong bytesUntilCut = new AtomicLong(Long.MAX_VALUE);
    private volatile boolean cut;
    private volatile long bytesPerSecond = Long.MAX_VALUE;

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

    /** Cuts it when that much more has gone to the server. */
    void cutAfter(long bytes) {
        bytesUntilCut.set(bytes);
    }

    /** All connections together take no more to the server than that. */
    void slow(long bytesASecond) {
        bytesPerSecond = bytesASecond;
    }

    /** How many connections were reset as soon as they came. */
    long refused() {
        return refused.get();
    }

    void mend() {
        bytesUntilCut.set(Long.MAX_VALUE);
        bytesPerSecond = Long.MAX_VALUE;
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
                Thread.ofVirtual().start(() -> pass(client, behind, true));
                Thread.ofVirtual().start(() -> pass(behind, client, false));
            } catch (IOException e) {
                // closed, or nobody at the other end: then the client waits for nothing and is reset
                open.forEach(Wire::reset);
            }
        }
    }

    private void pass(Socket from, Socket to, boolean toServer) {
        byte[] buffer = new byte[32 * 1024];
        try (from;
                to) {
            for (int n = from.getInputStream().read(buffer);
                    n >= 0;
                    n = from.getInputStream().read(buffer)) {
                if (toServer && spend(n)) {
                    cut();
                    return;
                }
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

    /** Takes its time; true if the wire is to be cut now. */
    private boolean spend(int bytes) {
        long speed = bytesPerSecond;
        if (speed != Long.MAX_VALUE) {
            LockSupport.parkNanos(bytes * 1_000_000_000L / speed);
        }
        return bytesUntilCut.get() != Long.MAX_VALUE && bytesUntilCut.addAndGet(-bytes) < 0;
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
