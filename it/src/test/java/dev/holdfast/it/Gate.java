package dev.holdfast.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A door on the way to an HTTP server: counts requests, does something just before one of them passes, or keeps it waiting.
 * Requests are known by how they begin, {@code GET /bucket/key} for example; the bytes pass unchanged.
 */
final class Gate implements AutoCloseable {
    private static final long LIMIT_SECONDS = 120;

    private final ServerSocket door;
    private final URI server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<Watch> watches = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();

    private record Watch(String beginning, Runnable action) {}

    /** A request that waits at the door. */
    static final class Held {
        private final CountDownLatch arrived = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        /** Waits until the request has come. */
        void awaitArrival() {
            await(arrived, "no such request came");
        }

        void release() {
            released.countDown();
        }

        private void holdUp() {
            arrived.countDown();
            await(released, "nobody released the request");
        }

        private static void await(CountDownLatch latch, String otherwise) {
            try {
                if (!latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    throw new AssertionError(otherwise + " within " + LIMIT_SECONDS + " s");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(otherwise, e);
            }
        }
    }

    private Gate(URI server) {
        this.server = server;
        try {
            door = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("gate").start(this::welcome);
    }

    static Gate before(URI server) {
        return new Gate(server);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + door.getLocalPort());
    }

    /** Does something once, just before the first request that begins so passes. */
    synchronized void before(String beginning, Runnable action) {
        watches.add(new Watch(beginning, action));
    }

    /** Holds up the first request that begins so. */
    Held hold(String beginning) {
        Held held = new Held();
        before(beginning, held::holdUp);
        return held;
    }

    /** How many requests of some kind have passed, known by their first lines. */
    synchronized long requests(Predicate<String> kind) {
        return requests.stream().filter(kind).count();
    }

    private void welcome() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Socket target = new Socket(server.getHost(), server.getPort());
                open.add(client);
                open.add(target);
                Thread.ofVirtual().start(() -> pass(client, target, true));
                Thread.ofVirtual().start(() -> pass(target, client, false));
            } catch (IOException e) {
                // closed, or the server is away: the client sees a connection that ends
            }
        }
    }

    private void pass(Socket from, Socket to, boolean asking) {
        byte[] buffer = new byte[64 * 1024];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (asking) {
                    look(new String(buffer, 0, Math.min(n, 2048), StandardCharsets.ISO_8859_1));
                }
                out.write(buffer, 0, n);
                out.flush();
            }
        } catch (IOException e) {
            // one of them hung up
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void look(String bytes) {
        if (!bytes.matches("(?s)(GET|PUT|HEAD|POST|DELETE) /.*")) {
            return;
        }
        Watch watch;
        synchronized (this) {
            requests.add(bytes);
            watch = watches.stream()
                    .filter(candidate -> bytes.startsWith(candidate.beginning()))
                    .findFirst()
                    .orElse(null);
            watches.remove(watch);
        }
        if (watch != null) {
            watch.action().run();
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
