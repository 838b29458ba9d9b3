package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The same commands where the repository is and at a server: what they do and say is the same. */
@ExtendWith(Stands.Provided.class)
@Timeout(value = 6, unit = TimeUnit.MINUTES)
@Order(9)
class RemoteIT {
    private static final String POLICIES = "retention: {keep-last: 1, keep-minimum: 1}\n";

    /** Scripts have a random word in them, which pg_restore makes up. */
    private static final String DIGEST = "zcat -f | sed 's/^\\\\\\(un\\)*restrict .*//' | sha256sum";

    /** A stack, its server, and the two places of its repository, which can be put back. */
    private record Twofold(Path launcher, Stack stack, Served served, List<Path> places) {
        static Path second(Stack stack) {
            return stack.folder().resolve("second");
        }

        static Twofold of(Stands stands, Stack stack, Served served) {
            return new Twofold(stands.launcher(), stack, served, List.of(stack.disk(), second(stack)));
        }

        Map<String, String> variables(String url) {
            Map<String, String> variables = new HashMap<>(stack.environment());
            variables.remove("HOLDFAST_PASSPHRASE");
            variables.remove("HOLDFAST_RECOVERY_CODE");
            variables.put("HOLDFAST_SERVER", url);
            variables.put("HOLDFAST_TOKEN", served.jwt());
            return variables;
        }

        Outcome there(String... command) {
            try (Running running =
                    stack.start(stack.home(), variables(served.url().toString()), command)) {
                return running.outcome();
            }
        }

        /** Here and there, of the same repository; as text and as JSON. */
        Outcome both(String... command) {
            Outcome json = one(with(command, "--json"));
            assertThat(json.json().isObject()).as(json.toString()).isTrue();
            return one(command);
        }

        private Outcome one(String... command) {
            keep();
            List<String> before = files();
            Outcome here = stack.run(command);
            List<String> left = files();
            putBack();
            Outcome there = there(command);
            assertThat(said(there)).as("here:%n%s%nthere:%n%s", here, there).isEqualTo(said(here));
            assertThat(files()).as("here:%n%s%nthere:%n%s", here, there).hasSameSizeAs(left);
            putBack();
            if (!left.equals(before)) {
                lookAgain();
            }
            return there;
        }

        /** Lets the server see that the snapshots are there again. */
        private void lookAgain() {
            JsonNode run = served.post(
                    202,
                    "/api/v1/runs",
                    JsonMapper.shared()
                            .createObjectNode()
                            .put("stack", "shop")
                            .put("kind", "retention")
                            .put("dryRun", true));
            served.succeeded(run.path("id").asString(""));
        }

        private void keep() {
            forgetKept();
            places.forEach(place -> Shell.run("cp", "-a", place.toString(), place + ".kept"));
        }

        private void putBack() {
            places.forEach(place ->
                    Shell.run("sh", "-c", "rm -rf \"$1\" && cp -a \"$1.kept\" \"$1\"", "sh", place.toString()));
        }

        private void forgetKept() {
            places.forEach(place -> Shell.run("rm", "-rf", place + ".kept"));
        }

        private List<String> files() {
            return places.stream()
                    .flatMap(place -> Arrays.stream(Shell.run(
                                    "sh",
                                    "-c",
                                    "cd \"$1\" && if [ -d data ]; then find data log forget -type f; else find . -type f; fi"
                                            + " 2>/dev/null | sort",
                                    "sh",
                                    place.toString())
                            .split("\n")))
                    .toList();
        }
    }

    private static String[] with(String[] command, String more) {
        List<String> all = new ArrayList<>(List.of(command));
        all.add(more);
        return all.toArray(String[]::new);
    }

    /** All that was said, but for how long it took, how quick that was, and how far it was meanwhile. */
    private static String said(Outcome outcome) {
        return ("exit " + outcome.exit() + "\n" + outcome.out() + "\n---\n" + outcome.err())
                .replaceAll("(?m)^[a-z]+ [^:\n]+: [0-9]+ %, .* left\n", "")
                .replaceAll("in [0-9.]+ (ms|s|min|h)( [0-9.]+ (s|min))?", "in a while")
                .replaceAll(", [0-9.]+ [kMG]?B/s", ", fast")
                .replaceAll("as sql, [0-9.]+ [kMG]?B to", "as sql, some to")
                .replaceAll("\"seconds\":[0-9.E-]+", "\"seconds\":0");
    }

    private static void describe(Stack stack, String more) {
        stack.describe("""
                stack: shop
                %ssources:
                  %s
                  %s
                repository:
                  pack-size: 4MiB
                  destinations:
                    %s
                    %s
                """.formatted(
                        more,
                        stack.databaseSource(),
                        stack.folderSource(),
                        stack.diskDestination(),
                        Stack.local("second", Twofold.second(stack))));
    }

    private static void backups(Stack stack, int count) {
        for (int i = 1; i <= count; i++) {
            stack.uploads().write("file-" + i + ".bin", i, 3_000_000);
            stack.uploads().settle();
            stack.backup();
        }
    }

    private static Served serve(Stack stack) {
        Served served = Served.start(
                stack,
                stack.folder().resolve("state"),
                Map.of(),
                "--stacks",
                stack.home().resolve("holdfast.yaml").toString());
        Until.met(
                "the server knows the snapshots",
                () -> served.snapshots().size() >= stack.snapshots().size());
        served.quiet();
        return served;
    }

    @Test
    void what_looks_after_a_repository_says_and_does_the_same(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "remote")) {
            stack.database().fill(300);
            stack.uploads().fill(20);
            describe(stack, POLICIES);
            stack.init();
            backups(stack, 3);
            try (Served served = serve(stack)) {
                Twofold twofold = Twofold.of(stands, stack, served);
                String first = stack.snapshots().getFirst();

                twofold.both("check").succeeded();
                twofold.both("check", "--read-data").succeeded();
                twofold.both("sync").succeeded();
                twofold.both("prune", "--dry-run").succeeded();
                twofold.both("prune").succeeded();
                twofold.both("retention", "--dry-run").succeeded();
                twofold.both("retention").failed(ErrorCode.NOT_CONFIRMED);
                twofold.both("retention", "--yes").succeeded();
                twofold.both("forget", first).failed(ErrorCode.NOT_CONFIRMED);
                twofold.both("forget", first, "latest", "--yes").succeeded();
                twofold.both("forget", "zzzz", "--yes").failed(ErrorCode.SNAPSHOT_MISSING);

                Shell.run(
                        "sh",
                        "-c",
                        "rm $(find \"$1/data\" -type f | head -1)",
                        "sh",
                        Twofold.second(stack).toString());
                twofold.both("check").failed(ErrorCode.CHECK_FAILED).saying("found 1 problem in the repository");
                Outcome synced = twofold.both("sync").succeeded();
                assertThat(synced.out()).doesNotContain("Copied 0 objects");
                twofold.forgetKept();
            }
        }
    }

    @Test
    void what_keeps_exports_says_and_does_the_same(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "remote-exports")) {
            Path kept = stack.folder().resolve("kept");
            Path other = stack.folder().resolve("other");
            stack.database().fill(100);
            stack.uploads().fill(5);
            describe(stack, exports(kept, other, 3));
            stack.init();
            backups(stack, 3);
            stack.json("export", "--to-places").succeeded();
            describe(stack, exports(kept, other, 1));
            try (Served served = serve(stack)) {
                Twofold twofold = new Twofold(stands.launcher(), stack, served, List.of(stack.disk(), kept, other));
                List<String> snapshots = stack.snapshots();

                String shown = twofold.both("exports").succeeded().out();
                assertThat(shown.lines().filter(line -> line.contains(" whole ")))
                        .hasSize(6);
                assertThat(shown)
                        .contains("'disk' of export 'open' is complete", "'other' of export 'open' is complete");

                Outcome foretold = twofold.both("exports", "clean", "--dry-run").succeeded();
                assertThat(foretold.out().lines().filter(line -> line.endsWith("would go")))
                        .hasSize(4);
                assertThat(left(kept)).containsAll(snapshots);

                Outcome cleaned = twofold.both("exports", "clean").succeeded();
                assertThat(cleaned.out().lines().filter(line -> line.endsWith("removed")))
                        .hasSize(4);
                twofold.there("exports", "clean").succeeded();
                assertThat(left(kept)).containsExactly(snapshots.getLast());
                assertThat(left(other)).containsExactly(snapshots.getLast());

                mended(twofold, other);
                Files.move(kept, stack.folder().resolve("unmounted"));
                Outcome here = stack.run("exports").degraded();
                Outcome there = twofold.there("exports");
                assertThat(said(there)).isEqualTo(said(here)).contains("'disk' of export 'open' CANNOT be used");
                Files.move(stack.folder().resolve("unmounted"), kept);
                twofold.forgetKept();
            }
        }
    }

    private static String exports(Path disk, Path other, int last) {
        return """
                exports:
                  open:
                    name: "{part}_{id}.{ext}"
                    checksums: [sha256]
                    places:
                      disk: {local: {path: '%s'}, keep: {last: %d, minimum: 1}}
                      other: {local: {path: '%s'}, keep: {last: %d, minimum: 1}}
                """.formatted(disk, last, other, last);
    }

    /** The snapshots of which a place has files, the oldest first. */
    private static List<String> left(Path place) throws IOException {
        try (Stream<Path> files = Files.list(place)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".dump"))
                    .map(name -> name.substring(name.indexOf('_') + 1, name.length() - ".dump".length()))
                    .sorted()
                    .toList();
        }
    }

    /** A place that lost everything is told, and gets it again. */
    private static void mended(Twofold twofold, Path other) throws IOException {
        Shell.run("sh", "-c", "rm -rf \"$1\" && mkdir \"$1\"", "sh", other.toString());

        Outcome lacking = twofold.both("exports").degraded();
        assertThat(lacking.out()).contains("'disk' of export 'open' is complete", other + " lacks 1 snapshot");

        // ids and times of what is written differ, so that lengths of manifests may
        twofold.one("export", "--to-places").succeeded();
        twofold.there("export", "--to-places").succeeded();
        assertThat(left(other)).hasSize(1);
        String whole = twofold.both("exports").succeeded().out();
        assertThat(whole.lines().filter(line -> line.contains(" whole "))).hasSize(2);
        assertThat(whole).contains("'other' of export 'open' is complete").doesNotContain("lacks");
    }

    @Test
    void a_kept_file_is_fetched_by_a_link_of_its_bucket_and_through_the_server(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "links")) {
            stack.uploads().fill(5);
            stack.describe("""
                    stack: shop
                    sources:
                      %s
                    repository:
                      destinations:
                        %s
                    exports:
                      open:
                        name: "{part}_{id}.{ext}"
                        places:
                          cloud: {s3: {%s}}
                    """.formatted(
                            stack.folderSource(),
                            stack.diskDestination(),
                            stack.s3().keys(stack.remote().name())));
            stack.init();
            String name = "uploads_" + stack.backup().text("snapshot") + ".tar.gz";
            stack.json("export", "--to-places").succeeded();
            byte[] kept = stack.remote().find(name).orElseThrow();
            try (Served served = serve(stack);
                    HttpClient anybody = HttpClient.newHttpClient()) {
                String at = "/api/v1/stacks/shop/exports/open/places/cloud";

                JsonNode link = served.post(
                        201,
                        at + "/links",
                        JsonMapper.shared().createObjectNode().put("name", name).put("seconds", 60));
                served.download(at + "/file?name=" + name, stack.folder().resolve("through"));

                assertThat(link.path("open").asBoolean()).as(link.toString()).isTrue();
                HttpResponse<byte[]> fetched = anybody.send(
                        HttpRequest.newBuilder(URI.create(link.path("url").asString()))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
                assertThat(fetched.statusCode()).isEqualTo(200);
                assertThat(fetched.body()).isEqualTo(kept);
                assertThat(stack.folder().resolve("through")).hasBinaryContent(kept);
                assertThat(served.statusOfAnybody(at + "/file?name=" + name)).isEqualTo(401);
            }
        }
    }

    @Test
    void what_reads_snapshots_says_and_gives_the_same(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "remote-reading")) {
            stack.database().fill(300);
            stack.uploads().fill(20);
            describe(stack, "");
            stack.init();
            backups(stack, 2);
            try (Served served = serve(stack)) {
                Twofold twofold = Twofold.of(stands, stack, served);

                twofold.both("compare", "latest").succeeded();
                twofold.both("compare", "latest", "--part", "nothing").failed(ErrorCode.PART_MISSING);
                Path elsewhere = stack.folder().resolve("elsewhere");
                Files.createDirectories(elsewhere);
                twofold.both("compare", "--part", "uploads", "--with", "uploads=" + elsewhere)
                        .failed(ErrorCode.DIFFERENT);
                stack.uploads().append(20, 22);
                twofold.both("compare", "latest").failed(ErrorCode.DIFFERENT);

                for (String[] format : new String[][] {
                    {"--format", "custom"},
                    {"--format", "sql"},
                    {"--format", "sql", "--compress", "3", "--create"},
                    {"--format", "roles"}
                }) {
                    exports(twofold, format);
                }
                twofold.both("export", "latest", "uploads", "--format", "sql", "--output", "x")
                        .failed(ErrorCode.USAGE)
                        .saying("'uploads' is a directory");
                twofold.both("export", "latest", "nothing", "--output", "x").failed(ErrorCode.PART_MISSING);
                Files.writeString(stack.home().resolve("there.dump"), "mine");
                twofold.both("export", "latest", "--output", "there.dump")
                        .failed(ErrorCode.FILE_UNWRITABLE)
                        .hinting("--overwrite");
                assertThat(stack.home().resolve("there.dump")).hasContent("mine");
                assertThat(stack.home()).isDirectoryNotContaining("glob:**{.part,/x}");
                twofold.forgetKept();
            }
        }
    }

    /** To a file and to standard output; the bytes are the same, and so is what is said of them. */
    private static void exports(Twofold twofold, String... format) throws Exception {
        List<String> command = new ArrayList<>(List.of("export", "latest", "database", "--output", "it.out"));
        command.addAll(List.of(format));
        Path file = twofold.stack().home().resolve("it.out");
        Outcome here = twofold.stack().run(command.toArray(String[]::new)).succeeded();
        String written = digest(file);
        Files.delete(file);
        Outcome there = twofold.there(command.toArray(String[]::new)).succeeded();
        assertThat(said(there)).isEqualTo(said(here));
        assertThat(digest(file)).as(command.toString()).isEqualTo(written);
        Files.delete(file);
        command.set(4, "-");
        Outcome piped = piped(twofold, twofold.variables(twofold.served().url().toString()), command);
        assertThat(said(piped)).isEqualTo(said(piped(twofold, twofold.stack().environment(), command)));
        assertThat(piped.out()).hasSizeGreaterThan(32);
    }

    private static String digest(Path file) {
        return Shell.run("sh", "-c", "cat \"$1\" | " + DIGEST, "sh", file.toString());
    }

    private static Outcome piped(Twofold twofold, Map<String, String> variables, List<String> command) {
        String line = "set -o pipefail; " + twofold.launcher() + " " + String.join(" ", command) + " | " + DIGEST;
        try (Running running = twofold.stack().startOther(variables, List.of("bash", "-c", line))) {
            return running.outcome().succeeded();
        }
    }

    @Test
    void what_a_server_refuses_ends_or_loses_is_told(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "remote-trouble")) {
            Gate gate = stack.closing(Gate.before(stack.s3().endpoint()));
            stack.uploads().fill(10);
            stack.describe(
                    List.of(stack.folderSource()),
                    List.of(stack.s3Destination(stack.s3().at(gate.endpoint()))));
            stack.init();
            stack.backup();
            try (Served served = serve(stack);
                    Wire wire = Wire.to(served.url().getPort())) {
                Twofold twofold = Twofold.of(stands, stack, served);
                twofold.there("check", "--stack", "shap")
                        .failed(ErrorCode.UNKNOWN_NAME)
                        .saying("there is no stack 'shap'");
                viewed(twofold);

                Gate.Held held = gate.hold("GET /" + stack.remote().name() + "/data/");
                try (Running check = stack.start(
                        stack.home(),
                        twofold.variables(wire.endpoint().toString()),
                        "check",
                        "--read-data",
                        "--json")) {
                    held.awaitArrival();
                    wire.cut();
                    long asked = wire.refused();
                    Until.met("the command has come back", () -> wire.refused() > asked);
                    wire.mend();
                    held.release();
                    Outcome checked = check.outcome().succeeded();
                    assertThat(checked.json().path("dataRead").asBoolean(false))
                            .as(checked.toString())
                            .isTrue();
                }

                Gate.Held again = gate.hold("GET /" + stack.remote().name() + "/data/");
                try (Running check =
                        stack.start(stack.home(), twofold.variables(served.url().toString()), "check", "--read-data")) {
                    again.awaitArrival();
                    String run =
                            served.runs("&state=running").path(0).path("id").asString("");
                    served.post(
                            202,
                            "/api/v1/runs/" + run + "/cancel",
                            JsonMapper.shared().createObjectNode());
                    again.release();
                    check.outcome().failed(ErrorCode.CANCELLED).saying("the run was cancelled");
                }

                Gate.Held last = gate.hold("GET /" + stack.remote().name() + "/data/");
                try (Running check =
                        stack.start(stack.home(), twofold.variables(served.url().toString()), "check", "--read-data")) {
                    last.awaitArrival();
                    String run =
                            served.runs("&state=running").path(0).path("id").asString("");
                    check.signal("INT");
                    Until.met(
                            "the run was asked to end",
                            () -> served.get("/api/v1/runs/" + run)
                                    .path("cancelRequested")
                                    .asBoolean(false));
                    last.release();
                    check.outcome().exited(ErrorCode.CANCELLED.number());
                    assertThat(served.ended(run).path("state").asString("")).isEqualTo("cancelled");
                }
                served.terminate();
                twofold.there("check", "--stack", "shop")
                        .failed(ErrorCode.SERVER_UNAVAILABLE)
                        .saying("nobody listens there");
            }
        }
    }

    /** A token that may look and no more. */
    private static void viewed(Twofold twofold) {
        Stack stack = twofold.stack();
        Served served = twofold.served();
        Map<String, String> variables = twofold.variables(served.url().toString());
        variables.put("HOLDFAST_TOKEN", served.token("viewer"));
        for (String command : List.of("check", "sync", "prune", "forget latest --yes", "compare", "retention --yes")) {
            try (Running refused = stack.start(stack.home(), variables, command.split(" "))) {
                Outcome outcome = refused.outcome();
                if (command.startsWith("retention")) {
                    outcome.succeeded();
                } else {
                    outcome.failed(ErrorCode.FORBIDDEN).saying("this needs the role");
                }
            }
        }
        try (Running shown = stack.start(stack.home(), variables, "retention", "--dry-run")) {
            shown.outcome().succeeded();
        }
    }
}
