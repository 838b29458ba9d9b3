package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Files that exports keep: written, listed and cleaned up from the command line, here and at a server. */
class KeptExportsTest {
    private static final String RUN = "01jd00000000000000000000zz";
    private static final String AT = "/api/v1/stacks/shop/exports";

    private final CannedServer server = new CannedServer();

    @TempDir
    private Path folder;

    private Started here = new Started(Path.of("/nowhere"), new Canned());
    private Started there = new Started(Path.of("/nowhere"), new Canned());

    @BeforeEach
    void start() throws IOException {
        Files.writeString(folder.resolve("holdfast.yaml"), """
                stack: shop
                sources:
                  media: {directory: {path: /srv/media}}
                repository:
                  passphrase: four random words
                  destinations:
                    disk: {local: {path: /backups}}
                exports:
                  open:
                    name: "{part}_{id}.{ext}"
                    places:
                      disk: {local: {path: kept}, keep: {last: 1, minimum: 1}}
                """);
        here = new Started(folder, new Canned());
        there = new Started(folder, new Canned());
        there.environment.put("HOLDFAST_SERVER", server.url());
        there.environment.put("HOLDFAST_TOKEN", CannedServer.TOKEN);
        server.on("GET /api/v1/stacks", "{\"items\": [{\"name\": \"shop\"}], \"troubles\": []}");
    }

    @AfterEach
    void end() {
        server.close();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("kept"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private JsonNode json() {
        return JsonMapper.shared().readTree(here.out());
    }

    @Test
    void a_snapshot_goes_to_the_places_and_is_listed() throws IOException {
        assertThat(here.run("export", "--to-places")).as(here.err()).isZero();

        assertThat(here.out())
                .contains("Snapshot " + Canned.SECOND + " in 'disk'")
                .contains("2 files")
                .contains("Place 'disk' of export 'open' is complete: " + folder.resolve("kept"));
        String name = "media_" + Canned.SECOND + ".tar.gz";
        assertThat(files()).containsExactly(name, name + ".manifest.json");
        assertThat(here.run("exports", "--json")).isZero();
        JsonNode entry = json().path("places").path(0).path("entries").path(0);
        assertThat(entry.path("state").asString()).isEqualTo("whole");
        assertThat(entry.path("files").path(0).asString()).isEqualTo(name);
    }

    @Test
    void one_snapshot_that_is_named_goes_there_and_a_clean_up_removes_what_the_place_does_not_keep()
            throws IOException {
        assertThat(here.run("export", "--to-places")).isZero();
        assertThat(here.run("export", Canned.FIRST.text(), "--to-places"))
                .as(here.err())
                .isZero();
        assertThat(here.run("export", Canned.SECOND.text(), "--to-places")).isZero();
        assertThat(here.out()).contains("was there already");
        assertThat(here.run("exports", "clean", "--dry-run")).isZero();
        assertThat(here.run("exports", "clean")).isZero();

        assertThat(files())
                .allMatch(name -> name.contains(Canned.SECOND.text()))
                .hasSize(2);
    }

    @Test
    void a_place_that_is_away_is_told_with_what_to_do() {
        assertThat(here.run("exports")).isNotZero();
        assertThat(here.out()).contains("Place 'disk' of export 'open' CANNOT be used");
        assertThat(folder.resolve("kept")).doesNotExist();
    }

    @Test
    void options_that_contradict_each_other_are_refused() {
        for (String command : List.of(
                "export --to-places --output x",
                "export --to-places --create",
                "export --since 2026-01-31",
                "export --all",
                "export --all --output -",
                "export --all --output ftp://nas/all",
                "export --all --output s3://",
                "export --all --output all --to-places",
                "export --all --output all --format sql",
                "export --all --output all --files rar",
                "export --all --output all --databases tar",
                "export --all --output all --since yesterday",
                "export --all --output all --server https://backup.example.org",
                "exports --dry-run")) {
            assertThat(here.run(command.split(" "))).as(command).isEqualTo(ErrorCode.USAGE.number());
        }
    }

    @Test
    void everything_goes_into_a_folder_with_an_index() throws IOException {
        assertThat(here.run("export", "--all", "--output", "all"))
                .as(here.err())
                .isZero();

        assertThat(here.out())
                .contains("Wrote 2 files")
                .contains("There are 2 files of 2 snapshots")
                .contains(folder.resolve("all/index.html").toString());
        assertThat(Files.readAllLines(folder.resolve("all/SHA256SUMS"))).hasSize(4);
        assertThat(here.run("export", "--all", "--output", "all", "--json")).isZero();
        assertThat(json().path("present").asInt()).isEqualTo(2);
        assertThat(json().path("written").asInt()).isZero();
        assertThat(json().path("missing").asInt()).isZero();
    }

    @Test
    void everything_of_a_place_without_a_stack_file_is_written_too() {
        here.environment.put("HOLDFAST_PASSPHRASE", "secret");

        assertThat(here.run(
                        "export",
                        "--all",
                        "--output",
                        "all",
                        "--repository",
                        "/backups",
                        "--files",
                        "zip",
                        "--since",
                        "2026-11-20"))
                .as(here.err())
                .isZero();
        assertThat(here.out()).contains("Wrote 2 files");
        assertThat(here.run("export", "--all", "--output", "all", "--since", "2026-11-20T05:00:01Z"))
                .isEqualTo(ErrorCode.SNAPSHOT_MISSING.number());
    }

    /** What a server would say of what is in the folder. */
    private ObjectNode told() {
        assertThat(here.run("exports", "--json")).isZero();
        ObjectNode place = ((ObjectNode) json().path("places").path(0)).deepCopy();
        ArrayNode entries = place.putArray("entries");
        json().path("places").path(0).path("entries").forEach(entry -> {
            ObjectNode one =
                    entries.add(entry.deepCopy()).get(entries.size() - 1).asObject();
            one.putArray("why").add("minimum").add("last");
            ArrayNode files = one.putArray("files");
            long rest = one.path("bytes").asLong();
            for (JsonNode name : entry.path("files")) {
                files.addObject().put("name", name.asString()).put("bytes", rest);
                rest = 0;
            }
        });
        return place;
    }

    @Test
    void what_a_server_keeps_is_listed_as_what_is_kept_here() {
        assertThat(here.run("export", "--to-places")).isZero();
        ObjectNode place = told();
        JsonNode entries = place.remove("entries");
        place.put("state", "usable");
        server.on("GET " + AT, "{\"items\": [" + place + "], \"findings\": []}")
                .on("GET " + AT + "/open/places/disk?limit=500", "{\"items\": [], \"next\": \"after.that\"}")
                .on("GET " + AT + "/open/places/disk?limit=500&after=after.that", "{\"items\": " + entries + "}");

        assertThat(here.run("exports")).isZero();
        assertThat(there.run("exports")).as(there.err()).isZero();

        assertThat(there.out()).isEqualTo(here.out()).contains("whole");
    }

    @Test
    void a_server_that_writes_and_cleans_up_is_told_as_this_machine() {
        assertThat(here.run("export", "--to-places")).isZero();
        ObjectNode place = told();
        ObjectNode result =
                JsonMapper.shared().createObjectNode().put("dryRun", true).put("seconds", 0);
        result.putArray("findings");
        result.putArray("exports");
        result.putArray("places").add(place);
        server.on("POST " + AT + "/clean", 202, "application/json", run("waiting", ""))
                .on("GET /api/v1/runs/" + RUN, run("succeeded", ", \"result\": " + result));

        assertThat(here.run("exports", "clean", "--dry-run")).isZero();
        assertThat(there.run("exports", "clean", "--dry-run")).as(there.err()).isZero();

        assertThat(there.out()).isEqualTo(here.out());
        assertThat(server.asked()).contains("POST " + AT + "/clean {\"dryRun\":true}");
    }

    @Test
    void what_a_server_could_not_write_is_code_3_here_with_what_to_do() {
        server.on("POST " + AT, 202, "application/json", run("waiting", ""))
                .on("GET /api/v1/runs/" + RUN, run("attention", """
                        , "error": {"code": "findings", "number": 3, "message": "the export is degraded", "hint": ""},
                        "result": {"dryRun": false, "degraded": "degraded: 1 of 2", "seconds": 1.0, "findings": [],
                          "exports": [
                            {"export": "open", "snapshot": "%1$s", "place": "disk", "location": "/kept", "state": "whole",
                             "files": 2, "bytes": 30, "entry": {"id": "%1$s", "snapshot": "%1$s", "time": "2026-11-20T05:00:00Z",
                               "bytes": 30, "files": [{"name": "a.tar", "bytes": 10}, {"name": "a.json", "bytes": 20}]}},
                            {"export": "open", "snapshot": "%1$s", "place": "nas", "location": "sftp://nas/kept", "state": "failed",
                             "error": {"code": "store-unavailable", "number": 30, "message": "nobody answers", "hint": "look at it."}}],
                          "places": [
                            {"export": "open", "place": "disk", "location": "/kept", "state": "complete", "removed": 0, "entries": []},
                            {"export": "open", "place": "nas", "location": "sftp://nas/kept", "state": "behind", "removed": 0,
                             "error": {"code": "store-unavailable", "number": 30, "message": "nobody answers", "hint": "look at it."},
                             "entries": []}]}""".formatted(Canned.SECOND)));

        assertThat(there.run("export", Canned.SECOND.text(), "--to-places")).isEqualTo(ErrorCode.FINDINGS.number());

        assertThat(there.out())
                .contains("in 'disk' (/kept): 2 files, 30 B")
                .contains("in 'nas' (sftp://nas/kept) is NOT there: nobody answers; look at it.")
                .contains("The export is degraded: 1 of 2 places.");
        assertThat(server.asked()).contains("POST " + AT + " {\"snapshot\":\"" + Canned.SECOND + "\"}");
    }

    private static String run(String state, String more) {
        return """
                {"id": "%s", "stack": "shop", "kind": "export", "state": "%s", "began": "2026-11-20T05:00:00Z"%s}""".formatted(RUN, state, more);
    }
}
