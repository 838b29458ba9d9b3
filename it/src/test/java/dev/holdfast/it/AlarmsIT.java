package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a server tells by itself to whom its variables name: somebody else's HTTP server. */
@ExtendWith(Stands.Provided.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AlarmsIT {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Keeps what it is told. */
    private static final class Listening implements AutoCloseable {
        private final HttpServer server;
        private final List<JsonNode> told = new CopyOnWriteArrayList<>();

        Listening() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 20);
            server.createContext("/", this::hear);
            server.start();
        }

        private void hear(HttpExchange exchange) throws IOException {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            told.add(JSON.readTree(body));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort() + "/told/to/nobody-else";
        }

        JsonNode awaitTold(String title) {
            Until.met(
                    "somebody is told '" + title + "'",
                    () -> told.stream().anyMatch(one -> title(one).startsWith(title)));
            return told.stream()
                    .filter(one -> title(one).startsWith(title))
                    .findFirst()
                    .orElseThrow();
        }

        private static String title(JsonNode told) {
            return told.path("title").asString("");
        }

        List<String> titles() {
            return told.stream().map(Listening::title).toList();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    private static String run(Served served, String kind) {
        return served.post(
                        202,
                        "/api/v1/runs",
                        JSON.createObjectNode().put("stack", "shop").put("kind", kind))
                .path("id")
                .asString("");
    }

    private static void good(Served served, String kind) {
        assertThat(served.ended(run(served, kind)).path("state").asString(""))
                .as(served.log())
                .isIn("succeeded", "attention");
    }

    @Test
    void a_table_that_shrank_and_clean_up_that_fails_are_told_to_the_channel_of_the_server(Stands stands)
            throws Exception {
        try (Stack stack = Stack.on(stands, "alarms");
                Listening listening = new Listening()) {
            stack.database().fill(300);
            stack.describe("""
                    stack: shop
                    schedule: '@daily'
                    retry: {attempts: 0}
                    sources:
                      %s
                    repository:
                      pack-size: 4MiB
                      destinations:
                        %s
                    """.formatted(stack.databaseSource(), stack.diskDestination()));
            Map<String, String> variables = Map.of("HOLDFAST_NOTIFY_WEBHOOK_URL", listening.url());
            Path file = stack.home().resolve("holdfast.yaml");
            try (Served served =
                    Served.start(stack, stack.folder().resolve("state"), variables, "--stacks", file.toString())) {
                served.firstBackup();
                good(served, "backup");
                stack.database().run("DELETE FROM orders WHERE id > 5");
                good(served, "backup");
                JsonNode shrank = listening.awaitTold("shop: database public.orders suddenly shrank");
                assertThat(shrank.path("event").asString("")).isEqualTo("shrank");
                assertThat(shrank.path("details").toString()).contains("300 rows or entries before, 5 now");

                Path aside = stack.folder().resolve("aside");
                Files.move(stack.disk(), aside);
                assertThat(served.ended(run(served, "prune")).path("state").asString(""))
                        .isEqualTo("failed");
                JsonNode failing = listening.awaitTold("shop: prune failed");
                assertThat(failing.path("event").asString("")).isEqualTo("clean-up-failing");
                Files.move(aside, stack.disk());
                good(served, "prune");
                listening.awaitTold("Over: shop: prune failed");

                assertThat(listening.titles()).doesNotHaveDuplicates();
                assertThat(served.get("/api/v1/notifications/channels").toString())
                        .contains("webhook");
                assertThat(served.log()).doesNotContain("nobody-else");
            }
        }
    }
}
