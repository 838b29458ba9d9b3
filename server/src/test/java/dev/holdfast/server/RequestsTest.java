package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.access.Role;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestsTest {
    private static final String RUNS = "/api/v1/runs";

    @TempDir
    static Path folder;

    private static TestServer server;
    private static ApiClient admin;
    private static String token;

    @BeforeAll
    static void start() throws IOException {
        server = new TestServer(folder);
        token = server.token("anna", Role.ADMIN);
        admin = server.client.as(token);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void what_is_not_json_is_told_with_its_place() {
        for (String body :
                List.of("", "{", "nonsense", "{\"stack\":}", "{\"a\":1}{\"b\":2}", "\u0000", "[".repeat(1000))) {
            admin.post(RUNS, body).expectProblem(400, "usage");
        }
        assertThat(admin.post(RUNS, "{\n\"stack\": shop}").text()).contains("line 2");
        admin.post(RUNS, "{\"stack\":\"shop\",\"stack\":\"shop\",\"kind\":\"check\"}")
                .expectProblem(400, "usage");
        admin.send(admin.request("POST", RUNS, HttpRequest.BodyPublishers.ofString("stack=shop"))
                        .header("Content-Type", "application/x-www-form-urlencoded"))
                .expectProblem(400, "usage");
    }

    @Test
    void what_does_not_fit_is_told_place_by_place() {
        ApiClient.Answer answer = admin.post(RUNS, "{\"stack\":7,\"kind\":\"bakup\",\"extra\":true}")
                .expectProblem(400, "usage");
        assertThat(answer.json()
                        .get("errors")
                        .valueStream()
                        .map(error -> error.get("at").asString())
                        .toList())
                .containsExactlyInAnyOrder("/stack", "/kind", "/extra");
        admin.get(RUNS + "?limit=0").expectProblem(400, "usage");
        admin.get(RUNS + "?limit=1e9").expectProblem(400, "usage");
        admin.get(RUNS + "?limit=5&limit=6").expectProblem(400, "usage");
        admin.get(RUNS + "?limits=5").expectProblem(400, "usage");
        admin.get(RUNS + "?since=yesterday").expectProblem(400, "usage");
        admin.get(RUNS + "?state=lost").expectProblem(400, "usage");
    }

    @Test
    void odd_text_is_refused_or_answered_but_never_breaks_anything() {
        for (String odd :
                List.of("%00", "%C3%28", "%ED%A0%80", "%F0%9F%92%BE", "%E2%80%AE", "..%2F..%2Fetc", "a%0d%0ab")) {
            for (String path : List.of(
                    "/api/v1/stacks/" + odd,
                    "/api/v1/runs/" + odd,
                    "/api/backup/download/" + odd,
                    "/api/v1/snapshots?stack=" + odd,
                    "/api/v1/audit?action=" + odd)) {
                assertThat(admin.get(path).status()).as(path).isIn(200, 400, 404);
            }
        }
        admin.post("/api/v1/users", "{\"name\":\"a\\u0000b\",\"grant\":{\"role\":\"viewer\"}}")
                .expectProblem(400, "usage");
        admin.post("/api/v1/users", "{\"name\":\"\\ud800\",\"grant\":{\"role\":\"viewer\"}}")
                .expectProblem(400, "usage");
    }

    @Test
    void a_huge_body_is_refused() throws IOException {
        String head = "POST " + RUNS + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token
                + "\r\nContent-Type: application/json\r\nConnection: close\r\n";
        assertThat(raw(head + "Content-Length: 10000000000\r\n\r\n{")).startsWith("HTTP/1.1 413");
        admin.post(RUNS, "\"" + "x".repeat(2 << 20) + "\"").expect(413);
    }

    @Test
    void huge_headers_and_broken_requests_are_told_as_problems() throws IOException {
        assertThat(raw("GET /health/live HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431")
                .contains("application/problem+json")
                .doesNotContain("etty");
        assertThat(raw("GET /health/live HTTP/1.1\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .doesNotContain("etty");
        assertThat(raw("NONSENSE\r\n\r\n")).startsWith("HTTP/1.1 400").doesNotContain("etty");
        assertThat(raw("GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .matches("(?s)HTTP/1.1 40[04].*")
                .doesNotContain("root:");
    }

    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(4000), StandardCharsets.UTF_8);
        } catch (SocketException e) {
            return "HTTP/1.1 413 (cut)"; // what was refused is not read to its end
        }
    }

    @Test
    void names_lead_nowhere_but_to_what_they_name() {
        for (String name : List.of(
                "..%2f..%2f..%2fetc%2fpasswd",
                "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5cetc", "%252e%252e%252fetc", "shop.yaml")) {
            for (String path : List.of(
                    "/api/backup/download/" + name,
                    "/api/v1/stacks/" + name,
                    "/api/v1/stacks/shop/destinations/" + name,
                    "/api/v1/runs/" + name + "/log",
                    "/api/backups/" + name + "/download",
                    "/" + name)) {
                ApiClient.Answer answer = admin.get(path);
                assertThat(answer.status()).as(path).isIn(400, 404);
                assertThat(answer.text()).doesNotContain("root:").doesNotContain("four random words");
            }
        }
    }

    @Test
    void every_answer_tells_browsers_to_do_nothing_with_it() {
        for (ApiClient.Answer answer : List.of(
                admin.get("/api/v1/stacks"),
                admin.get("/nowhere"),
                server.client.get("/api/v1/stacks"),
                admin.get("/api/v1/runs?limit=0"))) {
            assertThat(answer.header("content-security-policy")).contains("default-src 'none'");
            assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
            assertThat(answer.header("x-frame-options")).isEqualTo("DENY");
            assertThat(answer.header("referrer-policy")).isEqualTo("no-referrer");
            assertThat(answer.header("cache-control")).isEqualTo("no-store");
            assertThat(answer.header("server")).isEmpty();
            assertThat(answer.header("strict-transport-security")).isEmpty();
        }
    }

    @Test
    void an_address_without_a_route_and_a_method_without_one_are_told() {
        admin.get("/api/v1/nothing").expectProblem(404, "unknown-name");
        admin.send("PUT", "/api/v1/runs", "{}").expectProblem(405, "usage");
        admin.send(admin.request("TRACE", "/api/v1/runs", HttpRequest.BodyPublishers.noBody()));
    }

    @Test
    void the_head_of_an_answer_needs_what_the_answer_needs() {
        assertThat(server.client
                        .send(server.client.request("HEAD", "/api/v1/stacks", HttpRequest.BodyPublishers.noBody()))
                        .status())
                .isEqualTo(401);
        assertThat(admin.send(admin.request("HEAD", "/api/v1/stacks", HttpRequest.BodyPublishers.noBody()))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void the_page_of_the_contract_shows_every_operation_and_loads_nothing() {
        ApiClient.Answer page = server.client.get("/api/docs").expect(200);
        server.server
                .contract()
                .operations()
                .forEach(operation -> assertThat(page.text()).contains("id=\"" + operation.id() + "\""));
        assertThat(page.text()).doesNotContain("<script").doesNotContain("src=").doesNotContain("http://");
        assertThat(page.header("content-security-policy")).contains("style-src 'sha256-");
        assertThat(server.client
                        .get("/openapi.json")
                        .expect(200)
                        .json()
                        .get("openapi")
                        .asString())
                .isEqualTo("3.1.0");
        assertThat(server.client.get("/openapi.yaml").expect(200).text()).startsWith("openapi: 3.1.0");
    }

    @Test
    void health_and_metrics_say_how_it_stands() {
        server.client.get("/health/live").expect(200);
        assertThat(server.client.get("/health/ready").expect(200).text()).contains("\"catalog\":\"up\"");
        server.client.get("/metrics").expectProblem(401, "not-signed-in");
        assertThat(admin.get("/metrics").expect(200).text())
                .contains("holdfast_destinations{stack=\"shop\"} 2.0")
                .contains("holdfast_runs{state=\"waiting\"}")
                .contains("holdfast_snapshots{stack=\"shop\"}");
    }

    @Test
    void the_settings_are_shown_to_administrators() {
        assertThat(admin.get("/api/v1/settings").expect(200).text())
                .contains("\"bind\":\"127.0.0.1\"")
                .contains("\"port\":" + server.port);
    }
}
