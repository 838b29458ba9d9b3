package dev.holdfast.connectors.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A wire to a server on this machine that can be cut, also in the middle of what is sent. Ends with {@link #close}. */
public final class Relay implements AutoCloseable {
    private static final int BLOCK = 4096;

    private final ServerSocket here = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile boolean down;

    /**
     * @param port of the server
     */
    public Relay(int port) throws IOException {
        this.port = port;
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return here.getLocalPort();
    }

    /** Cuts all connections once so many bytes more have been sent to the server; those that come after last. */
    public void cutAfter(long bytes) {
        left.set(bytes);
    }

    /** How often it was cut by {@link #cutAfter}. */
    public int cuts() {
        return cuts.get();
    }

    /** From now on nothing gets through. */
    public void down() {
        down = true;
        cut();
    }

    public void up() {
        down = false;
    }

    private void cut() {
        open.forEach(Relay::end);
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            return; // it is gone
        }
    }

    private void accept() {
        while (true) {
            try {
                Socket client = here.accept();
                if (down) {
                    end(client);
                    continue;
                }
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                open.add(client);
                open.add(server);
                Thread.ofVirtual().start(() -> pump(client, server, true));
                Thread.ofVirtual().start(() -> pump(server, client, false));
            } catch (IOException e) {
                if (here.isClosed()) {
                    return;
                }
            }
        }
    }

    private void pump(Socket from, Socket to, boolean counted) {
        byte[] block = new byte[BLOCK];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                if (counted && left.addAndGet(-read) <= 0) {
                    left.set(Long.MAX_VALUE);
                    cuts.incrementAndGet();
                    out.write(block, 0, read / 2);
                    cut();
                    return;
                }
                out.write(block, 0, read);
            }
        } catch (IOException e) {
            return; // cut
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    @Override
    public void close() throws IOException {
        here.close();
        cut();
    }
}
