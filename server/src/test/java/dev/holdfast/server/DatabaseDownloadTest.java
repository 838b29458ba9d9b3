package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.access.Role;
import dev.holdfast.control.operation.InitOperation;
import dev.holdfast.control.run.RunId;
import dev.holdfast.demo.stand.PrivatePostgres;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DatabaseDownloadTest {
    private static final int MAJOR = 15;

    @Test
    void a_table_and_a_whole_database_are_downloaded_also_by_the_teams_file_name(@TempDir Path folder)
            throws IOException {
        try (PrivatePostgres database = PrivatePostgres.in(Files.createDirectories(folder.resolve("pg")))
                        .major(MAJOR)
                        .forgetful()
                        .start();
                TestServer server = new TestServer(Files.createDirectories(folder.resolve("server")))) {
            database.createDatabase("shop");
            database.execute(
                    "shop",
                    "CREATE TABLE orders (id int PRIMARY KEY, \"the note\" text)",
                    "INSERT INTO orders VALUES (1, 'say \"hi\"'), (2, NULL), (3, E'two\\nlines')");
            ApiClient admin = server.client.as(server.token("anna", Role.ADMIN));
            String text = stack(server, database.url("shop"));
            admin.post(
                            "/api/v1/stacks",
                            JsonMapper.shared()
                                    .createObjectNode()
                                    .put("text", text)
                                    .toString())
                    .expect(201);
            new InitOperation(server.services.repositories())
                    .run(server.services.stacks().show("pg").config().repository());
            String id = backup(server, admin);
            String at = "/api/v1/stacks/pg/snapshots/" + id;

            ApiClient.Answer csv =
                    admin.get(at + "/table?part=database&table=public.orders").expect(200);
            assertThat(csv.text())
                    .isEqualTo("\"id\",\"the note\"\r\n\"1\",\"say \"\"hi\"\"\"\r\n\"2\",\r\n\"3\",\"two\nlines\"\r\n");
            assertThat(csv.header("content-disposition")).contains("public.orders.csv");

            assertThat(archive(admin.get(at + "/export").expect(200))).isTrue();
            assertThat(admin.get(at + "/export?format=sql").expect(200).text())
                    .contains("CREATE TABLE public.orders")
                    .contains("two\\nlines");
            JsonNode files = admin.get("/api/backup/list?stack=pg").expect(200).json();
            String name = files.at("/backups/0/name").asString();
            assertThat(name).matches("pg_database_\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\dZ_" + id + "\\.dump");
            ApiClient.Answer file = admin.get("/api/backup/download/" + name).expect(200);
            assertThat(archive(file)).isTrue();
            assertThat(file.header("content-disposition")).contains("\"" + name + "\"");
            admin.get("/api/backup/download/" + name.replace("database", "other"))
                    .expectProblem(404, "unknown-name");
            assertThat(archive(admin.get("/api/backups/" + id + "/download").expect(200)))
                    .isTrue();
            String thing = "{\"stack\":\"pg\",\"snapshot\":\"" + id + "\",\"kind\":%s}";
            assertThat(linked(
                                    server,
                                    admin,
                                    thing.formatted("\"table\",\"part\":\"database\",\"table\":\"public.orders\""))
                            .text())
                    .isEqualTo(csv.text());
            assertThat(archive(linked(server, admin, thing.formatted("\"export\""))))
                    .isTrue();
            assertThat(linked(server, admin, thing.formatted("\"export\",\"format\":\"sql\""))
                            .text())
                    .contains("CREATE TABLE public.orders");
            followed(admin, at);
            admin.get(at + "/content?part=database&key=document/roles").expectProblem(400, "usage");
        }
    }

    /** The same file, in frames, and then its report; or why there is none. */
    private static void followed(ApiClient admin, String at) throws IOException {
        String script = admin.get(at + "/export?format=sql").expect(200).text();
        Frames frames = Frames.of(admin.get(at + "/export/followed?format=sql").expect(200));
        assertThat(known(frames.file.toString(StandardCharsets.UTF_8))).isEqualTo(known(script));
        assertThat(frames.news.getLast().at("/report/fileBytes").asInt()).isEqualTo(frames.file.size());
        assertThat(frames.news.getLast().at("/report/findings")).isEmpty();
        assertThat(frames.news)
                .anyMatch(news -> news.at("/progress/phase").asString("").equals("export")
                        && news.at("/progress/bytes").asLong() > 0);
        assertThat(frames.patches).isZero();
        Frames patched = Frames.of(
                admin.get(at + "/export/followed?part=database&changeable=true").expect(200));
        assertThat(patched.patches).isPositive();
        Frames failed =
                Frames.of(admin.get(at + "/export/followed?part=nothing").expect(200));
        assertThat(failed.news.getLast().at("/error/code").asString()).isEqualTo("part-missing");
        assertThat(failed.file.size()).isZero();
    }

    /** Without the word that pg_restore makes up each time. */
    private static String known(String script) {
        return script.replaceAll("restrict \\w+", "restrict");
    }

    /** What a followed export consists of. */
    private static final class Frames {
        private final ByteArrayOutputStream file = new ByteArrayOutputStream();
        private final List<JsonNode> news = new ArrayList<>();
        private int patches;

        static Frames of(ApiClient.Answer answer) throws IOException {
            assertThat(answer.header("content-type")).isEqualTo("application/vnd.holdfast.export");
            Frames frames = new Frames();
            DataInputStream in = new DataInputStream(
                    new ByteArrayInputStream(answer.response().body()));
            for (int kind = in.read(); kind >= 0; kind = in.read()) {
                byte[] bytes = in.readNBytes(in.readInt());
                switch (kind) {
                    case 0 -> frames.file.write(bytes);
                    case 1 -> frames.news.add(JsonMapper.shared().readTree(bytes));
                    default -> frames.patches++;
                }
            }
            return frames;
        }
    }

    private static ApiClient.Answer linked(TestServer server, ApiClient maker, String thing) {
        String url = maker.post("/api/v1/download-links", thing)
                .expect(201)
                .json()
                .get("url")
                .asString();
        return server.client.get(url).expect(200);
    }

    private static boolean archive(ApiClient.Answer answer) {
        return new String(answer.response().body(), 0, 5, StandardCharsets.US_ASCII).equals("PGDMP");
    }

    private static String backup(TestServer server, ApiClient admin) {
        String run = admin.post("/api/v1/runs", "{\"stack\":\"pg\",\"kind\":\"backup\"}")
                .expect(202)
                .header("location");
        assertThat(server.services
                        .runs()
                        .awaitEnd(new RunId(run.substring(run.lastIndexOf('/') + 1)), TestServer.patience()))
                .isPresent();
        JsonNode ended = admin.get(run).expect(200).json();
        return ended.path("snapshot").asString(ended.toString());
    }

    private static String stack(TestServer server, String url) {
        return """
                stack: pg
                sources:
                  database:
                    postgres:
                      url: %s
                repository:
                  passphrase: four random words here
                  destinations:
                    disk:
                      local:
                        path: %s
                """.formatted(url, server.folder.resolve("pg-disk"));
    }
}
