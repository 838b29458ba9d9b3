package dev.holdfast.cli;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A real HTTP server on loopback whose answers are fixed. */
final class CannedServer implements AutoCloseable {
    static final String TOKEN = "hf_token";

    private final HttpServer server;
    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
    private final List<Headers> headers = Collections.synchronizedList(new ArrayList<>());
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    /** What is answered; the last answer of a path stays. */
    private record Answer(int status, String type, byte[] body, Way way) {
        static Answer whole(int status, String type, String body) {
            return new Answer(status, type, body.getBytes(StandardCharsets.UTF_8), Way.WHOLE);
        }
    }

    /** How much of an answer arrives. */
    private enum Way {
        WHOLE,
        CUT_AT_ITS_END,
        LOST
    }

    CannedServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Every request: method, path, and body if there is one. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    CannedServer on(String request, String json) {
        return on(request, 200, "application/json", json);
    }

    CannedServer on(String request, int status, String type, String body) {
        return on(request, Answer.whole(status, type, body));
    }

    CannedServer on(String request, String type, byte[] body) {
        return on(request, new Answer(200, type, body, Way.WHOLE));
    }

    /** The connection is cut where more should come. */
    CannedServer cut(String request, String type, byte[] body) {
        return on(request, new Answer(200, type, body, Way.CUT_AT_ITS_END));
    }

    /** The request arrives, and no answer comes back. */
    CannedServer lost(String request) {
        return on(request, new Answer(200, "", new byte[0], Way.LOST));
    }

    private CannedServer on(String request, Answer answer) {
        answers.computeIfAbsent(request, _ -> new ArrayDeque<>()).add(answer);
        return this;
    }

    /** What a header was in all requests that had it, in order. */
    List<String> header(String name) {
        return headers.stream()
                .flatMap(some -> Optional.ofNullable(some.getFirst(name)).stream())
                .toList();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        headers.add(exchange.getRequestHeaders());
        asked.add(body.isEmpty() ? request : request + " " + body);
        boolean known = ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
        Deque<Answer> next = answers.get(request);
        Answer answer = !known
                ? problem(401, "not-signed-in", "nobody is signed in", "")
                : next == null ? problem(404, "unknown-name", "there is no " + request, "") : take(next);
        if (answer.way != Way.LOST) {
            long missing = answer.way == Way.CUT_AT_ITS_END ? 1 : 0;
            exchange.getResponseHeaders().set("Content-Type", answer.type);
            exchange.sendResponseHeaders(answer.status, answer.body.length + missing);
            exchange.getResponseBody().write(answer.body);
            exchange.getResponseBody().flush();
        }
        exchange.close();
    }

    private static synchronized Answer take(Deque<Answer> next) {
        return next.size() > 1 ? next.removeFirst() : next.getFirst();
    }

    private static Answer problem(int status, String code, String detail, String hint) {
        return Answer.whole(status, "application/problem+json", """
                {"type": "about:blank", "title": "no", "status": %d, "detail": "%s", "code": "%s", "number": 0, "hint": "%s"}""".formatted(status, detail, code, hint));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
