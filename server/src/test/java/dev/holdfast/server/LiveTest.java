package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.access.Access;
import dev.holdfast.control.access.ApiToken;
import dev.holdfast.control.access.Grant;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.access.StackScope;
import dev.holdfast.control.access.User;
import dev.holdfast.server.http.EdgeSettings;
import dev.holdfast.server.metrics.MetricsAccess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LiveTest {
    private static final int CLIENTS = 50;

    @TempDir
    Path folder;

    private TestServer server;
    private ApiClient client;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(
                folder,
                EdgeSettings.USUAL.withEventClients(CLIENTS, Duration.ofMillis(300)),
                new MetricsAccess.ByCredential());
        client = server.client.as(server.token("olga", Role.OPERATOR));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Lines of a stream of events, as they come; a last empty text when it ends. */
    private final class Stream implements AutoCloseable {
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final InputStream body;

        Stream(String path, @Nullable String after) throws IOException, InterruptedException {
            HttpRequest.Builder request = client.request("GET", path, HttpRequest.BodyPublishers.noBody());
            if (after != null) {
                request.header("Last-Event-ID", after);
            }
            HttpResponse<InputStream> response =
                    client.http().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
            body = response.body();
            Thread.ofVirtual().start(this::read);
        }

        private void read() {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    lines.add(line + "\n");
                }
            } catch (IOException e) {
                // the stream was cut
            }
            lines.add("");
        }

        /** Lines up to one that begins so. */
        List<String> until(String beginning) throws InterruptedException {
            List<String> read = new ArrayList<>();
            while (true) {
                String line = lines.poll(60, TimeUnit.SECONDS);
                assertThat(line).as("after %s", read).isNotNull();
                if (line.isEmpty()) {
                    assertThat(beginning).as("the stream ended after %s", read).isEqualTo("end");
                    return read;
                }
                read.add(line.strip());
                if (line.startsWith(beginning)) {
                    return read;
                }
            }
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    private String backup() {
        return client.post("/api/v1/runs", "{\"stack\":\"shop\",\"kind\":\"backup\"}")
                .expect(202)
                .header("location");
    }

    @Test
    void a_run_is_followed_from_its_beginning_to_its_end() throws Exception {
        String run = backup();
        try (Stream stream = new Stream(run + "/events", null)) {
            List<String> lines = stream.until("end");
            assertThat(String.join("\n", lines))
                    .contains("event: state")
                    .contains("\"state\":\"waiting\"")
                    .contains("event: step")
                    .containsPattern("\"ended\":true,\"entries\":[1-9]\\d*,\"bytes\":\\d+")
                    .contains("\"state\":\"succeeded\"");
            assertThat(client.get(run).expect(200).json().get("state").asString())
                    .isEqualTo("succeeded");

            String middle = lines.stream()
                    .filter(line -> line.startsWith("id: "))
                    .skip(2)
                    .findFirst()
                    .orElseThrow()
                    .substring(4);
            try (Stream rest = new Stream(run + "/events", middle)) {
                List<String> replayed = rest.until("end");
                assertThat(replayed).doesNotContain("id: " + middle).anyMatch(l -> l.contains("\"succeeded\""));
                assertThat(replayed.size()).isLessThan(lines.size());
            }
        }
    }

    @Test
    void fifty_clients_hear_everything_one_more_is_refused_and_all_end_with_the_server() throws Exception {
        List<Stream> streams = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            streams.add(new Stream("/api/v1/events", null));
        }
        for (Stream stream : streams) {
            stream.until(":");
        }
        client.get("/api/v1/events").expectProblem(429, "too-many-requests");
        int threads = Thread.activeCount();
        long began = System.nanoTime();
        backup();
        for (Stream stream : streams) {
            List<String> heard = new ArrayList<>();
            while (heard.stream().noneMatch(line -> line.contains("\"succeeded\""))) {
                heard.addAll(stream.until("data: "));
            }
        }
        System.out.printf(
                "%d clients heard a backup in %d ms; %d platform threads%n",
                CLIENTS, (System.nanoTime() - began) / 1_000_000, threads);
        server.server.close();
        for (Stream stream : streams) {
            stream.until("end");
            stream.close();
        }
    }

    @Test
    void a_silent_stream_beats() throws Exception {
        try (Stream stream = new Stream("/api/v1/events", null)) {
            assertThat(stream.until(":")).last().isEqualTo(": still here");
            stream.until(":");
        }
    }

    @Test
    @Timeout(120)
    void a_stream_ends_soon_after_who_follows_may_no_longer() throws Exception {
        Access access = server.services.access();
        List<Consumer<User>> ends = List.of(
                user -> access.tokens().list(Optional.of(user.id()), Optional.empty(), 10).stream()
                        .map(ApiToken::id)
                        .forEach(access.tokens()::revoke),
                _ -> server.clock.advance(Duration.ofHours(2)),
                user -> access.users()
                        .changeGrant(user.id(), new Grant(Role.VIEWER, StackScope.only(List.of("other")))),
                user -> access.users().disable(user.id()),
                user -> access.users().remove(user.id()));
        for (Consumer<User> end : ends) {
            User rose = server.user("rose" + ends.indexOf(end), Role.VIEWER);
            client = server.client.as(
                    server.token(rose, Optional.of(server.clock.instant().plus(Duration.ofHours(1)))));
            try (Stream stream = new Stream("/api/v1/events", null)) {
                stream.until(": still here");
                end.accept(rose);
                stream.until("end");
            }
        }
    }

    @Test
    @Timeout(120)
    void a_stream_in_which_much_happens_ends_as_soon() throws Exception {
        User rose = server.user("rose", Role.OPERATOR);
        ApiClient busy = client;
        client = server.client.as(server.token(rose, Optional.empty()));
        try (Stream stream = new Stream("/api/v1/events", null)) {
            server.services.access().users().disable(rose.id());
            client = busy;
            AtomicBoolean over = new AtomicBoolean();
            Thread talking = Thread.ofVirtual().start(() -> {
                while (!over.get()) {
                    String run = backup();
                    client.post(run + "/cancel");
                }
            });
            stream.until("end");
            over.set(true);
            talking.join();
        }
    }
}
