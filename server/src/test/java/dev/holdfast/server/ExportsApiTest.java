package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.access.Role;
import dev.holdfast.control.operation.InitOperation;
import dev.holdfast.control.run.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Kept exports over HTTP: a folder, and a bucket that makes links without being asked over the network. */
class ExportsApiTest {
    private static final String AT = "/api/v1/stacks/files/exports";

    private static ApiClient admin(TestServer server) {
        ApiClient admin = server.client.as(server.token("anna", Role.ADMIN));
        String text = server.stackText("files")
                + """
                exports:
                  open:
                    format: {files: tar}
                    name: "{part}_{id}.{ext}"
                    checksums: [sha256]
                    places:
                      disk: {local: {path: %s}}
                      other: {local: {path: %s}, keep: {last: 1, minimum: 1}}
                """.formatted(server.folder.resolve("kept"), server.folder.resolve("kept2"));
        admin.post(
                        "/api/v1/stacks",
                        JsonMapper.shared().createObjectNode().put("text", text).toString())
                .expect(201);
        new InitOperation(server.services.repositories())
                .run(server.services.stacks().show("files").config().repository());
        return admin;
    }

    private static JsonNode ended(TestServer server, ApiClient admin, ApiClient.Answer begun) {
        String run = begun.expect(202).json().path("id").asString();
        assertThat(server.services.runs().awaitEnd(new RunId(run), TestServer.patience()))
                .isPresent();
        return admin.get("/api/v1/runs/" + run).expect(200).json();
    }

    private static String backup(TestServer server, ApiClient admin) {
        JsonNode run = ended(server, admin, admin.post("/api/v1/runs", "{\"stack\": \"files\", \"kind\": \"backup\"}"));
        return run.path("snapshot").asString();
    }

    @Test
    void files_are_written_listed_fetched_and_cleaned_up(@TempDir Path folder) throws IOException {
        try (TestServer server = new TestServer(folder)) {
            ApiClient admin = admin(server);
            String first = backup(server, admin);
            Files.writeString(server.uploads.resolve("second.txt"), "second");
            String second = backup(server, admin);

            JsonNode run = ended(server, admin, admin.post(AT));

            assertThat(run.path("state").asString()).as(run.toString()).isEqualTo("succeeded");
            assertThat(run.path("result").path("places")).hasSize(2);
            JsonNode places = admin.get(AT).expect(200).json().path("items");
            assertThat(places).hasSize(2);
            assertThat(places.path(0).path("place").asString()).isEqualTo("disk");
            assertThat(places.path(0).path("whole").asInt()).isEqualTo(2);
            assertThat(places.path(1).path("whole").asInt()).isEqualTo(1);

            JsonNode page =
                    admin.get(AT + "/open/places/disk?limit=1").expect(200).json();
            assertThat(page.path("items").path(0).path("snapshot").asString()).isEqualTo(second);
            JsonNode rest = admin.get(AT + "/open/places/disk?limit=1&after="
                            + page.path("next").asString())
                    .expect(200)
                    .json();
            assertThat(rest.path("items").path(0).path("snapshot").asString()).isEqualTo(first);
            assertThat(rest.has("next")).isFalse();
            JsonNode kept = rest.path("items").path(0).path("files").path(0);
            assertThat(kept.path("name").asString()).isEqualTo("uploads_" + first + ".tar");
            assertThat(kept.path("part").asString()).isEqualTo("uploads");

            ApiClient.Answer file = admin.get(AT + "/open/places/disk/file?name="
                            + kept.path("name").asString())
                    .expect(200);
            assertThat(file.response().body())
                    .isEqualTo(Files.readAllBytes(folder.resolve("kept/uploads_" + first + ".tar")));
            assertThat(file.header("content-disposition")).contains("uploads_" + first + ".tar");
            cleaned(server, admin, folder);
        }
    }

    private static void cleaned(TestServer server, ApiClient admin, Path folder) throws IOException {
        String third = backup(server, admin);
        Path foreign = Files.writeString(folder.resolve("kept2/uploads_mine.tar"), "mine");
        ended(server, admin, admin.post(AT, "{\"snapshot\": \"" + third.substring(0, 20) + "\"}"));

        JsonNode dry = ended(server, admin, admin.post(AT + "/clean", "{\"dryRun\": true}"));
        JsonNode real = ended(server, admin, admin.post(AT + "/clean"));

        assertThat(dry.path("result").path("dryRun").asBoolean()).isTrue();
        assertThat(dry.path("result").path("places").path(1).path("entries"))
                .as(dry.toString())
                .isNotEmpty();
        assertThat(real.path("state").asString()).isEqualTo("succeeded");
        JsonNode left = admin.get(AT + "/open/places/other").expect(200).json().path("items");
        assertThat(left).hasSize(1);
        assertThat(left.path(0).path("snapshot").asString()).isEqualTo(third);
        assertThat(foreign).hasContent("mine");
    }

    @Test
    void only_what_an_export_wrote_is_given_out(@TempDir Path folder) throws IOException {
        try (TestServer server = new TestServer(folder)) {
            ApiClient admin = admin(server);
            String first = backup(server, admin);
            ended(server, admin, admin.post(AT));
            Files.writeString(folder.resolve("kept/secret.txt"), "secret");
            String at = AT + "/open/places/disk/file?name=";

            for (String name : List.of("secret.txt", "nothing.tar", ".holdfast/files/x.json")) {
                admin.get(at + ApiClient.encoded(name)).expectProblem(404, "unknown-name");
            }
            admin.get(at + ApiClient.encoded("../shop.yaml")).expectProblem(400, "usage");
            admin.get(AT + "/shut/places/disk").expectProblem(404, "unknown-name");
            admin.get(AT + "/open/places/nowhere").expectProblem(404, "unknown-name");
            admin.post("/api/v1/stacks/shop/exports").expectProblem(400, "usage");
            String name = "uploads_" + first + ".tar";
            Files.writeString(folder.resolve("kept").resolve(name), "short");
            admin.get(at + name).expectProblem(422, "store-object-missing");
            ApiClient viewer = server.client.as(server.token("vera", Role.VIEWER));
            viewer.get(AT).expect(200);
            viewer.get(at + name).expectProblem(403, "forbidden");
            viewer.post(AT + "/open/places/disk/links", "{\"name\": \"" + name + "\"}")
                    .expectProblem(403, "forbidden");
            ApiClient other = server.client.as(server.token("rita", Role.ADMIN, "other"));
            other.get(AT).expectProblem(404, "unknown-name");
        }
    }

    @Test
    void a_place_without_links_of_its_own_is_reached_through_the_server(@TempDir Path folder) throws IOException {
        try (TestServer server = new TestServer(folder)) {
            ApiClient admin = admin(server);
            String name = "uploads_" + backup(server, admin) + ".tar";
            ended(server, admin, admin.post(AT));
            String links = AT + "/open/places/disk/links";

            JsonNode link = admin.post(links, "{\"name\": \"" + name + "\"}")
                    .expect(201)
                    .json();

            assertThat(link.path("open").asBoolean()).isFalse();
            assertThat(link.has("expires")).isFalse();
            admin.get(link.path("url").asString()).expect(200);
            admin.post(links, "{\"name\": \"other.tar\"}").expectProblem(404, "unknown-name");
            admin.send("PATCH", "/api/v1/settings", "{\"downloadLinkHours\": 1}")
                    .expect(200);
            admin.post(links, "{\"name\": \"" + name + "\", \"seconds\": 3601}").expectProblem(400, "usage");
            admin.send("PATCH", "/api/v1/settings", "{\"downloadLinkHours\": 0}")
                    .expect(200);
            admin.post(links, "{\"name\": \"" + name + "\"}").expectProblem(403, "forbidden");
            assertThat(admin.get("/api/v1/audit?limit=100").expect(200).text())
                    .contains("linkKeptFile", "fetchKeptFile", "file=" + name, "name=" + name);
        }
    }

    @Test
    void a_place_that_is_away_is_told_and_keeps_no_other_from_being_shown(@TempDir Path folder) throws IOException {
        try (TestServer server = new TestServer(folder)) {
            ApiClient admin = admin(server);
            backup(server, admin);
            ended(server, admin, admin.post(AT));
            Path kept = folder.resolve("kept");
            Files.move(kept, folder.resolve("unmounted"));

            JsonNode places = admin.get(AT).expect(200).json().path("items");

            assertThat(places.path(0).path("state").asString()).isEqualTo("unusable");
            assertThat(places.path(0).path("failure").path("message").asString())
                    .contains(kept.toString());
            assertThat(places.path(1).path("state").asString()).isEqualTo("usable");
            assertThat(admin.get(AT + "/open/places/disk").status()).isBetween(400, 599);
            assertThat(kept).doesNotExist();
        }
    }
}
