package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.access.ApiToken;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.access.User;
import dev.holdfast.control.run.RunId;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an administrator of one stack reaches of others, and of the server. Both stacks are in one repository. */
class RestrictedTest {
    @TempDir
    static Path folder;

    private static TestServer server;
    private static ApiClient admin;
    private static ApiClient rita;
    private static String snapshot;
    private static String run;

    @BeforeAll
    static void start() throws IOException {
        server = new TestServer(folder);
        admin = server.client.as(server.token("anna", Role.ADMIN));
        admin.post("/api/v1/stacks", text(server.stackText("other"))).expect(201);
        rita = server.client.as(server.token("rita", Role.ADMIN, "other"));
        snapshot = backup(admin, "shop");
        run = admin.get("/api/v1/runs?stack=shop")
                .expect(200)
                .json()
                .at("/items/0/id")
                .asString();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String text(String yaml) {
        return JsonMapper.shared().createObjectNode().put("text", yaml).toString();
    }

    private static String backup(ApiClient client, String stack) {
        return client.post("/api/backups/create?wait=120", "{\"stack\":\"" + stack + "\"}")
                .expect(201)
                .json()
                .get("id")
                .asString();
    }

    private static JsonNode ended(ApiClient.Answer accepted) {
        String at = accepted.expect(202).header("location");
        assertThat(server.services
                        .runs()
                        .awaitEnd(new RunId(at.substring(at.lastIndexOf('/') + 1)), TestServer.patience()))
                .isPresent();
        return admin.get(at).expect(200).json();
    }

    @Test
    void runs_of_other_stacks_are_not_there_by_their_ids() {
        for (String path : List.of("", "/log", "/events")) {
            rita.get("/api/v1/runs/" + run + path).expectProblem(404, "unknown-name");
        }
        rita.post("/api/v1/runs/" + run + "/cancel").expectProblem(404, "unknown-name");
        assertThat(rita.get("/api/v1/runs").expect(200).text()).doesNotContain("shop");
    }

    @Test
    void snapshots_of_other_stacks_are_not_there_by_their_ids_even_in_the_same_repository() {
        for (String path : List.of(
                "",
                "/entries?part=uploads",
                "/content?part=uploads&key=hello.txt",
                "/table?part=uploads&table=t",
                "/export",
                "/export/followed")) {
            for (String stack : List.of("shop", "other")) {
                assertThat(rita.get("/api/v1/stacks/" + stack + "/snapshots/" + snapshot + path)
                                .status())
                        .as(stack + path)
                        .isEqualTo(404);
            }
        }
        String own = backup(rita, "other");
        rita.get("/api/v1/stacks/other/snapshots/" + own + "/differences/" + snapshot + "?part=uploads")
                .expectProblem(404, "snapshot-missing");
        rita.get("/api/backups/" + snapshot + "/download").expectProblem(404, "snapshot-missing");
        rita.post("/api/backups/" + snapshot + "/restore").expectProblem(404, "snapshot-missing");
        rita.delete("/api/backups/" + snapshot + "?confirm=" + snapshot).expectProblem(404, "snapshot-missing");
        rita.delete("/api/v1/stacks/other/snapshots/" + snapshot + "?confirm=" + snapshot)
                .expectProblem(404, "snapshot-missing");
        rita.send("PATCH", "/api/v1/stacks/other/snapshots/" + snapshot, "{\"note\":\"mine\"}")
                .expectProblem(404, "snapshot-missing");
        rita.post("/api/v1/stacks/other/forget", "{\"snapshots\":[\"" + snapshot + "\"],\"confirm\":\"other\"}")
                .expectProblem(404, "snapshot-missing");
        rita.post(
                        "/api/v1/runs",
                        "{\"stack\":\"other\",\"kind\":\"compare\",\"places\":{\"uploads\":\"" + server.uploads
                                + "\"}}")
                .expectProblem(403, "forbidden");
        String order = "{\"stack\":\"other\",\"snapshot\":\"" + snapshot + "\"}";
        rita.post("/api/v1/restores/plan", order).expectProblem(404, "snapshot-missing");
        assertThat(ended(rita.post("/api/v1/restores", order)).at("/error/code").asString())
                .isEqualTo("snapshot-missing");
        assertThat(ended(rita.post(
                                "/api/v1/runs",
                                "{\"stack\":\"other\",\"kind\":\"compare\",\"snapshot\":\"" + snapshot + "\"}"))
                        .at("/error/code")
                        .asString())
                .isEqualTo("snapshot-missing");
        assertThat(rita.get("/api/v1/snapshots").expect(200).text()).doesNotContain(snapshot);
        assertThat(rita.get("/api/backups").expect(200).text()).doesNotContain(snapshot);
        assertThat(rita.get("/api/backup/list").expect(200).text()).doesNotContain(snapshot);
    }

    @Test
    void a_key_that_somebody_else_used_is_not_theirs() {
        String shop = keyed(admin, "shop").expect(202).header("location");
        String other = keyed(rita, "other").expect(202).header("location");
        assertThat(other).isNotEqualTo(shop);
        keyed(rita, "shop").expectProblem(404, "unknown-name");
    }

    private static ApiClient.Answer keyed(ApiClient client, String stack) {
        return client.send(client.request(
                        "POST",
                        "/api/v1/runs",
                        HttpRequest.BodyPublishers.ofString("{\"stack\":\"" + stack + "\",\"kind\":\"sync\"}"))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "the-same"));
    }

    @Test
    void what_a_stack_reads_and_runs_is_described_by_who_administers_the_server_alone() {
        JsonNode now = admin.get("/api/v1/stacks/other/text").expect(200).json();
        String hooked = now.get("text").asString() + "hooks:\n  before:\n    - command: [id]\n";
        String change = JsonMapper.shared()
                .createObjectNode()
                .put("text", hooked)
                .put("revision", now.get("revision").asLong())
                .toString();
        rita.get("/api/v1/stacks/other").expect(200);
        rita.send("PUT", "/api/v1/stacks/other", change).expectProblem(403, "forbidden");
        rita.send("PUT", "/api/v1/stacks/shop", change).expectProblem(404, "unknown-name");
        rita.post("/api/v1/stacks", text(server.stackText("third"))).expectProblem(403, "forbidden");
        rita.post("/api/v1/stacks/test", text(server.stackText("third"))).expectProblem(403, "forbidden");
    }

    @Test
    void restores_to_another_place_could_reach_other_stacks_and_are_refused() {
        String order =
                "{\"stack\":\"other\",\"snapshot\":\"latest\",\"places\":{\"uploads\":\"" + server.uploads + "\"}}";
        for (String path : List.of("/api/v1/restores", "/api/v1/restores/plan")) {
            rita.post(path, order).expectProblem(403, "forbidden");
        }
    }

    @Test
    void nothing_of_the_server_and_of_others_is_told() {
        for (String path : List.of("/api/v1/users", "/api/v1/settings", "/api/v1/audit", "/api/v1/audit?stack=other")) {
            rita.get(path).expectProblem(403, "forbidden");
        }
        rita.post("/api/v1/notifications/test", "{\"channel\":\"x\"}").expectProblem(403, "forbidden");
        rita.post("/api/v1/notifications/test", "{\"stack\":\"shop\",\"channel\":\"x\"}")
                .expectProblem(404, "unknown-name");
        assertThat(rita.get("/api/v1/notifications/channels").expect(200).text())
                .doesNotContain("shop");
        assertThat(rita.get("/api/v1/status").expect(200).json().get("stacks")).hasSize(1);
        assertThat(rita.get("/api/v1/tokens").expect(200).json().get("items")).hasSize(1);
    }

    @Test
    void nobody_is_given_more_than_they_have() {
        String nina = "{\"name\":\"nina\",\"grant\":{\"role\":\"viewer\",\"stacks\":[\"other\"]}}";
        rita.post("/api/v1/users", nina).expectProblem(403, "forbidden");
        String cookie = server.client
                .post("/api/v1/sessions", "{\"name\":\"rita\",\"password\":\"" + TestServer.PASSWORD + "\"}")
                .expect(201)
                .header("set-cookie");
        for (String grant : List.of(
                "{\"role\":\"viewer\"}",
                "{\"role\":\"viewer\",\"stacks\":[\"shop\"]}",
                "{\"role\":\"admin\",\"stacks\":[\"other\",\"shop\"]}")) {
            token(cookie, grant).expectProblem(403, "forbidden");
        }
        token(cookie, "{\"role\":\"operator\",\"stacks\":[\"other\"]}").expect(201);
    }

    private static ApiClient.Answer token(String cookie, String grant) {
        return server.client.send(server.client
                .request(
                        "POST",
                        "/api/v1/tokens",
                        HttpRequest.BodyPublishers.ofString("{\"label\":\"ci\",\"grant\":" + grant + "}"))
                .header("Content-Type", "application/json")
                .header("Sec-Fetch-Site", "same-origin")
                .header("Cookie", cookie.substring(0, cookie.indexOf(';'))));
    }

    @Test
    void a_token_ends_itself_and_no_other_of_its_owner() {
        User tom = server.user("tom", Role.OPERATOR);
        String one = server.token(tom, Optional.empty());
        String other = server.token(tom, Optional.empty());
        List<ApiToken> tokens = server.services.access().tokens().list(Optional.of(tom.id()), Optional.empty(), 10);
        ApiClient client = server.client.as(one);
        for (ApiToken token : tokens) {
            client.delete("/api/v1/tokens/" + token.id());
        }
        client.get("/api/v1/stacks").expectProblem(401, "not-signed-in");
        server.client.as(other).get("/api/v1/stacks").expect(200);
    }

    @Test
    void what_was_counted_of_a_stack_is_gone_from_the_metrics_with_the_stack() {
        admin.post("/api/v1/stacks", text(server.stackText("passing"))).expect(201);
        ended(admin.post("/api/v1/runs", "{\"stack\":\"passing\",\"kind\":\"sync\"}"));
        assertThat(admin.get("/metrics").expect(200).text()).contains("stack=\"passing\"");
        admin.delete("/api/v1/stacks/passing?revision=1").expect(204);
        assertThat(admin.get("/metrics").expect(200).text())
                .doesNotContain("stack=\"passing\"")
                .contains("stack=\"shop\"");
    }
}
