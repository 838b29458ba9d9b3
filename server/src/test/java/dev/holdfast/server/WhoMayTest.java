package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.access.Role;
import dev.holdfast.control.access.User;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Route;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhoMayTest {
    private static final String ID = "01jd0000000000000000000000";

    @TempDir
    static Path folder;

    private static TestServer server;
    private static String viewer;
    private static String operator;
    private static String restricted;
    private static String ended;

    @BeforeAll
    static void start() throws IOException {
        server = new TestServer(folder);
        viewer = server.token("vera", Role.VIEWER);
        operator = server.token("olga", Role.OPERATOR);
        restricted = server.token("rita", Role.ADMIN, "other");
        User eva = server.user("eva", Role.ADMIN);
        ended = server.token(eva, Optional.of(server.clock.instant().plus(Duration.ofHours(1))));
        server.clock.advance(Duration.ofHours(2));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void each(Consumer<Route> test) {
        List<Route> guarded = server.server.routes().stream()
                .filter(route -> route.access() != Admission.ANYONE)
                .toList();
        assertThat(guarded).hasSizeGreaterThan(40);
        guarded.forEach(test);
    }

    private static ApiClient.Answer call(Route route, ApiClient client) {
        return client.send(client.request(route.method().name(), path(route), HttpRequest.BodyPublishers.noBody()));
    }

    private static String path(Route route) {
        return route.path()
                .replace("{stack}", "shop")
                .replace("{destination}", "first")
                .replace("{filename}", "shop_database.dump")
                .replaceAll("\\{[a-z]+}", ID);
    }

    @Test
    void nobody_gets_in_without_a_credential() {
        each(route -> {
            ApiClient.Answer answer = call(route, server.client).expectProblem(401, "not-signed-in");
            assertThat(answer.header("www-authenticate")).startsWith("Bearer");
        });
    }

    @Test
    void nobody_gets_in_with_a_wrong_credential() {
        for (String wrong : List.of("hf_" + "x".repeat(43), "nonsense", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")) {
            each(route -> call(route, server.client.as(wrong)).expectProblem(401, "not-signed-in"));
        }
    }

    @Test
    void nobody_gets_in_with_an_ended_credential() {
        each(route -> call(route, server.client.as(ended)).expectProblem(401, "not-signed-in"));
    }

    @Test
    void a_lesser_role_is_refused() {
        each(route -> {
            if (route.access() == Admission.OPERATOR || route.access() == Admission.ADMIN) {
                call(route, server.client.as(viewer)).expectProblem(403, "forbidden");
            }
            if (route.access() == Admission.ADMIN) {
                call(route, server.client.as(operator)).expectProblem(403, "forbidden");
            }
        });
    }

    @Test
    void a_role_that_suffices_is_not_refused() {
        each(route -> {
            boolean streams = route.path().endsWith("/events");
            if (route.access() == Admission.VIEWER && !streams) {
                assertThat(call(route, server.client.as(viewer)).status())
                        .as(route.path())
                        .isNotIn(401, 403, 500);
            }
        });
    }

    @Test
    void a_stack_of_others_is_not_there_for_who_is_restricted() {
        each(route -> {
            if (route.path().contains("/{stack}")) {
                ApiClient.Answer answer = call(route, server.client.as(restricted));
                assertThat(answer.status()).as(route.path() + answer.text()).isIn(400, 404);
                assertThat(answer.text()).doesNotContain(server.uploads.toString());
            }
        });
        assertThat(server.client
                        .as(restricted)
                        .get("/api/v1/stacks")
                        .expect(200)
                        .json()
                        .get("items"))
                .isEmpty();
        assertThat(server.client
                        .as(restricted)
                        .get("/api/v1/destinations")
                        .expect(200)
                        .json()
                        .get("items"))
                .isEmpty();
        server.client.as(restricted).get("/api/v1/runs?stack=shop").expectProblem(404, "unknown-name");
        server.client
                .as(restricted)
                .post("/api/v1/runs", "{\"stack\":\"shop\",\"kind\":\"backup\"}")
                .expectProblem(404, "unknown-name");
    }

    @Test
    void an_administrator_of_some_stacks_administers_no_users() {
        for (String path : List.of("/api/v1/users", "/api/v1/settings", "/api/v1/audit", "/metrics")) {
            server.client.as(restricted).get(path).expectProblem(403, "forbidden");
        }
    }

    @Test
    void only_an_administrator_restores_to_another_place_or_compares_with_one() {
        String order = "{\"stack\":\"shop\",\"snapshot\":\"latest\",\"places\":{\"uploads\":\"/etc\"}}";
        for (String path : List.of("/api/v1/restores", "/api/v1/restores/plan")) {
            server.client.as(operator).post(path, order).expectProblem(403, "forbidden");
        }
        String compare = "{\"stack\":\"shop\",\"kind\":\"compare\",\"places\":{\"uploads\":\"/etc\"}}";
        server.client.as(operator).post("/api/v1/runs", compare).expectProblem(403, "forbidden");
    }

    @Test
    void what_was_done_and_refused_is_in_the_audit_trail_and_what_was_looked_at_is_not() {
        String admin = server.token("anna", Role.ADMIN);
        ApiClient client = server.client.as(admin);
        client.post("/api/v1/stacks/shop/sync").expect(202);
        server.client.as(viewer).post("/api/v1/stacks/shop/sync").expectProblem(403, "forbidden");
        client.get("/api/v1/stacks").expect(200);

        String trail = client.get("/api/v1/audit?limit=1000").expect(200).text();
        assertThat(trail)
                .contains("syncDestinations")
                .contains("\"refused\"")
                .contains("anna")
                .contains("vera");
        assertThat(trail).doesNotContain("listStacks");
        assertThat(client.get("/api/v1/audit?limit=1&action=syncDestinations&outcome=done&stack=shop")
                        .expect(200)
                        .json()
                        .at("/items/0/actor")
                        .asString())
                .startsWith("anna");
    }

    @Test
    void a_browser_signs_in_changes_its_password_and_signs_out() throws Exception {
        server.user("bert", Role.VIEWER);
        ApiClient client = server.client;
        client.post("/api/v1/sessions", "{\"name\":\"bert\",\"password\":\"wrong\"}")
                .expectProblem(401, "not-signed-in");
        ApiClient.Answer signedIn = client.post(
                        "/api/v1/sessions", "{\"name\":\"bert\",\"password\":\"" + TestServer.PASSWORD + "\"}")
                .expect(201);
        String cookie = signedIn.header("set-cookie");
        assertThat(cookie).contains("HttpOnly").contains("SameSite=Strict");
        String value = cookie.substring(0, cookie.indexOf(';'));
        assertThat(signedIn.text()).doesNotContain(value.substring(value.indexOf('=') + 1));

        assertThat(withCookie("GET", "/api/v1/sessions/current", value, "")
                        .expect(200)
                        .text())
                .contains("bert");
        String change = "{\"current\":\"" + TestServer.PASSWORD + "\",\"password\":\"another long password 7\"}";
        String renewed = withCookie("PUT", "/api/v1/sessions/current/password", value, change)
                .expect(204)
                .header("set-cookie");
        withCookie("GET", "/api/v1/sessions/current", value, "").expectProblem(401, "not-signed-in");
        String other = renewed.substring(0, renewed.indexOf(';'));
        withCookie("DELETE", "/api/v1/sessions/current", other, "").expect(204);
        withCookie("GET", "/api/v1/sessions/current", other, "").expectProblem(401, "not-signed-in");
    }

    private static ApiClient.Answer withCookie(String method, String path, String cookie, String body) {
        return server.client.send(server.client
                .request(method, path, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .header("Sec-Fetch-Site", "same-origin")
                .header("Cookie", cookie));
    }

    @Test
    void another_site_changes_nothing_with_a_browsers_cookie_and_signs_nobody_in() {
        server.user("carl", Role.OPERATOR);
        String login = "{\"name\":\"carl\",\"password\":\"" + TestServer.PASSWORD + "\"}";
        String cookie =
                server.client.post("/api/v1/sessions", login).expect(201).header("set-cookie");
        String value = cookie.substring(0, cookie.indexOf(';'));
        server.client
                .send(server.client
                        .request("POST", "/api/v1/stacks/shop/sync", HttpRequest.BodyPublishers.noBody())
                        .header("Sec-Fetch-Site", "cross-site")
                        .header("Cookie", value))
                .expectProblem(403, "forbidden");
        server.client
                .send(server.client
                        .request("POST", "/api/v1/sessions", HttpRequest.BodyPublishers.ofString(login))
                        .header("Content-Type", "application/json")
                        .header("Origin", "https://evil.example"))
                .expectProblem(403, "forbidden");
    }

    @Test
    void a_jwt_does_what_its_user_may() {
        server.user("jane", Role.VIEWER);
        String jwt = server.client
                .post("/api/v1/sessions/jwt", "{\"name\":\"jane\",\"password\":\"" + TestServer.PASSWORD + "\"}")
                .expect(201)
                .json()
                .get("jwt")
                .asString();
        server.client.as(jwt).get("/api/backup/status").expect(200);
        server.client.as(jwt).post("/api/backup/trigger").expectProblem(403, "forbidden");
        String ofToken = server.client
                .as(viewer)
                .post("/api/v1/tokens/jwt")
                .expect(201)
                .json()
                .get("jwt")
                .asString();
        server.client.as(ofToken).get("/api/v1/stacks").expect(200);
    }

    @Test
    void users_and_tokens_are_made_changed_and_removed() {
        ApiClient admin = server.client.as(server.token("adam", Role.ADMIN));
        ApiClient.Answer made = admin.post(
                        "/api/v1/users",
                        "{\"name\":\"nina\",\"password\":\"a very long password\",\"grant\":{\"role\":\"viewer\",\"stacks\":[\"shop\"]}}")
                .expect(201);
        String at = made.header("location");
        assertThat(admin.get(at).expect(200).json().at("/grant/stacks/0").asString())
                .isEqualTo("shop");
        admin.post("/api/v1/users", "{\"name\":\"nina\",\"grant\":{\"role\":\"viewer\"}}")
                .expectProblem(409, "conflict");
        assertThat(admin.send("PATCH", at, "{\"grant\":{\"role\":\"operator\"},\"enabled\":false}")
                        .expect(200)
                        .text())
                .contains("\"operator\"")
                .contains("\"enabled\":false");
        admin.delete(at).expect(204);
        admin.get(at).expectProblem(404, "unknown-name");
        String cookie = server.client
                .post("/api/v1/sessions", "{\"name\":\"adam\",\"password\":\"" + TestServer.PASSWORD + "\"}")
                .expect(201)
                .header("set-cookie");
        ApiClient.Answer token = withCookie(
                        "POST",
                        "/api/v1/tokens",
                        cookie.substring(0, cookie.indexOf(';')),
                        "{\"label\":\"ci\",\"grant\":{\"role\":\"viewer\"}}")
                .expect(201);
        String secret = token.json().get("secret").asString();
        server.client.as(secret).get("/api/v1/stacks").expect(200);
        assertThat(admin.get("/api/v1/tokens").expect(200).text())
                .contains("\"ci\"")
                .doesNotContain(secret);
        admin.delete(token.header("location")).expect(204);
        server.client.as(secret).get("/api/v1/stacks").expectProblem(401, "not-signed-in");
    }
}
