package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that look after a repository, at a server. */
class RemoteUpkeepTest {
    private static final String RUN = "01jd00000000000000000000zz";
    private static final String RUNS = "POST /api/v1/runs";
    private static final String SNAPSHOTS = "GET /api/v1/snapshots?limit=500&stack=shop";
    private static final String SIMULATE = "POST /api/v1/stacks/shop/retention/simulate";
    private static final String DESTINATIONS =
            "\"destinations\": [{\"name\": \"disk\", \"location\": \"/backups\", \"state\": \"complete\", \"reason\": \"\"}]";
    private static final String CHECKED = """
            {"sound": true, "snapshots": 2, "packs": 3, "chunks": 4, "bytesRead": 5, "dataRead": true, "problems": [], %s,
             "findings": []}""".formatted(DESTINATIONS);

    private final CannedServer server = new CannedServer();

    @TempDir
    private Path folder;

    private Started program = new Started(Path.of("/nowhere"), new Canned());

    @BeforeEach
    void start() {
        program = new Started(folder, new Canned());
        program.environment.put("HOLDFAST_SERVER", server.url());
        program.environment.put("HOLDFAST_TOKEN", CannedServer.TOKEN);
        server.on("GET /api/v1/stacks", "{\"items\": [{\"name\": \"shop\"}], \"troubles\": []}")
                .on(
                        SNAPSHOTS,
                        "{\"items\": [" + snapshot(Canned.SECOND.text()) + ", " + snapshot(Canned.FIRST.text()) + "]}");
    }

    @AfterEach
    void end() {
        server.close();
    }

    private static String snapshot(String id) {
        return """
                {"id": "%s", "stack": "shop", "began": "2026-11-20T05:00:00Z", "committed": "2026-11-20T05:00:42Z", "parts": [],
                 "labels": {}, "findings": []}""".formatted(id);
    }

    private static String run(String state, String more) {
        return """
                {"id": "%s", "stack": "shop", "kind": "check", "state": "%s", "began": "2026-11-20T05:00:00Z"%s}""".formatted(RUN, state, more);
    }

    private static String ended(String state, String result) {
        return run(state, ", \"result\": " + result);
    }

    private void runEnds(String begun, String ended) {
        server.on(begun, 202, "application/json", run("waiting", ""))
                .on("GET /api/v1/runs/" + RUN, run("running", ""))
                .on("GET /api/v1/runs/" + RUN, ended);
    }

    /** The same command where the repository is, for what both have to say. */
    private Started here() {
        Started local = new Started(folder, new Canned());
        local.environment.put("HOLDFAST_PASSPHRASE", "secret");
        return local;
    }

    private void saysTheSame(String... command) {
        String[] local = new String[command.length + 2];
        System.arraycopy(command, 0, local, 0, command.length);
        local[command.length] = "--repository";
        local[command.length + 1] = folder.toString();
        Started here = here();
        int code = here.run(local);
        assertThat(program.run(command)).as(program.err()).isEqualTo(code);
        assertThat(program.out()).isEqualTo(here.out()).isNotEmpty();
    }

    @Test
    void a_check_of_a_server_is_told_as_one_of_this_machine() {
        runEnds(RUNS, ended("succeeded", CHECKED));

        saysTheSame("check", "--read-data");
        assertThat(server.asked()).contains(RUNS + " {\"stack\":\"shop\",\"kind\":\"check\",\"readData\":true}");
        saysTheSame("check", "--read-data", "--json");
    }

    @Test
    void what_a_check_found_there_fails_here() {
        runEnds(RUNS, run("failed", """
                        , "error": {"code": "check-failed", "number": 71, "message": "the repository is damaged", "hint": ""},
                        "result": {"sound": false, "snapshots": 2, "packs": 3, "chunks": 4, "bytesRead": 5, "dataRead": false,
                          "problems": [{"destination": "disk", "file": "data/1", "what": "it is gone", "snapshots": ["%s"],
                            "entries": ["one"], "entryCount": 2, "elsewhere": ["offsite"]}],
                          "destinations": [], "findings": []}""".formatted(Canned.FIRST)));

        assertThat(program.run("check")).isEqualTo(ErrorCode.CHECK_FAILED.number());
        assertThat(program.out())
                .contains("Destination 'disk': data/1: it is gone")
                .contains("hurts snapshots: " + Canned.FIRST)
                .contains("hurts one\n  and 1 more entries\n  sound at: offsite");
        assertThat(program.err()).contains("error: found 1 problem in the repository\nHINT: other destinations");
    }

    @Test
    void what_was_found_there_is_code_3_here() {
        runEnds(RUNS, run("attention", """
                        , "error": {"code": "findings", "number": 3, "message": "look", "hint": ""},
                        "result": {"objectsCopied": 3, "bytesCopied": 64000000,
                          "destinations": [{"name": "disk", "location": "/backups", "state": "behind", "reason": "it is full"}]}"""));

        assertThat(program.run("sync")).isEqualTo(ErrorCode.FINDINGS.number());
        assertThat(program.out())
                .contains("Copied 3 objects, 64.0 MB")
                .contains("Destination 'disk' is BEHIND: /backups: it is full");
        assertThat(server.asked()).contains(RUNS + " {\"stack\":\"shop\",\"kind\":\"sync\"}");
    }

    @Test
    void a_prune_tells_what_it_freed_there() {
        runEnds(RUNS, ended("succeeded", """
                        {"dryRun": true, "snapshotsKept": 2, "snapshotsRemoved": 1, "packsBefore": 10, "packsRemoved": 4,
                         "packsRewritten": 1, "bytesBefore": 201000000, "bytesFreed": 50000000, %s}""".formatted(DESTINATIONS)));

        assertThat(program.run("prune", "--dry-run", "--stack", "shop")).isZero();
        assertThat(program.out()).isEqualTo("""
                        Would free 50.0 MB of 201 MB at each destination: 4 of 10 packs deleted, 1 rewritten
                        2 snapshots kept, 1 removed
                        """);
        assertThat(server.asked()).contains(RUNS + " {\"stack\":\"shop\",\"kind\":\"prune\",\"dryRun\":true}");
    }

    @Test
    void snapshots_are_given_up_there_after_somebody_agreed_here() {
        runEnds(
                "POST /api/v1/stacks/shop/forget",
                ended("succeeded", "{\"forgotten\": [\"" + Canned.FIRST + "\"], \"left\": 1, " + DESTINATIONS + "}"));

        assertThat(program.run("forget", "01jd0")).isEqualTo(ErrorCode.NOT_CONFIRMED.number());
        assertThat(server.asked()).noneMatch(request -> request.startsWith("POST"));
        program.present = true;
        program.answers.add("forget");
        assertThat(program.run("forget", "01jd0")).isZero();
        assertThat(program.err()).contains("Snapshot " + Canned.FIRST + " can never be restored again.");
        assertThat(program.out())
                .isEqualTo("Forgot " + Canned.FIRST + " of 2026-11-20 05:00:00 UTC\n"
                        + "1 snapshot is left; 'holdfast prune' frees the space.\n");
        assertThat(server.asked())
                .contains("POST /api/v1/stacks/shop/forget {\"confirm\":\"shop\",\"snapshots\":[\"" + Canned.FIRST
                        + "\"]}");
        program.answers.add("no");
        assertThat(program.run("forget", "01jd0", "latest")).isEqualTo(ErrorCode.NOT_CONFIRMED.number());
        assertThat(program.err())
                .contains("2 snapshots " + Canned.FIRST + ", " + Canned.SECOND)
                .contains("no other is left");
    }

    private static String decisions(String id, String time, String kept) {
        return """
                [{"%1$s": "%4$s", "%2$s": "2026-11-21T05:00:00Z", "%3$s": true, "why": ["daily 2026-11-21", "last"]},
                 {"%1$s": "%5$s", "%2$s": "2026-11-20T05:00:00Z", "%3$s": false, "why": []}]""".formatted(id, time, kept, Canned.SECOND, Canned.FIRST);
    }

    @Test
    void retention_is_looked_at_there_agreed_to_here_and_applied_there() {
        server.on(
                SIMULATE,
                "{\"policy\": \"daily 7\", \"kept\": 1, \"removed\": 1, \"left\": 2, \"items\": "
                        + decisions("snapshot", "began", "keep") + ", " + DESTINATIONS + "}");
        runEnds(
                RUNS,
                ended(
                        "succeeded",
                        "{\"dryRun\": false, \"kept\": 1, \"removed\": 1, \"left\": 1, \"snapshots\": "
                                + decisions("id", "time", "kept") + ", " + DESTINATIONS + "}"));

        assertThat(program.run("retention", "--dry-run")).as(program.err()).isZero();
        assertThat(program.out())
                .containsPattern(Canned.SECOND + " +2026-11-21 05:00:00 UTC +kept +daily 2026-11-21, last\n")
                .containsPattern(Canned.FIRST + " +2026-11-20 05:00:00 UTC +would go")
                .contains("1 snapshot kept, 1 would be given up.");
        assertThat(program.run("retention")).isEqualTo(ErrorCode.NOT_CONFIRMED.number());
        assertThat(server.asked()).noneMatch(request -> request.startsWith(RUNS));
        assertThat(program.run("retention", "--yes")).isZero();
        assertThat(program.out()).contains("given up").contains("1 snapshot kept, 1 given up.");
        assertThat(server.asked()).contains(RUNS + " {\"stack\":\"shop\",\"kind\":\"retention\",\"dryRun\":false}");
        assertThat(program.run("retention", "--yes", "--json")).isZero();
        assertThat(program.out())
                .contains(
                        "\"kept\":1,\"removed\":1,\"left\":1,\"snapshots\":[{\"id\":\"" + Canned.SECOND
                                + "\",\"time\":\"2026-11-21T05:00:00Z\",\"kept\":true,\"why\":[\"daily 2026-11-21\",\"last\"]}");
    }

    @Test
    void a_comparison_tells_what_differs_there() {
        runEnds(RUNS, run("failed", """
                , "error": {"code": "different", "number": 70, "message": "not equal", "hint": ""},
                "result": {"snapshot": "%s", "stack": "shop", "equal": false, "findings": [], "parts": [
                  {"name": "media", "kind": "bucket", "with": "s3://other", "compared": 12, "equal": false,
                   "differences": [{"key": "a", "what": "is missing"}], "differenceCount": 3}]}""".formatted(Canned.SECOND)));

        assertThat(program.run("compare", "latest", "--part", "media", "--with", "media=other"))
                .isEqualTo(ErrorCode.DIFFERENT.number());
        assertThat(program.out())
                .contains("Snapshot " + Canned.SECOND + " of stack 'shop', 2026-11-20 05:00:00 UTC")
                .containsPattern("media +bucket +12 +3 DIFFERENCES +s3://other")
                .contains("media: a: is missing\nand 2 more in part 'media'");
        assertThat(program.err()).contains("error: found 3 differences to snapshot " + Canned.SECOND);
        assertThat(server.asked())
                .contains(RUNS + " {\"stack\":\"shop\",\"kind\":\"compare\",\"snapshot\":\"" + Canned.SECOND
                        + "\",\"parts\":[\"media\"],\"places\":{\"media\":\"other\"}}");
    }

    @Test
    void how_a_run_goes_is_told_from_its_events_also_after_they_were_cut() {
        runEnds(RUNS, ended("succeeded", CHECKED));
        String events = "GET /api/v1/runs/" + RUN + "/events";
        server.cut(events, "text/event-stream", event(7, "{\"event\":\"step\",\"phase\":\"check\",\"ended\":false}"))
                .on(
                        events,
                        "text/event-stream",
                        (text(8, "{\"event\":\"step\",\"phase\":\"check\",\"ended\":true,\"entries\":3,\"bytes\":4000}")
                                        + ": still here\n\n" + text(9, "{\"event\":\"state\",\"state\":\"succeeded\"}"))
                                .getBytes(StandardCharsets.UTF_8));

        assertThat(program.run("check")).isZero();
        assertThat(program.err()).startsWith("checking: done, 4.0 kB, 3 entries in ");
        assertThat(server.header("Last-Event-ID")).containsExactly("7");
    }

    private static byte[] event(int id, String data) {
        return text(id, data).getBytes(StandardCharsets.UTF_8);
    }

    private static String text(int id, String data) {
        return "retry: 2000\n\nid: " + id + "\nevent: any\ndata: " + data + "\n\n";
    }

    @Test
    void a_run_is_followed_through_a_break_and_a_gateway_that_reaches_nobody() {
        server.on(RUNS, 202, "application/json", run("waiting", ""))
                .on("GET /api/v1/runs/" + RUN, 502, "text/html", "<html>bad gateway")
                .on("GET /api/v1/runs/" + RUN, 503, "application/problem+json", """
                        {"detail": "the server ends", "code": "server-unavailable", "number": 76, "hint": ""}""")
                .lost("GET /api/v1/runs/" + RUN)
                .on("GET /api/v1/runs/" + RUN, ended("succeeded", CHECKED));

        assertThat(program.run("check")).as(program.err()).isZero();
    }

    @Test
    void a_run_whose_beginning_was_not_heard_of_is_begun_once() {
        server.lost(RUNS);
        runEnds(RUNS, ended("succeeded", CHECKED));

        assertThat(program.run("check")).as(program.err()).isZero();
        assertThat(server.header("Idempotency-Key"))
                .hasSize(2)
                .containsOnly(server.header("Idempotency-Key").getFirst());
    }

    @Test
    void a_run_that_somebody_cancelled_meanwhile_is_cancelled_here() {
        runEnds(
                RUNS,
                run(
                        "cancelled",
                        ", \"error\": {\"code\": \"cancelled\", \"message\": \"cancelled by eva\", \"hint\": \"\"}"));

        assertThat(program.run("prune")).isEqualTo(ErrorCode.CANCELLED.number());
        assertThat(program.err()).contains("error: the run was cancelled");
    }

    @Test
    void what_the_token_is_not_good_for_is_refused() {
        server.on("POST /api/v1/stacks/shop/forget", 403, "application/problem+json", """
                {"detail": "this needs the role admin to stack 'shop'", "code": "forbidden", "number": 78, "hint": "ask an administrator for it."}""");

        assertThat(program.run("forget", "latest", "--yes", "--json")).isEqualTo(ErrorCode.FORBIDDEN.number());
        assertThat(program.err()).contains("error: this needs the role admin").contains("HINT: ask an administrator");
        assertThat(program.out()).contains("\"ok\":false").contains("\"code\":\"forbidden\"");
    }

    @Test
    void a_stack_that_the_server_does_not_know_is_told_by_every_command() {
        server.on("GET /api/v1/snapshots?limit=500&stack=shap", "{\"items\": []}");
        for (String path :
                new String[] {RUNS, "GET /api/v1/stacks/shap", "POST /api/v1/stacks/shap/retention/simulate"}) {
            server.on(path, 404, "application/problem+json", """
                    {"detail": "there is no stack 'shap'; did you mean 'shop'?", "code": "unknown-name", "number": 87, "hint": ""}""");
        }
        for (String command :
                new String[] {"check", "sync", "prune", "retention", "forget latest", "compare", "export --output -"}) {
            assertThat(program.run((command + " --stack shap").split(" ")))
                    .as(command)
                    .isEqualTo(ErrorCode.UNKNOWN_NAME.number());
            assertThat(program.err()).as(command).contains("did you mean 'shop'?");
        }
    }

    @Test
    void a_server_that_is_not_there_is_told_by_every_command() {
        server.close();
        for (String command :
                new String[] {"check", "sync", "prune", "retention", "forget latest", "compare", "export --output -"}) {
            assertThat(program.run((command + " --stack shop").split(" ")))
                    .as(command)
                    .isEqualTo(ErrorCode.SERVER_UNAVAILABLE.number());
            assertThat(program.err()).as(command).contains("does not answer: nobody listens there");
        }
    }

    @Test
    void another_stack_than_the_one_described_is_not_touched() throws IOException {
        Started here = here();
        Files.writeString(folder.resolve("holdfast.yaml"), """
                stack: shop
                sources:
                  files: {directory: {path: /tmp}}
                repository:
                  destinations:
                    disk: {local: {path: /backups}}
                """);
        for (String command : new String[] {"sync", "prune", "retention --yes", "forget latest --yes"}) {
            assertThat(here.run((command + " --stack blog").split(" ")))
                    .as(command)
                    .isEqualTo(ErrorCode.USAGE.number());
            assertThat(here.err()).contains("what is described here is stack 'shop' and not 'blog'");
            assertThat(here.run((command + " --stack shop").split(" ")))
                    .as(here.err())
                    .isZero();
        }
    }

    @Test
    void a_stack_file_and_a_server_exclude_each_other() {
        for (String command : new String[] {"check", "sync", "prune", "retention", "forget latest", "compare"}) {
            String[] arguments = (command + " --file x.yaml --server " + server.url()).split(" ");
            assertThat(program.run(arguments)).as(command).isEqualTo(ErrorCode.USAGE.number());
        }
    }
}
