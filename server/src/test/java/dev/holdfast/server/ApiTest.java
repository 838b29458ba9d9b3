package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.access.Role;
import dev.holdfast.control.run.RunId;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ApiTest {
    @TempDir
    static Path folder;

    private static TestServer server;
    private static ApiClient admin;
    private static String first;

    @BeforeAll
    static void start() throws IOException {
        server = new TestServer(folder);
        admin = server.client.as(server.token("anna", Role.ADMIN));
        Files.createDirectories(server.uploads.resolve("sub/deep"));
        Files.writeString(server.uploads.resolve("sub/deep/a%b ü.txt"), "a");
        Files.writeString(server.uploads.resolve("sub/b.txt"), "b");
        first = admin.post("/api/backups/create?wait=120", "{\"stack\":\"shop\"}")
                .expect(201)
                .json()
                .get("id")
                .asString();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String at(String snapshot) {
        return "/api/v1/stacks/shop/snapshots/" + snapshot;
    }

    private static JsonNode ended(ApiClient.Answer accepted) {
        String run = accepted.expect(202).header("location");
        assertThat(server.services
                        .runs()
                        .awaitEnd(new RunId(run.substring(run.lastIndexOf('/') + 1)), TestServer.patience()))
                .isPresent();
        return admin.get(run).expect(200).json();
    }

    @Test
    void a_directory_is_followed_as_an_archive_and_no_tree() {
        ApiClient.Answer plain =
                admin.get(at(first) + "/export/followed?format=tar").expect(200);
        assertThat(plain.header("content-type")).isEqualTo("application/vnd.holdfast.export");
        assertThat(plain.text()).contains("sub/b.txt", "\"fileBytes\":").doesNotContain("\"error\":{");
        ApiClient.Answer usual =
                admin.get(at(first) + "/export/followed?part=uploads").expect(200);
        assertThat(usual.text()).doesNotContain("sub/b.txt").contains("\"fileBytes\":");
        assertThat(admin.get(at(first) + "/export/followed?format=sql")
                        .expect(200)
                        .text())
                .contains("part-missing");
        admin.get(at(first) + "/export/followed?format=tree").expectProblem(400, "usage");
        admin.get(at(first) + "/export?format=tar").expectProblem(400, "usage");
    }

    @Test
    void a_backup_is_made_listed_and_shown() {
        JsonNode snapshot = admin.get(at(first)).expect(200).json();
        assertThat(snapshot.at("/assurance/copies").asInt()).isEqualTo(2);
        assertThat(snapshot.at("/parts/0/name").asString()).isEqualTo("uploads");
        assertThat(admin.get("/api/v1/snapshots?stack=shop&reached=copied&limit=1000")
                        .expect(200)
                        .text())
                .contains(first);
        assertThat(admin.get("/api/v1/status")
                        .expect(200)
                        .json()
                        .at("/stacks/0/snapshots")
                        .asInt())
                .isPositive();
        assertThat(admin.get("/api/v1/stacks/shop").expect(200).text())
                .contains(server.uploads.toString())
                .doesNotContain("four random words");
        assertThat(admin.get("/api/v1/destinations").expect(200).text()).contains("\"complete\"");
        assertThat(admin.get("/metrics").expect(200).text())
                .contains("holdfast_last_success_age_seconds{stack=\"shop\"}")
                .contains("holdfast_runs_ended_total{kind=\"backup\"");
    }

    @Test
    void a_snapshot_is_pinned_and_noted() {
        JsonNode changed = admin.send("PATCH", at(first), "{\"pinned\":true,\"note\":\"before the move\"}")
                .expect(200)
                .json();
        assertThat(changed.get("pinned").asBoolean()).isTrue();
        assertThat(changed.get("note").asString()).isEqualTo("before the move");
        JsonNode plan = admin.post("/api/v1/stacks/shop/retention/simulate", "{\"last\":1,\"minimum\":1}")
                .expect(200)
                .json();
        assertThat(plan.get("items")
                        .valueStream()
                        .filter(item -> item.get("snapshot").asString().equals(first))
                        .allMatch(item -> item.get("keep").asBoolean()))
                .isTrue();
        assertThat(plan.get("left").asInt()).isEqualTo(plan.get("items").size());
        assertThat(plan.at("/destinations/0/state").asString()).isEqualTo("complete");
        admin.post("/api/v1/stacks/shop/retention/simulate").expect(200);
        admin.post("/api/v1/stacks/shop/retention/simulate", "{\"zone\":\"Nowhere\"}")
                .expectProblem(400, "configuration-invalid");
    }

    @Test
    void the_version_of_the_application_is_said_later_and_found_by() {
        String of = "/api/v1/snapshots?appVersion=7.3%20beta";
        assertThat(admin.get(of).expect(200).json().get("items")).isEmpty();
        assertThat(admin.send("PATCH", at(first), "{\"appVersion\":\"7.3 beta\"}")
                        .expect(200)
                        .json()
                        .get("appVersion")
                        .asString())
                .isEqualTo("7.3 beta");
        assertThat(admin.get(of).expect(200).json().at("/items/0/id").asString())
                .isEqualTo(first);
        assertThat(admin.send("PATCH", at(first), "{\"appVersion\":\"\"}")
                        .expect(200)
                        .json()
                        .has("appVersion"))
                .isFalse();
        assertThat(admin.get("/api/v1/audit?action=annotateSnapshot&limit=1000")
                        .expect(200)
                        .text())
                .contains(first);
    }

    @Test
    void entries_are_browsed_by_folders_and_page_by_page_and_downloaded() {
        JsonNode top = admin.get(at(first) + "/entries?part=uploads&folders=true")
                .expect(200)
                .json();
        assertThat(top.toString()).contains("\"sub/\"").contains("hello.txt").doesNotContain("deep");
        assertThat(admin.get(at(first) + "/entries?part=uploads&folders=true&prefix=sub/")
                        .expect(200)
                        .text())
                .contains("sub/deep/")
                .contains("sub/b.txt");
        int pages = 0;
        int entries = 0;
        String next = "";
        do {
            JsonNode page = admin.get(at(first) + "/entries?part=uploads&limit=2" + next)
                    .expect(200)
                    .json();
            entries += page.get("items").size();
            next = page.has("next")
                    ? "&after=" + ApiClient.encoded(page.get("next").asString())
                    : "";
            pages++;
        } while (!next.isEmpty());
        JsonNode all = admin.get(at(first) + "/entries?part=uploads&limit=1000")
                .expect(200)
                .json();
        assertThat(entries).isEqualTo(all.get("items").size()).isGreaterThanOrEqualTo(5);
        assertThat(pages).isGreaterThan(2);

        String key = all.get("items")
                .valueStream()
                .map(item -> item.get("key").asString())
                .filter(text -> text.startsWith("sub/deep/a"))
                .findFirst()
                .orElseThrow();
        ApiClient.Answer file = admin.get(at(first) + "/content?part=uploads&key=" + ApiClient.encoded(key))
                .expect(200);
        assertThat(file.text()).isEqualTo("a");
        assertThat(file.header("content-disposition")).startsWith("attachment; filename=\"a_b _.txt\"");
        admin.get(at(first) + "/content?part=uploads&key=nothing").expectProblem(404, "unknown-name");
        admin.get(at(first) + "/content?part=uploads&key=sub%2F").expectProblem(400, "usage");
        admin.get(at(first) + "/content?part=media&key=x").expectProblem(404, "part-missing");
        admin.get(at(first) + "/table?part=uploads&table=public.t").expectProblem(404, "unknown-name");
        admin.get(at(first) + "/export").expectProblem(404, "part-missing");
    }

    @Test
    void two_snapshots_are_compared() throws IOException {
        Files.writeString(server.uploads.resolve("new.txt"), "new");
        JsonNode run =
                ended(admin.post("/api/v1/runs", "{\"stack\":\"shop\",\"kind\":\"backup\",\"appVersion\":\"2.1\"}"));
        String second = run.get("snapshot").asString();
        assertThat(admin.get(at(second)).expect(200).json().get("appVersion").asString())
                .isEqualTo("2.1");
        JsonNode page = admin.get(at(second) + "/differences/" + first + "?part=uploads")
                .expect(200)
                .json();
        assertThat(page.get("items")
                        .valueStream()
                        .filter(item -> item.get("key").asString().equals("new.txt"))
                        .map(item -> item.get("change").asString())
                        .toList())
                .containsExactly("added");
        assertThat(run.at("/result/snapshot").asString()).isEqualTo(second);
        assertThat(admin.get("/api/v1/runs/" + run.get("id").asString() + "/log")
                        .expect(200)
                        .text())
                .isNotEmpty();
    }

    @Test
    void several_snapshots_are_given_up_together_or_none_of_them() {
        String one = backup();
        String other = backup();
        String at = "/api/v1/stacks/shop/forget";
        String order = "{\"snapshots\":[\"%s\",\"%s\",\"%s\"],\"confirm\":\"%s\"}";
        admin.post(at, order.formatted(one, other, other, "shopp")).expectProblem(409, "not-confirmed");
        admin.post(at, order.formatted(one, "01jd0000000000000000000000", other, "shop"))
                .expectProblem(404, "snapshot-missing");
        admin.post(at, "{\"snapshots\":[],\"confirm\":\"shop\"}").expectProblem(400, "usage");
        admin.get(at(one)).expect(200);

        JsonNode run = ended(admin.post(at, order.formatted(one, other, other, "shop")));
        assertThat(run.get("state").asString()).as(run.toString()).isEqualTo("succeeded");
        assertThat(run.at("/result/forgotten").valueStream().map(JsonNode::asString))
                .containsExactly(one, other);
        admin.get(at(one)).expectProblem(404, "snapshot-missing");
        assertThat(admin.get("/api/v1/audit?action=forgetSnapshots&limit=1000")
                        .expect(200)
                        .text())
                .contains(one + " " + other);
    }

    private static String backup() {
        return ended(admin.post("/api/v1/runs", "{\"stack\":\"shop\",\"kind\":\"backup\"}"))
                .get("snapshot")
                .asString();
    }

    @Test
    void retention_that_was_applied_tells_why_as_the_command_does() {
        JsonNode result = ended(
                        admin.post("/api/v1/runs", "{\"stack\":\"shop\",\"kind\":\"retention\",\"dryRun\":true}"))
                .get("result");
        assertThat(result.get("kept").asInt()).isPositive();
        assertThat(result.get("removed").asInt()).isZero();
        assertThat(result.at("/snapshots/0/why/0").asString()).isNotEmpty();
    }

    @Test
    void a_snapshot_is_compared_with_another_place() {
        JsonNode run = ended(admin.post(
                "/api/v1/runs",
                "{\"stack\":\"shop\",\"kind\":\"compare\",\"snapshot\":\"" + first + "\",\"places\":{\"uploads\":\""
                        + folder + "\"}}"));
        assertThat(run.at("/error/code").asString()).as(run.toString()).isEqualTo("different");
        assertThat(run.at("/result/parts/0/with").asString()).contains(folder.toString());
    }

    @Test
    void the_same_call_with_the_same_key_is_the_same_run() {
        HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString("{\"stack\":\"shop\",\"kind\":\"check\"}");
        String one = keyed(body).expect(202).header("location");
        String other = keyed(body).expect(202).header("location");
        assertThat(one).isEqualTo(other);
    }

    private static ApiClient.Answer keyed(HttpRequest.BodyPublisher body) {
        return admin.send(admin.request("POST", "/api/v1/runs", body)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "nightly-1"));
    }

    @Test
    void a_restore_is_planned_confirmed_and_done() throws IOException {
        String order = "{\"stack\":\"shop\",\"snapshot\":\"" + first + "\",\"overwrite\":true%s}";
        JsonNode plan = admin.post("/api/v1/restores/plan", order.formatted(""))
                .expect(200)
                .json();
        assertThat(plan.get("confirm").asString()).isEqualTo("shop");
        assertThat(plan.at("/parts/0/losses")).isNotEmpty();
        admin.post("/api/v1/restores", order.formatted("")).expectProblem(409, "not-confirmed");
        admin.post("/api/v1/restores", order.formatted(",\"confirm\":\"shopp\""))
                .expectProblem(409, "not-confirmed");

        Path copy = folder.resolve("copy");
        JsonNode run = ended(admin.post(
                "/api/v1/restores",
                "{\"stack\":\"shop\",\"snapshot\":\"" + first + "\",\"places\":{\"uploads\":\"" + copy + "\"}}"));
        assertThat(run.get("state").asString()).as(run.toString()).isEqualTo("succeeded");
        assertThat(copy.resolve("sub/b.txt")).hasContent("b");
        JsonNode refused = ended(admin.post("/api/backups/" + first + "/restore"));
        assertThat(refused.get("state").asString()).isEqualTo("failed");
    }

    @Test
    void a_snapshot_is_given_up_only_if_its_id_is_written_twice() {
        String third = admin.post("/api/backups/create", "{}")
                .expect(201)
                .json()
                .get("id")
                .asString();
        admin.delete("/api/backups/" + third + "?confirm=" + first).expectProblem(409, "not-confirmed");
        admin.delete("/api/backups/" + third).expectProblem(400, "usage");
        assertThat(ended(admin.delete(at(third) + "?confirm=" + third))
                        .get("state")
                        .asString())
                .isEqualTo("succeeded");
        admin.get(at(third)).expectProblem(404, "snapshot-missing");
        assertThat(admin.get("/api/backups").expect(200).text()).doesNotContain(third);
    }

    @Test
    void the_teams_calls_answer_as_they_know_them() {
        JsonNode triggered = admin.post("/api/backup/trigger").expect(202).json();
        assertThat(triggered.get("status").asString()).isEqualTo("accepted");
        JsonNode status = admin.get("/api/backup/status").expect(200).json();
        assertThat(status.at("/configuration/sources/0/name").asString()).isEqualTo("uploads");
        assertThat(status.get("backups")).isNotEmpty();
        assertThat(status.get("log")).isNotEmpty();
        assertThat(status.at("/disk/0/freeBytes").asLong()).isPositive();
        assertThat(status.get("warnings")).isEmpty();
        admin.get("/api/backup/list").expect(200);
        admin.get("/api/backup/download/" + "shop_db_x_" + first + ".dump").expectProblem(404, "unknown-name");
        assertThat(admin.get("/api/backups")
                        .expect(200)
                        .json()
                        .at("/backups/0/url")
                        .asString())
                .startsWith("/api/backups/");
    }

    @Test
    void a_stack_is_tried_made_changed_looked_at_and_forgotten() {
        String text = server.stackText("second")
                .replace(folder + "/first", folder + "/third")
                .replace("\n", "\\n");
        admin.post("/api/v1/stacks/test", "{\"text\":\"" + text + "\"}").expect(200);
        admin.post("/api/v1/stacks/test", "{\"text\":\"stack: [\"}").expectProblem(400, "configuration-invalid");
        ApiClient.Answer made =
                admin.post("/api/v1/stacks", "{\"text\":\"" + text + "\"}").expect(201);
        assertThat(made.header("location")).isEqualTo("/api/v1/stacks/second");
        admin.post("/api/v1/stacks", "{\"text\":\"" + text + "\"}").expectProblem(409, "conflict");
        JsonNode shown = admin.get("/api/v1/stacks/second/text").expect(200).json();
        assertThat(shown.get("text").asString()).contains("stack: second").doesNotContain("four random words");
        admin.send("PUT", "/api/v1/stacks/second", shown.toString()).expect(200);
        admin.send("PUT", "/api/v1/stacks/second", shown.toString()).expectProblem(409, "conflict");
        admin.delete("/api/v1/stacks/second?revision=2").expect(204);
        admin.get("/api/v1/stacks/second").expectProblem(404, "unknown-name");
        admin.delete("/api/v1/stacks/shop?revision=1").expectProblem(409, "conflict");
        assertThat(admin.get("/api/v1/stacks/shopp")
                        .expectProblem(404, "unknown-name")
                        .text())
                .contains("did you mean 'shop'");
    }

    @Test
    void a_stack_with_one_place_is_said_to_be_one_copy_short() {
        String two = server.stackText("lonely");
        String one = two.substring(0, two.indexOf("    second:")).replace("\n", "\\n");
        assertThat(admin.get("/api/v1/status").expect(200).text()).doesNotContain("one copy short");
        admin.post("/api/v1/stacks", "{\"text\":\"" + one + "\"}").expect(201);

        JsonNode status =
                admin.get("/api/backup/status?stack=lonely").expect(200).json();
        assertThat(status.at("/warnings/0/message").asString()).startsWith("one copy short");
        assertThat(admin.get("/api/v1/status")
                        .expect(200)
                        .json()
                        .at("/warnings/0/stack")
                        .asString())
                .isEqualTo("lonely");
        admin.delete("/api/v1/stacks/lonely?revision=1").expect(204);
    }

    @Test
    void what_a_backup_needs_is_looked_at() {
        JsonNode look = admin.post("/api/v1/stacks/shop/preflight").expect(200).json();
        assertThat(look.get("verdict").asString()).isEqualTo("ok");
        JsonNode destination =
                admin.get("/api/v1/stacks/shop/destinations/first").expect(200).json();
        assertThat(destination.get("answers").asBoolean()).isTrue();
        assertThat(destination.get("bytes").asLong()).isPositive();
        assertThat(admin.get("/api/v1/stacks/shop/schedule?count=3")
                        .expect(200)
                        .json()
                        .get("next"))
                .hasSize(3);
        admin.get("/api/v1/notifications/channels").expect(200);
        admin.post("/api/v1/notifications/test", "{\"channel\":\"none\"}").expectProblem(404, "unknown-name");
        assertThat(ended(admin.post("/api/v1/stacks/shop/check", "{\"readData\":true}"))
                        .get("state")
                        .asString())
                .isEqualTo("succeeded");
    }
}
