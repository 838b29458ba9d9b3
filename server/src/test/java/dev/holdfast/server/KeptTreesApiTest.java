package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.access.Role;
import dev.holdfast.control.operation.InitOperation;
import dev.holdfast.control.run.RunId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files of trees that exports keep, over HTTP: only what a tree's list names, and only as it was written. */
class KeptTreesApiTest {
    private static final String PLACE = "/api/v1/stacks/files/exports/open/places/disk";
    private static final String METADATA = ".holdfast-metadata.ndjson";

    /** Of the directory; each could be taken for something else. */
    private static final List<String> NAMES = List.of(
            "hello.txt",
            "deep/er/still.txt",
            "deep/%2e%2e/..%2fhello.txt",
            "...",
            "a b+c&d=e?f#g;h.txt",
            "\u00e4\u00f6\u00fc/\u6587\u4ef6 \ud83d\ude00.txt",
            "<script>'\"$(id)`.txt");

    private static ApiClient kept(TestServer server) throws IOException {
        for (String name : NAMES) {
            Path file = server.uploads.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "this is " + name);
        }
        ApiClient admin = server.client.as(server.token("anna", Role.ADMIN));
        String text = server.stackText("files") + """
                exports:
                  open:
                    format: {files: tree}
                    name: "{part}/{id}"
                    places:
                      disk: {local: {path: %s}}
                """.formatted(server.folder.resolve("kept"));
        admin.post(
                        "/api/v1/stacks",
                        JsonMapper.shared().createObjectNode().put("text", text).toString())
                .expect(201);
        new InitOperation(server.services.repositories())
                .run(server.services.stacks().show("files").config().repository());
        ended(server, admin, admin.post("/api/v1/runs", "{\"stack\": \"files\", \"kind\": \"backup\"}"));
        ended(server, admin, admin.post("/api/v1/stacks/files/exports"));
        return admin;
    }

    private static void ended(TestServer server, ApiClient admin, ApiClient.Answer begun) {
        String run = begun.expect(202).json().path("id").asString();
        assertThat(server.services.runs().awaitEnd(new RunId(run), TestServer.patience()))
                .isPresent();
        JsonNode result = admin.get("/api/v1/runs/" + run).expect(200).json();
        assertThat(result.path("state").asString()).as(result.toString()).isIn("succeeded", "attention");
    }

    /** The name of the one tree that there is. */
    private static String tree(ApiClient admin) {
        JsonNode files =
                admin.get(PLACE).expect(200).json().path("items").path(0).path("files");
        assertThat(files.path(0).path("files").asInt()).as(files.toString()).isEqualTo(NAMES.size() + 1);
        return files.path(0).path("name").asString();
    }

    private static String list(String tree) {
        return PLACE + "/tree?name=" + ApiClient.encoded(tree);
    }

    private static String file(String name) {
        return PLACE + "/file?name=" + ApiClient.encoded(name);
    }

    /** By name within the tree, read in pages of two. */
    private static Map<String, JsonNode> listed(ApiClient client, String tree) {
        Map<String, JsonNode> listed = new TreeMap<>();
        String after = "";
        do {
            JsonNode page =
                    client.get(list(tree) + "&limit=2" + after).expect(200).json();
            assertThat(page.path("items").size()).isBetween(1, 2);
            page.path("items").forEach(item -> {
                String name = item.path("name").asString();
                assertThat(name).startsWith(tree + "/");
                assertThat(listed.put(name.substring(tree.length() + 1), item)).isNull();
            });
            after = page.has("next") ? "&after=" + page.path("next").asString() : "";
        } while (!after.isEmpty());
        return listed;
    }

    @Test
    void a_tree_is_listed_in_pages_and_each_of_its_files_is_fetched(@TempDir Path folder) throws IOException {
        try (TestServer server = new TestServer(folder)) {
            ApiClient admin = kept(server);
            String tree = tree(admin);

            Map<String, JsonNode> listed = listed(server.client.as(server.token("vera", Role.VIEWER)), tree);

            assertThat(listed.keySet())
                    .containsAll(NAMES)
                    .hasSize(NAMES.size() + 1)
                    .contains(METADATA);
            for (String name : NAMES) {
                JsonNode item = listed.get(name);
                ApiClient.Answer fetched =
                        admin.get(file(item.path("name").asString())).expect(200);
                assertThat(fetched.text()).isEqualTo("this is " + name);
                assertThat(fetched.response().body()).hasSize(item.path("bytes").asInt());
                assertThat(fetched.header("content-disposition")).startsWith("attachment; filename=");
                assertThat(item.path("part").asString()).isEqualTo("uploads");
                assertThat(item.path("sha256").asString()).matches("[0-9a-f]{64}");
            }
            JsonNode link = admin.post(
                            PLACE + "/links",
                            JsonMapper.shared()
                                    .createObjectNode()
                                    .put("name", tree + "/" + NAMES.getLast())
                                    .toString())
                    .expect(201)
                    .json();
            assertThat(link.path("open").asBoolean()).isFalse();
            assertThat(admin.get(link.path("url").asString()).expect(200).text())
                    .isEqualTo("this is " + NAMES.getLast());
        }
    }

    @Test
    void only_names_of_the_list_are_given_out(@TempDir Path folder) throws IOException {
        try (TestServer server = new TestServer(folder)) {
            ApiClient admin = kept(server);
            String tree = tree(admin);
            Path there = folder.resolve("kept").resolve(tree);
            Files.writeString(there.resolve("stranger.txt"), "not ours");
            Files.writeString(folder.resolve("kept/secret.txt"), "not ours");
            Files.createSymbolicLink(there.resolve("away"), folder);

            for (String name : List.of(
                    tree,
                    tree + "/deep",
                    tree + "/stranger.txt",
                    tree + "/HELLO.TXT",
                    tree + "/away/kept/secret.txt",
                    tree + "/%2e%2e/%2e%2e/secret.txt",
                    tree + "/..%2f..%2fsecret.txt",
                    tree + "/" + Normalizer.normalize(NAMES.get(5), Normalizer.Form.NFD),
                    tree.substring(0, tree.length() - 1) + "/hello.txt",
                    "hello.txt")) {
                admin.get(file(name)).expectProblem(404, "unknown-name");
            }
            for (String name : List.of(
                    tree + "/../../secret.txt",
                    tree + "/./hello.txt",
                    tree + "//hello.txt",
                    tree + "/",
                    "/" + tree + "/hello.txt",
                    tree + "\\hello.txt",
                    tree + "/hello.txt\u0000.png")) {
                admin.get(file(name)).expectProblem(400, "usage");
            }
            admin.get(PLACE + "/tree/../file?name=" + ApiClient.encoded("secret.txt"))
                    .expectProblem(404, "unknown-name");
            for (String name : List.of("nothing", tree + "/hello.txt", tree + "/deep", ".holdfast", "uploads")) {
                admin.get(list(name)).expectProblem(404, "unknown-name");
            }
            admin.get(list("../kept")).expectProblem(400, "usage");
            assertThat(admin.get(list(tree) + "&after=" + Integer.MAX_VALUE)
                            .expect(200)
                            .json()
                            .path("items"))
                    .isEmpty();
            admin.get(list(tree) + "&after=-1").expectProblem(400, "usage");
        }
    }

    @Test
    void whoever_may_look_may_list_and_only_operators_fetch(@TempDir Path folder) throws IOException {
        try (TestServer server = new TestServer(folder)) {
            ApiClient admin = kept(server);
            String tree = tree(admin);
            ApiClient viewer = server.client.as(server.token("vera", Role.VIEWER));

            viewer.get(list(tree)).expect(200);
            viewer.get(file(tree + "/hello.txt")).expectProblem(403, "forbidden");
            viewer.post(PLACE + "/links", "{\"name\": \"" + tree + "/hello.txt\"}")
                    .expectProblem(403, "forbidden");
            server.client
                    .as(server.token("otto", Role.OPERATOR))
                    .get(file(tree + "/hello.txt"))
                    .expect(200);
            ApiClient other = server.client.as(server.token("rita", Role.ADMIN, "other"));
            other.get(list(tree)).expectProblem(404, "unknown-name");
            other.get(file(tree + "/hello.txt")).expectProblem(404, "unknown-name");
            server.client.get(list(tree)).expect(401);
            assertThat(admin.get("/api/v1/audit?limit=100").expect(200).text())
                    .contains("fetchKeptFile", "name=" + tree + "/hello.txt");
        }
    }

    @Test
    void what_is_not_as_it_was_written_is_not_given_out_as_a_whole_file(@TempDir Path folder) throws IOException {
        try (TestServer server = new TestServer(folder)) {
            ApiClient admin = kept(server);
            String tree = tree(admin);
            Path there = folder.resolve("kept").resolve(tree);

            Files.writeString(there.resolve("hello.txt"), "this IS hello.txt");
            admin.get(file(tree + "/hello.txt")).expectProblem(422, "damaged");
            Files.writeString(there.resolve("hello.txt"), "longer than it was when it was written");
            admin.get(file(tree + "/hello.txt")).expectProblem(422, "store-object-missing");
            admin.get(file(tree + "/deep/er/still.txt")).expect(200);

            Path list;
            try (var files = Files.list(folder.resolve("kept/.holdfast/files"))) {
                list = files.filter(file -> file.toString().endsWith(".files"))
                        .findFirst()
                        .orElseThrow();
            }
            Files.writeString(folder.resolve("kept/" + tree + "/mine.txt"), "mine");
            byte[] before = Files.readAllBytes(list);
            Files.writeString(
                    list, new String(before, StandardCharsets.UTF_8).replace("\"hello.txt\"", "\"mine.txt\""));
            admin.get(file(tree + "/mine.txt")).expectProblem(422, "damaged");
            admin.get(file(tree + "/deep/er/still.txt")).expectProblem(422, "damaged");
            admin.get(list(tree)).expectProblem(422, "damaged");
            Files.delete(list);
            admin.get(list(tree)).expectProblem(422, "store-object-missing");
            Files.write(list, before);
            admin.get(list(tree)).expect(200);
        }
    }
}
