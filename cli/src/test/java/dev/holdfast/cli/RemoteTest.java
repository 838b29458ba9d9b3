package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteTest {
    private static final String RUN = "01jd00000000000000000000zz";
    private static final String STACKS = "{\"items\": [{\"name\": \"shop\"}], \"troubles\": []}";
    private static final String PART =
            "{\"name\": \"media\", \"kind\": \"bucket\", \"location\": \"the media\", \"entries\": 3000,"
                    + " \"bytes\": 201000000, \"storedBytes\": 1200000}";
    private static final String SNAPSHOTS = """
            {"items": [%s, %s]}""".formatted(
                    snapshot(Canned.SECOND.text(), "{\"version\": \"1.4.2\"}"), snapshot(Canned.FIRST.text(), "{}"));
    private static final String BACKUP = """
            {"snapshot": "%s", "stack": "shop", "parts": [{"name": "media", "kind": "bucket", "location": "the media",
              "entries": 3000, "bytes": 201000000, "storedBytes": 1200000, "newEntries": 30, "changedEntries": 20,
              "unchangedEntries": 2950, "removedEntries": 1, "readEntries": 50, "readBytes": 4000000}],
             "bytes": 201000000, "storedBytes": 1200000, "readBytes": 4000000, "seconds": 42.0,
             "destinations": [{"name": "disk", "location": "/backups", "state": "complete", "reason": ""}], "findings": []}""".formatted(Canned.FIRST);

    private final CannedServer server = new CannedServer();

    @TempDir
    private Path folder;

    private Started program = new Started(Path.of("/nowhere"), new Canned());

    @BeforeEach
    void start() {
        program = new Started(folder, new Canned());
        program.environment.put("HOLDFAST_SERVER", server.url());
        program.environment.put("HOLDFAST_TOKEN", CannedServer.TOKEN);
        server.on("GET /api/v1/stacks", STACKS);
    }

    @AfterEach
    void end() {
        server.close();
    }

    private static String snapshot(String id, String labels) {
        return """
                {"id": "%s", "stack": "shop", "began": "2026-11-20T05:00:00Z", "committed": "2026-11-20T05:00:42Z",
                 "host": "host", "version": "0.1.0", "parts": [%s], "entries": 3000, "bytes": 201000000,
                 "storedBytes": 1200000, "labels": %s, "findings": [], "pinned": false, "note": ""}""".formatted(id, PART, labels);
    }

    private static String run(String state, String more) {
        return """
                {"id": "%s", "stack": "shop", "kind": "backup", "state": "%s", "trigger": "api", "actor": "ci",
                 "requested": "2026-11-20T05:00:00Z", "began": "2026-11-20T05:00:00Z", "waitingFor": "", "attempt": 1%s}""".formatted(RUN, state, more);
    }

    private void backupEnds(String state, String more) {
        String progress = """
                , "progress": {"phase": "capture", "subject": "media", "entries": 5, "expectedEntries": 9, "bytes": 7, "expectedBytes": 8}""";
        server.on("POST /api/v1/runs", 202, "application/json", run("waiting", ""))
                .on("GET /api/v1/runs/" + RUN, run("running", progress))
                .on("GET /api/v1/runs/" + RUN, run(state, more));
    }

    @Test
    void a_backup_of_a_server_is_told_as_one_of_this_machine() {
        backupEnds("succeeded", ", \"result\": " + BACKUP);

        assertThat(program.run("backup", "--label", "version=1", "--source", "media"))
                .isZero();
        assertThat(program.out())
                .contains("Snapshot " + Canned.FIRST + " of stack 'shop'")
                .contains("Stored 1.2 MB (0.6 % of 201 MB), read 4.0 MB, in ")
                .contains("Destination 'disk' is complete: /backups");
        assertThat(server.asked())
                .anyMatch(request -> request.startsWith("POST /api/v1/runs {\"stack\":\"shop\",\"kind\":\"backup\"")
                        && request.contains("\"sources\":[\"media\"]")
                        && request.contains("\"labels\":{\"version\":\"1\"}"));
        program.run("backup", "--json");
        assertThat(program.out()).contains("\"ok\":true").contains("\"snapshot\":\"" + Canned.FIRST);
    }

    @Test
    void a_run_that_failed_there_ends_here_with_its_error_and_code() {
        backupEnds("failed", """
                , "error": {"code": "database-unavailable", "number": 40, "message": "no such host", "hint": "look."}""");

        assertThat(program.run("now")).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE.number());
        assertThat(program.err()).contains("error: no such host\nHINT: look.\n");
    }

    @Test
    void a_run_that_was_cancelled_there_is_cancelled_here() {
        backupEnds("cancelled", "");

        assertThat(program.run("backup")).isEqualTo(ErrorCode.CANCELLED.number());
    }

    @Test
    void snapshots_are_listed_page_by_page_oldest_first() {
        server.on("GET /api/v1/snapshots?limit=500&stack=shop", """
                        {"items": [%s], "next": "%s"}""".formatted(
                                snapshot(Canned.SECOND.text(), "{}"), Canned.SECOND))
                .on("GET /api/v1/snapshots?limit=500&stack=shop&after=" + Canned.SECOND, """
                        {"items": [%s]}""".formatted(
                                snapshot(Canned.FIRST.text(), "{}")))
                .on("GET /api/v1/destinations?stack=shop", """
                        {"items": [{"stack": "shop", "name": "offsite", "location": "s3://b", "state": "behind", "reason": "away"}]}""");

        assertThat(program.run("list", "--stack", "shop")).isZero();
        assertThat(program.out())
                .containsSubsequence(Canned.FIRST.text(), Canned.SECOND.text())
                .contains("Destination 'offsite' is BEHIND: s3://b: away");
    }

    @Test
    void a_snapshot_of_a_server_is_shown_as_one_of_this_machine() {
        server.on("GET /api/v1/snapshots?limit=500&stack=shop", SNAPSHOTS);

        assertThat(program.run("show", "latest")).isZero();
        assertThat(program.out()).containsPattern("media +bucket +3,000 +201 MB +1.2 MB +the media");
    }

    @Test
    void snapshots_of_a_server_are_pinned_and_released_there() {
        String path = "PATCH /api/v1/stacks/shop/snapshots/";
        server.on("GET /api/v1/snapshots?limit=500&stack=shop", SNAPSHOTS)
                .on(path + Canned.FIRST, snapshot(Canned.FIRST.text(), "{}"))
                .on(path + Canned.SECOND, snapshot(Canned.SECOND.text(), "{}"))
                .on(
                        "GET /api/v1/snapshots?limit=500&pinned=true",
                        "{\"items\": [" + snapshot(Canned.FIRST.text(), "{}") + "]}");

        assertThat(program.run("pin")).isZero();
        assertThat(program.out()).isEqualTo("Pinned: " + Canned.FIRST + " of stack 'shop', 2026-11-20 05:00:00 UTC\n");
        assertThat(server.asked()).noneMatch(request -> request.startsWith("PATCH"));
        assertThat(program.run("pin", "01jd0")).isZero();
        assertThat(program.run("pin", "--release", "latest")).isZero();
        assertThat(server.asked())
                .contains(path + Canned.FIRST + " {\"pinned\":true}", path + Canned.SECOND + " {\"pinned\":false}");
        assertThat(program.run("pin", "nothing")).isEqualTo(ErrorCode.SNAPSHOT_MISSING.number());
    }

    @Test
    void entries_are_shown_as_they_come() {
        server.on("GET /api/v1/snapshots?limit=500&stack=shop", SNAPSHOTS)
                .on(
                        "GET /api/v1/stacks/shop/snapshots/" + Canned.SECOND
                                + "/entries?part=media&prefix=a%20b%2F&limit=500",
                        """
                        {"items": [{"key": "a%20b/c", "name": "a b/c", "type": "object", "bytes": 1200, "attributes": {"etag": "x"}}]}""");

        assertThat(program.run("show", "latest", "media", "a b/")).isZero();
        assertThat(program.out()).contains("object").contains("1.2 kB  a b/c").contains("1 entry");
        assertThat(program.run("show", "latest", "nothing")).isEqualTo(ErrorCode.PART_MISSING.number());
    }

    @Test
    void a_restore_is_planned_there_confirmed_here_and_begun_there() {
        server.on("GET /api/v1/snapshots?limit=500&stack=shop", SNAPSHOTS)
                .on("POST /api/v1/restores/plan", """
                        {"snapshot": "%s", "feasible": true, "confirm": "shop", "findings": [], "parts": [
                          {"part": "media", "kind": "bucket", "target": "s3://media", "entries": 3, "bytes": 4, "steps": ["put objects"],
                           "losses": ["2 objects are replaced."], "obstacles": [], "findings": [], "facts": [], "items": []}]}""".formatted(Canned.SECOND))
                .on("POST /api/v1/restores", 202, "application/json", run("running", ""))
                .on("GET /api/v1/runs/" + RUN, run("succeeded", """
                        , "result": {"snapshot": "%s", "stack": "shop", "dryRun": false, "seconds": 1.5, "findings": [], "parts": [
                          {"name": "media", "kind": "bucket", "target": "s3://media", "state": "restored", "entries": 3, "bytes": 4,
                           "seconds": 1.0, "notes": [], "findings": []}]}""".formatted(Canned.SECOND)));

        assertThat(program.run("restore-latest"))
                .as("nobody there to confirm")
                .isEqualTo(ErrorCode.NOT_CONFIRMED.number());
        assertThat(server.asked()).noneMatch(request -> request.startsWith("POST /api/v1/restores {"));
        program.present = true;
        program.answers.add("media");
        assertThat(program.run("restore-latest")).isZero();
        assertThat(program.err()).contains("2 objects are replaced.").contains("Type 'media' to go on: ");
        assertThat(program.out()).contains("restored").contains("s3://media");
        assertThat(server.asked())
                .anyMatch(request ->
                        request.startsWith("POST /api/v1/restores {") && request.contains("\"confirm\":\"shop\""));
        assertThat(program.run("restore", "latest", "--dry-run", "--overwrite")).isZero();
        assertThat(program.out()).contains("put objects").contains("Nothing was changed.");
    }

    @Test
    void runs_are_listed_ended_and_their_logs_shown() {
        server.on(
                        "GET /api/v1/runs?limit=20",
                        "{\"items\": ["
                                + run("waiting", "").replace("\"waitingFor\": \"\"", "\"waitingFor\": \"another run\"")
                                + "]}")
                .on("GET /api/v1/runs?limit=1", "{\"items\": [" + run("running", "") + "]}")
                .on("POST /api/v1/runs/" + RUN + "/cancel", 202, "application/json", run("running", ""))
                .on("GET /api/v1/runs/" + RUN + "/log", 200, "text/plain", "one\ntwo\u001b[2J\n");

        assertThat(program.run("runs")).isZero();
        assertThat(program.out()).contains(RUN).contains("waits for another run");
        assertThat(program.run("runs", "--json")).isZero();
        assertThat(program.out()).contains("\"runs\":[{\"id\":\"" + RUN);
        assertThat(program.run("cancel", RUN)).isZero();
        assertThat(program.out()).contains("is running, and was asked to end.");
        assertThat(program.run("logs")).isZero();
        assertThat(program.out()).startsWith("one\ntwo").doesNotContain("\u001b");
    }

    @Test
    void incidents_that_go_on_are_listed_and_others_only_if_they_are_asked_for() {
        String open =
                "{\"title\": \"shop: backup failed\\u001b[2J\", \"began\": \"2026-11-20T02:00:00Z\", \"told\": 2}";
        String over =
                open.replace("backup", "check").replace("\"told\"", "\"ended\": \"2026-11-21T02:00:00Z\", \"told\"");
        server.on("GET /api/v1/incidents?limit=20&open=true", "{\"items\": [" + open + "]}")
                .on("GET /api/v1/incidents?limit=5&stack=shop", "{\"items\": [" + open + ", " + over + "]}");

        assertThat(program.run("incidents")).isZero();
        assertThat(program.out()).contains("shop: backup failed").doesNotContain("\u001b");
        assertThat(program.run("incidents", "--all", "--limit", "5", "--stack", "shop", "--json"))
                .isZero();
        assertThat(program.out()).contains("\"incidents\":[{").contains("2026-11-21T02:00:00Z");
    }

    @Test
    void a_token_that_is_missing_is_asked_for_and_never_shown() {
        program.environment.remove("HOLDFAST_TOKEN");

        assertThat(program.run("runs")).isEqualTo(ErrorCode.NOT_SIGNED_IN.number());
        assertThat(program.err()).contains("HINT: name an API token with HOLDFAST_TOKEN");
        assertThat(program.run("runs", "--token", CannedServer.TOKEN + "x"))
                .isEqualTo(ErrorCode.NOT_SIGNED_IN.number());
        assertThat(program.err()).doesNotContain(CannedServer.TOKEN);
    }

    @Test
    void a_server_that_is_none_or_not_there_is_told() {
        server.on("GET /api/v1/runs?limit=20", 200, "text/html", "<html>");
        assertThat(program.run("runs")).isEqualTo(ErrorCode.SERVER_UNAVAILABLE.number());
        assertThat(program.err()).contains("is no Holdfast server: status 200");
        server.close();
        assertThat(program.run("runs")).isEqualTo(ErrorCode.SERVER_UNAVAILABLE.number());
        assertThat(program.err()).contains("does not answer");
        assertThat(program.run("list", "--server", "ftp://x")).isEqualTo(ErrorCode.USAGE.number());
        assertThat(program.run("list", "--server", server.url(), "--repository", "/x"))
                .isEqualTo(ErrorCode.USAGE.number());
        program.environment.remove("HOLDFAST_SERVER");
        assertThat(program.run("runs", "--state", folder.toString())).isEqualTo(ErrorCode.SERVER_UNAVAILABLE.number());
        assertThat(program.err()).contains("start one with 'holdfast up'");
    }

    @Test
    void answers_that_only_another_version_understands_are_told_as_that() {
        server.on("GET /api/v1/snapshots?limit=500", "{\"items\": [{\"id\": \"not one of ours\"}]}");
        assertThat(program.run("list")).isEqualTo(ErrorCode.SERVER_UNAVAILABLE.number());
        assertThat(program.err()).contains("cannot be understood").contains("another version");
    }

    @Test
    void what_does_not_fit_the_contract_is_told_in_full() {
        server.on("GET /api/v1/runs/nonsense/log", 400, "application/problem+json", """
                {"detail": "the call does not fit the contract", "code": "usage", "number": 2, "hint": "look.",
                 "errors": [{"at": "run", "message": "expected an id, found 'nonsense'"}]}""");
        assertThat(program.run("logs", "nonsense")).isEqualTo(ErrorCode.USAGE.number());
        assertThat(program.err()).contains("run: expected an id, found 'nonsense'");
    }
}
