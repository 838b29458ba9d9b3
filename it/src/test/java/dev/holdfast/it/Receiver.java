package dev.holdfast.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where the messages of a webhook arrive. */
final class Receiver implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpServer server;
    private final List<JsonNode> messages = new CopyOnWriteArrayList<>();

    Receiver() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            messages.add(JSON.readTree(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(204, -1);
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    /** What a stack file says to have everything told here. */
    String notify(String... events) {
        return "{channels: {people: {webhook: {url: '" + url() + "'}}}, routes: [{channels: [people], events: ["
                + String.join(", ", events) + "]}]}";
    }

    /** Messages of an event about an incident. */
    List<JsonNode> told(String event, String incident) {
        return messages.stream()
                .filter(message -> message.path("event").asString("").equals(event))
                .filter(message ->
                        message.path("incident").path("name").asString("").equals(incident))
                .toList();
    }

    /** Everything that arrived, for a failed assertion. */
    @Override
    public String toString() {
        return messages.toString();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
