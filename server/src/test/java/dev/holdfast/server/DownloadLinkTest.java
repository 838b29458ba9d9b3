package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.access.User;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

class DownloadLinkTest {
    private static final String LINKS = "/api/v1/download-links";

    @TempDir
    static Path folder;

    private static TestServer server;
    private static ApiClient admin;
    private static String snapshot;

    @BeforeAll
    static void start() throws IOException {
        server = new TestServer(folder);
        admin = server.client.as(server.token("anna", Role.ADMIN));
        snapshot = admin.post("/api/backups/create?wait=120", "{\"stack\":\"shop\"}")
                .expect(201)
                .json()
                .get("id")
                .asString();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String order(String more) {
        return "{\"stack\":\"shop\",\"snapshot\":\"" + snapshot + "\",\"kind\":\"content\",\"part\":\"uploads\","
                + "\"key\":\"hello.txt\"" + more + "}";
    }

    private static String link(ApiClient client) {
        return client.post(LINKS, order("")).expect(201).json().get("url").asString();
    }

    @Test
    void whoever_has_a_link_gets_that_one_file_without_a_credential_until_it_ends() {
        ApiClient.Answer made = admin.post(LINKS, order("")).expect(201);
        String url = made.json().get("url").asString();
        assertThat(made.header("location")).isEqualTo(url);
        ApiClient.Answer file = server.client.get(url).expect(200);
        assertThat(file.text()).isEqualTo("hello");
        assertThat(file.header("content-disposition")).contains("hello.txt");
        assertThat(server.client
                        .send(server.client.request("HEAD", url, HttpRequest.BodyPublishers.noBody()))
                        .status())
                .isEqualTo(200);
        server.clock.advance(Duration.ofMinutes(15));
        server.client.get(url).expectProblem(403, "forbidden");
    }

    @Test
    void a_link_lasts_as_long_as_it_was_asked_for_and_never_more_than_a_week() {
        String url = admin.post(LINKS, order(",\"seconds\":604800"))
                .expect(201)
                .json()
                .get("url")
                .asString();
        server.clock.advance(Duration.ofDays(7).minusSeconds(1));
        server.client.get(url).expect(200);
        admin.post(LINKS, order(",\"seconds\":604801")).expectProblem(400, "usage");
        admin.post(LINKS, order(",\"seconds\":0")).expectProblem(400, "usage");
    }

    @Test
    void a_link_to_what_is_not_there_or_not_named_is_not_made() {
        String other = "{\"stack\":\"shop\",\"snapshot\":\"" + snapshot + "\",\"kind\":\"%s\"%s}";
        admin.post(LINKS, other.formatted("content", "")).expectProblem(400, "usage");
        admin.post(LINKS, other.formatted("table", ",\"part\":\"uploads\"")).expectProblem(400, "usage");
        admin.post(LINKS, other.formatted("content", ",\"part\":\"uploads\",\"key\":\"nothing\""))
                .expectProblem(404, "unknown-name");
        admin.post(LINKS, other.formatted("table", ",\"part\":\"uploads\",\"table\":\"public.t\""))
                .expectProblem(404, "unknown-name");
        admin.post(LINKS, other.formatted("export", "")).expectProblem(404, "part-missing");
    }

    @Test
    void only_who_may_download_makes_a_link() {
        server.client.post(LINKS, order("")).expectProblem(401, "not-signed-in");
        server.client
                .as(server.token("vera", Role.VIEWER))
                .post(LINKS, order(""))
                .expectProblem(403, "forbidden");
        server.client
                .as(server.token("rita", Role.ADMIN, "other"))
                .post(LINKS, order(""))
                .expectProblem(404, "unknown-name");
    }

    @Test
    void a_link_ends_with_the_role_the_user_and_the_token_of_its_maker() {
        User olga = server.user("olga", Role.OPERATOR);
        String token = server.token(olga, Optional.empty());
        String url = link(server.client.as(token));
        server.client.get(url).expect(200);
        server.services
                .access()
                .users()
                .changeGrant(olga.id(), server.user("x", Role.VIEWER).grant());
        server.client.get(url).expectProblem(403, "forbidden");
        server.services.access().users().changeGrant(olga.id(), olga.grant());
        server.client.get(url).expect(200);
        server.services.access().tokens().list(Optional.of(olga.id()), Optional.empty(), 10).stream()
                .map(found -> found.id())
                .forEach(server.services.access().tokens()::revoke);
        server.client.get(url).expectProblem(403, "forbidden");

        String another = link(server.client.as(server.token(olga, Optional.empty())));
        server.services.access().users().disable(olga.id());
        server.client.get(another).expectProblem(403, "forbidden");
    }

    @Test
    void a_link_that_was_changed_is_worth_nothing_and_opens_nothing_else() {
        String url = link(admin);
        server.client.get(url.substring(0, url.length() - 1)).expectProblem(403, "forbidden");
        server.client.get(url + "A").expectProblem(403, "forbidden");
        server.client.get(LINKS + "/nonsense").expectProblem(403, "forbidden");
        String secret = url.substring(url.lastIndexOf('/') + 1);
        server.client.as(secret).get("/api/v1/stacks").expectProblem(401, "not-signed-in");
    }

    @Test
    void making_and_using_are_in_the_audit_trail_by_the_links_id_and_the_link_is_in_no_log() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        lines.start();
        root.addAppender(lines);
        root.setLevel(Level.INFO);
        try {
            JsonNode made = admin.post(LINKS, order("")).expect(201).json();
            String url = made.get("url").asString();
            server.client.get(url).expect(200);
            User olga = server.user("orla", Role.OPERATOR);
            String orphan = link(server.client.as(server.token(olga, Optional.empty())));
            server.services.access().users().disable(olga.id());
            server.client.get(orphan).expectProblem(403, "forbidden");

            String id = made.get("id").asString();
            String trail = admin.get("/api/v1/audit?limit=1000").expect(200).text();
            assertThat(trail).contains("createDownloadLink").contains("link " + id + " until ");
            JsonNode used = admin.get("/api/v1/audit?action=useDownloadLink&outcome=done&stack=shop&limit=1")
                    .expect(200)
                    .json()
                    .at("/items/0");
            assertThat(used.get("actor").asString()).startsWith("anna");
            assertThat(used.get("object").asString()).isEqualTo("link " + id);
            assertThat(used.get("detail").asString()).contains(snapshot).contains("key=hello.txt");
            assertThat(admin.get("/api/v1/audit?action=useDownloadLink&outcome=refused")
                            .expect(200)
                            .text())
                    .contains("orla");
            for (String link : new String[] {url, orphan}) {
                String secret = link.substring(link.lastIndexOf('/') + 1);
                assertThat(trail).doesNotContain(secret);
                assertThat(lines.list)
                        .isNotEmpty()
                        .noneMatch(line -> line.getFormattedMessage().contains(secret));
            }
        } finally {
            root.detachAppender(lines);
            root.setLevel(before);
        }
    }

    @Test
    void links_are_under_the_public_url_limited_and_switched_off_by_the_settings() {
        String old = link(admin);
        admin.send(
                        "PATCH",
                        "/api/v1/settings",
                        "{\"publicUrl\":\"https://backup.example.org/\",\"downloadLinkHours\":1}")
                .expect(200);
        try {
            assertThat(link(admin)).startsWith("https://backup.example.org" + LINKS + "/");
            admin.post(LINKS, order(",\"seconds\":3601")).expectProblem(400, "usage");
            admin.send("PATCH", "/api/v1/settings", "{\"downloadLinkHours\":0}").expect(200);
            admin.post(LINKS, order("")).expectProblem(403, "forbidden");
            server.client.get(old).expectProblem(403, "forbidden");
        } finally {
            admin.send("PATCH", "/api/v1/settings", "{\"reset\":[\"publicUrl\",\"downloadLinkHours\"]}")
                    .expect(200);
        }
        server.client.get(old).expect(200);
    }
}
