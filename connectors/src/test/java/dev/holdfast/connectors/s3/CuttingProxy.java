package dev.holdfast.connectors.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A network between client and server that breaks some connections off after so many bytes of the answers, or of what is asked. */
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final URI server;
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicInteger requestCuts = new AtomicInteger();
    private volatile int cutRequestsAfterBytes = Integer.MAX_VALUE;
    private volatile boolean onlyPut;
    private volatile int cutAfterBytes = Integer.MAX_VALUE;

    CuttingProxy(URI server) throws IOException {
        this.server = server;
        start(this::accept);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    /** The next answers that reach so many bytes on their connection end there. */
    void cut(int times, int afterBytes) {
        cuts.set(times);
        cutAfterBytes = afterBytes;
    }

    /** The next answers to {@code PUT} are lost whole, after the server has done its work. */
    void lose(int times) {
        onlyPut = true;
        cut(times, -1);
    }

    /** The next connections over which so many bytes are sent to the server end there. */
    void cutRequests(int times, int afterBytes) {
        requestCuts.set(times);
        cutRequestsAfterBytes = afterBytes;
    }

    int cutsLeft() {
        return Math.max(0, cuts.get()) + Math.max(0, requestCuts.get());
    }

    private interface Work {
        void run() throws IOException;
    }

    /** A connection that ends, however it does, is what this is for. */
    private void start(Work work) {
        threads.execute(() -> {
            try {
                work.run();
            } catch (IOException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void accept() throws IOException {
        while (!listening.isClosed()) {
            Socket client = listening.accept();
            Socket upstream = new Socket(server.getHost(), server.getPort());
            AtomicBoolean put = new AtomicBoolean();
            start(() -> {
                if (ask(client.getInputStream(), upstream.getOutputStream(), put)) {
                    upstream.close();
                    client.close();
                }
            });
            start(() -> {
                try (client;
                        upstream) {
                    answer(upstream.getInputStream(), client.getOutputStream(), put);
                }
            });
        }
    }

    /** Passes on what is asked, and says whether to break off. */
    private boolean ask(InputStream from, OutputStream to, AtomicBoolean put) throws IOException {
        byte[] buffer = new byte[8192];
        long sent = 0;
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            String start = new String(buffer, 0, Math.min(read, 5), StandardCharsets.US_ASCII);
            if (start.matches("(PUT|GET|HEAD|POST) ?.*")) {
                put.set(start.startsWith("PUT "));
            }
            if (sent > cutRequestsAfterBytes && requestCuts.getAndDecrement() > 0) {
                return true;
            }
            to.write(buffer, 0, read);
            sent += read;
        }
        return false;
    }

    private void answer(InputStream from, OutputStream to, AtomicBoolean put) throws IOException {
        byte[] buffer = new byte[8192];
        int sent = 0;
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            boolean interim = read >= 12 && new String(buffer, 9, 3, StandardCharsets.US_ASCII).equals("100");
            boolean meant = put.get() || !onlyPut;
            if (sent > cutAfterBytes && !interim && meant && cuts.getAndDecrement() > 0) {
                return;
            }
            to.write(buffer, 0, read);
            sent += read;
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        threads.shutdownNow();
    }
}
