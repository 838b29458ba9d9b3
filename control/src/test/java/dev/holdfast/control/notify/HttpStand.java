package dev.holdfast.control.notify;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;

/** A real HTTP server on this machine that keeps what it was asked and answers what it is told to. */
final class HttpStand implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Asked> asked = new ArrayList<>();
    private final Queue<Said> answers = new ArrayDeque<>();

    /** A request as it came. */
    record Asked(String method, String path, String query, Map<String, String> headers, String body) {
        JsonNode json() {
            return Json.parse(body);
        }
    }

    /** An answer to give. */
    record Said(int status, Map<String, String> headers, String body) {}

    HttpStand() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    ChannelUrl url(String path) {
        return ChannelUrl.parse("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    /** What is answered next, once; after all of these it is 200. */
    synchronized HttpStand says(int status, String body, String... headers) {
        Map<String, String> all = new TreeMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
        }
        answers.add(new Said(status, all, body));
        return this;
    }

    /** Waits until it was asked so often. */
    synchronized void awaitAsked(int times) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (asked.size() < times) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("asked only " + asked.size() + " times");
            }
            wait(left);
        }
    }

    synchronized List<Asked> asked() {
        return List.copyOf(asked);
    }

    /** What it was asked since the last time, which it forgets. */
    synchronized List<Asked> taken() {
        List<Asked> taken = List.copyOf(asked);
        asked.clear();
        return taken;
    }

    synchronized Asked only() {
        if (asked.size() != 1) {
            throw new AssertionError("asked " + asked.size() + " times: " + asked);
        }
        return asked.getFirst();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Said said = keep(exchange, body);
        said.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] bytes = said.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(said.status(), bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
        exchange.close();
    }

    private synchronized Said keep(HttpExchange exchange, String body) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, String.join(",", values)));
        asked.add(new Asked(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                exchange.getRequestURI().getRawQuery(),
                headers,
                body));
        notifyAll();
        Said next = answers.poll();
        return next == null ? new Said(200, Map.of(), "ok") : next;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
