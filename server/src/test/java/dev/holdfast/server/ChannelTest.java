package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.access.Role;
import dev.holdfast.control.notify.NotifyConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ChannelTest {
    private static final String AT = "/api/v1/notifications/channels";
    private static final String CHAT = """
            {"name":"chat","type":"slack","settings":{"url":"https://hooks.slack.com/s3cret"},"events":["failure"]}""";
    private static final String CHANGE = """
            {"type":"slack","settings":{},"revision":%d}""";

    @TempDir
    private Path folder;

    private TestServer server;
    private ApiClient admin;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(folder);
        admin = server.client.as(server.token("anna", Role.ADMIN));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_channel_is_made_shown_changed_tested_and_removed() {
        ApiClient.Answer made = admin.post(AT, CHAT).expect(201);
        assertThat(made.header("location")).isEqualTo(AT + "/chat");
        assertThat(made.text()).doesNotContain("s3cret");
        JsonNode shown = admin.get(AT + "/chat").expect(200).json();
        assertThat(shown.at("/secrets/0").asString()).isEqualTo("url");
        assertThat(shown.at("/origin").asString()).isEqualTo("stored");
        assertThat(shown.at("/events/0").asString()).isEqualTo("failure");

        JsonNode changed =
                admin.send("PUT", AT + "/chat", CHANGE.formatted(1)).expect(200).json();
        assertThat(changed.get("revision").asInt()).isEqualTo(2);
        assertThat(changed.get("events")).isEmpty();
        assertThat(server.services.channels().notifications().channel("chat").map(NotifyConfig::type))
                .contains("slack");
        admin.send("PUT", AT + "/chat", CHANGE.formatted(1)).expectProblem(409, "conflict");
        assertThat(admin.get(AT).expect(200).json().at("/items/0/revision").asInt())
                .isEqualTo(2);
        assertThat(admin.post("/api/v1/notifications/test", "{\"channel\":\"chat\"}")
                        .expect(200)
                        .json()
                        .get("said")
                        .asString())
                .isEqualTo("nobody is told anything here");

        admin.delete(AT + "/chat?revision=2").expect(204);
        admin.get(AT + "/chat").expectProblem(404, "unknown-name");
        admin.delete(AT + "/chat?revision=2").expectProblem(404, "unknown-name");
    }

    @Test
    void what_is_wrong_is_said_as_the_reader_of_stack_files_says_it() {
        JsonNode problem = admin.post(AT, "{\"name\":\"x\",\"type\":\"slack\",\"settings\":{}}")
                .expectProblem(400, "configuration-invalid")
                .json();
        assertThat(problem.get("detail").asString()).isEqualTo("missing key 'url' in 'notify.channels.x.slack'");
        assertThat(problem.get("hint").asString()).contains("slack: {url:");
        for (String body : List.of(
                "{\"name\":\"x\",\"type\":\"pager\",\"settings\":{}}",
                "{\"name\":\"../x\",\"type\":\"slack\",\"settings\":{}}",
                "{\"name\":\"x\",\"type\":\"slack\",\"settings\":[]}",
                "{\"name\":\"x\",\"type\":\"slack\"}",
                "{\"name\":\"x\",\"type\":\"slack\",\"settings\":{\"url\":null}}",
                "{\"name\":\"x\",\"type\":\"slack\",\"settings\":{\"ulr\":\"x\"}}",
                "{\"name\":\"x\",\"type\":\"slack\",\"settings\":{},\"stack\":\"shop\"}")) {
            admin.post(AT, body).expectProblem(400, "usage");
        }
        admin.post(AT, CHAT).expect(201);
        admin.post(AT, CHAT).expectProblem(409, "conflict");
        String dropped = "{\"type\":\"slack\",\"settings\":{},\"drop\":[\"url\"],\"revision\":1}";
        admin.send("PUT", AT + "/chat", dropped).expectProblem(400, "configuration-invalid");
    }

    @Test
    void only_administrators_of_everything_make_and_change_channels_and_see_their_settings() {
        admin.post(AT, CHAT).expect(201);
        for (String token : List.of(
                server.token("vera", Role.VIEWER),
                server.token("olga", Role.OPERATOR),
                server.token("rita", Role.ADMIN, "shop"))) {
            ApiClient other = server.client.as(token);
            other.post(AT, CHAT.replace("chat", "mine")).expectProblem(403, "forbidden");
            other.get(AT + "/chat").expectProblem(403, "forbidden");
            other.send("PUT", AT + "/chat", CHANGE.formatted(1)).expectProblem(403, "forbidden");
            other.delete(AT + "/chat?revision=1").expectProblem(403, "forbidden");
        }
        assertThat(server.client
                        .as(server.token("otto", Role.VIEWER, "shop"))
                        .get(AT)
                        .expect(200)
                        .json()
                        .get("items"))
                .isEmpty();
        assertThat(admin.get(AT).expect(200).json().get("items")).hasSize(1);
    }

    @Test
    void the_audit_trail_has_who_changed_what_and_no_secret() {
        admin.post(AT, CHAT).expect(201);
        admin.send("PUT", AT + "/chat", CHANGE.formatted(1)).expect(200);
        admin.delete(AT + "/chat?revision=2").expect(204);
        for (String action : List.of("createChannel", "changeChannel", "removeChannel")) {
            String trail =
                    admin.get("/api/v1/audit?action=" + action).expect(200).text();
            assertThat(trail).contains("anna", "chat").doesNotContain("s3cret");
        }
    }
}
