package dev.holdfast.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.access.Principal;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.server.auth.TrustedProxies;
import dev.holdfast.server.auth.WebRequest;
import dev.holdfast.server.contract.Contract;
import dev.holdfast.server.contract.Operation;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeTest {
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Contract CONTRACT = Contract.load();

    private static final Doorkeeper NOBODY = new Doorkeeper() {
        @Override
        public Principal admit(WebRequest request) {
            throw new IllegalStateException("nobody comes in here");
        }

        @Override
        public boolean watches(WebRequest request) {
            return false;
        }
    };

    private static final CallListener DEAF = new CallListener() {
        @Override
        public void answered(Operation operation, Route route, Call call) {}

        @Override
        public void refused(Operation operation, Route route, Call call, int status) {}
    };

    /** Answers one call of a server whose only route does that. */
    private static HttpResponse<String> answer(Route.Endpoint endpoint) throws IOException, InterruptedException {
        EdgeSettings settings = new EdgeSettings(Optional.empty(), TrustedProxies.NONE, 1000, 1, IDLE, IDLE, 10);
        Route route = Route.get("/health/live", Admission.ANYONE, endpoint);
        try (Edge edge = new Edge(List.of(route), CONTRACT, NOBODY, DEAF, settings);
                HttpClient client = HttpClient.newHttpClient()) {
            int port = edge.start("127.0.0.1", 0);
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/live"))
                            .timeout(Duration.ofMinutes(1))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static Answer.Text text(String text) {
        return new Answer.Text(200, "text/plain", text.getBytes(StandardCharsets.UTF_8), Answer.Headers.NONE);
    }

    @Test
    void an_answer_that_takes_longer_than_a_silent_connection_lasts_comes_all_the_same() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        HttpResponse<String> answer = answer(_ -> {
            try {
                boolean _ = never.await(3 * IDLE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return text("late");
        });
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("late");
    }

    @Test
    void a_download_that_fails_on_its_way_is_cut_and_not_ended() {
        assertThatThrownBy(() -> answer(_ -> new Answer.Download("x", "application/octet-stream", out -> {
                    out.write(new byte[1 << 20]);
                    out.flush();
                    throw new Damaged(ErrorCode.DAMAGED, "a pack is damaged", "");
                })))
                .isInstanceOf(IOException.class);
    }

    /** Without chunks the end of the connection is the end of the body: as proxies ask by default. */
    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0\r\n", "HTTP/1.1\r\nHost: here\r\nConnection: close\r\n"})
    void a_download_that_is_cut_has_no_clean_end_for_who_asks_without_chunks_either(String version) throws Exception {
        Answer.Writing half = out -> {
            out.write(new byte[1 << 20]);
            out.flush();
            throw new Damaged(ErrorCode.DAMAGED, "a pack is damaged", "");
        };
        Route route = Route.get(
                "/health/live", Admission.ANYONE, _ -> new Answer.Download("x", "application/octet-stream", half));
        EdgeSettings settings = new EdgeSettings(Optional.empty(), TrustedProxies.NONE, 1000, 1, IDLE, IDLE, 10);
        try (Edge edge = new Edge(List.of(route), CONTRACT, NOBODY, DEAF, settings);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.start("127.0.0.1", 0))) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("GET /health/live " + version + "\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThatThrownBy(() -> socket.getInputStream().transferTo(OutputStream.nullOutputStream()))
                    .isInstanceOf(SocketException.class);
        }
    }

    /** A client whose body comes after the answer would meet a closed connection with its next call. */
    @Test
    void a_connection_goes_on_after_an_answer_that_did_not_wait_for_the_body() throws Exception {
        try (Edge edge = here();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.start("127.0.0.1", 0))) {
            socket.setSoTimeout(60_000);
            for (int call = 0; call < 3; call++) {
                send(socket, "GET /health/live HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\n");
                send(socket, "12345");
                assertThat(head(socket)).startsWith("HTTP/1.1 200").doesNotContainIgnoringCase("connection: close");
                assertThat(new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII))
                        .isEqualTo("here");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Content-Length: 100000000\r\n\r\n123", "Transfer-Encoding: chunked\r\n\r\nno chunk\r\n\r\n"})
    void a_connection_that_cannot_go_on_is_announced_to_end(String rest) throws Exception {
        try (Edge edge = here();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.start("127.0.0.1", 0))) {
            socket.setSoTimeout(60_000);
            send(socket, "GET /health/live HTTP/1.1\r\nHost: here\r\n" + rest);
            assertThat(head(socket)).containsIgnoringCase("connection: close");
        }
    }

    /** Such an address is refused before it reaches a route. */
    @Test
    void an_address_that_cannot_be_understood_ends_a_connection_only_when_it_says_so() throws Exception {
        try (Edge edge = here();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.start("127.0.0.1", 0))) {
            socket.setSoTimeout(60_000);
            send(socket, "GET /health/%00 HTTP/1.1\r\nHost: here\r\n\r\n");
            assertThat(head(socket)).startsWith("HTTP/1.1 400").containsIgnoringCase("connection: close");
        }
    }

    private static Edge here() {
        Route route = Route.get("/health/live", Admission.ANYONE, _ -> text("here"));
        return new Edge(List.of(route), CONTRACT, NOBODY, DEAF, EdgeSettings.USUAL);
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    private static String head(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int read = socket.getInputStream().read();
            assertThat(read).as("the connection ended after: %s", head).isNotNegative();
            head.append((char) read);
        }
        return head.toString();
    }

    @Test
    void a_download_that_fails_before_its_first_byte_is_a_problem() throws Exception {
        HttpResponse<String> answer = answer(_ -> new Answer.Download("x", "application/octet-stream", _ -> {
            throw new Unavailable(ErrorCode.STORE_UNAVAILABLE, "the store is away", "wait.");
        }));
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("\"store-unavailable\"").contains("\"wait.\"");
        assertThat(answer.headers().firstValue("content-disposition")).isEmpty();
        assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("application/problem+json");
    }

    @Test
    void a_source_that_fails_before_its_first_byte_is_no_silent_end() throws Exception {
        HttpResponse<String> answer = answer(_ -> new Answer.Download("x", "application/octet-stream", _ -> {
            throw new IOException("the source is away");
        }));
        assertThat(answer.statusCode()).isEqualTo(500);
    }

    @Test
    void what_nobody_expected_is_told_by_a_number_alone() throws Exception {
        HttpResponse<String> answer = answer(_ -> {
            throw new IllegalStateException("password=hidden at com.example.Internals");
        });
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body())
                .contains("\"internal\"")
                .doesNotContain("hidden")
                .doesNotContain("Internals");
    }

    @Test
    void a_route_that_the_contract_does_not_know_cannot_be_served() {
        Route route = Route.get("/secret", Admission.ANYONE, _ -> text(""));
        assertThatThrownBy(() -> new Edge(List.of(route), CONTRACT, NOBODY, DEAF, EdgeSettings.USUAL).close())
                .hasMessageContaining("/secret");
    }

    @Test
    void a_port_that_is_taken_is_told() throws Exception {
        try (Edge one = new Edge(List.of(), CONTRACT, NOBODY, DEAF, EdgeSettings.USUAL);
                Edge other = new Edge(List.of(), CONTRACT, NOBODY, DEAF, EdgeSettings.USUAL)) {
            int port = one.start("127.0.0.1", 0);
            assertThatThrownBy(() -> other.start("127.0.0.1", port))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining(Integer.toString(port));
        }
    }
}
