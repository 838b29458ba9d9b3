package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server that is ended, started again, and one that is not alone; {@link KilledServerIT} has one that is killed. */
@ExtendWith(Stands.Provided.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Order(9)
class ServiceIT {
    private static final JsonMapper JSON = JsonMapper.shared();
    /** Then service managers lose theirs; a run is asked, and interrupted 5 s later. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Path state(Stack stack, String name) {
        return stack.folder().resolve("state-" + name);
    }

    private static String described(Stack stack, String name, String schedule, Path disk) {
        return """
                stack: %s
                schedule: '%s'
                sources:
                  %s
                repository:
                  pack-size: 4MiB
                  destinations:
                    %s
                """.formatted(name, schedule, stack.folderSource(), Stack.local("disk", disk));
    }

    private static Served serve(Stack stack, String name, Map<String, String> more) {
        return Served.start(
                stack,
                state(stack, name),
                more,
                "--stacks",
                stack.home().resolve("holdfast.yaml").toString());
    }

    private static String backup(Served served) {
        return served.post(
                        202,
                        "/api/v1/runs",
                        JSON.createObjectNode().put("stack", "shop").put("kind", "backup"))
                .path("id")
                .asString("");
    }

    private static void running(Served served, String run) {
        Until.met(
                "the run has begun",
                () -> served.get("/api/v1/runs/" + run)
                        .path("state")
                        .asString("")
                        .equals("running"));
    }

    /** In the middle of a run whose bucket does not answer any more. */
    @Test
    void a_server_that_is_told_to_end_ends_in_order_also_in_the_middle_of_a_run(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "ended")) {
            Gate gate = stack.closing(Gate.before(stack.s3().endpoint()));
            stack.uploads().fill(10);
            stack.describe(described(stack, "shop", "@daily", stack.disk()) + "    "
                    + stack.s3Destination(stack.s3().at(gate.endpoint())) + "\n");
            String run;
            try (Served served = serve(stack, "one", Map.of())) {
                served.firstBackup();
                stack.uploads().write("large.bin", 1, 9_000_000);
                Gate.Held held = gate.hold("PUT /" + stack.remote().name() + "/data/");
                run = backup(served);
                held.awaitArrival();
                running(served, run);
                long told = System.nanoTime();
                served.terminate().succeeded();
                assertThat(Duration.ofNanos(System.nanoTime() - told)).isLessThan(PATIENCE);
                held.release();
                assertThat(state(stack, "one").resolve("holdfast.pid")).doesNotExist();
            }
            try (Served served = serve(stack, "one", Map.of())) {
                assertThat(served.ended(run).path("state").asString("")).isIn("abandoned", "cancelled");
                served.quiet();
                served.terminate().succeeded();
            }
            stack.sound();
        }
    }

    @Test
    void a_state_folder_belongs_to_one_server(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "lock")) {
            stack.uploads().fill(3);
            stack.describe(described(stack, "shop", "@daily", stack.disk()));
            try (Served served = serve(stack, "one", Map.of())) {
                Outcome second = stack.run(
                        "serve", "--port", "0", "--state", served.state().toString());
                second.failed(ErrorCode.CONFLICT)
                        .saying("another server uses the state folder", "process " + served.pid())
                        .hinting("holdfast down");
            }
        }
    }

    @Test
    void two_servers_on_one_catalog_begin_each_due_run_once_and_one_takes_over_when_the_other_dies(Stands stands)
            throws Exception {
        try (Stack stack = Stack.on(stands, "two")) {
            stack.uploads().fill(5);
            Path folder = stack.home().resolve("stacks");
            java.nio.file.Files.createDirectories(folder);
            for (int i = 0; i < 4; i++) {
                java.nio.file.Files.writeString(
                        folder.resolve("s" + i + ".yaml"),
                        described(stack, "s" + i, "every 3s", stack.folder().resolve("disk-" + i)));
            }
            Database catalog = stack.database().beside("-catalog");
            catalog.server().createDatabase(catalog.name());
            stack.closing(catalog::destroy);
            Map<String, String> shared =
                    Map.of("HOLDFAST_CATALOG_URL", catalog.server().url(catalog.name()));
            try (Served one = Served.start(stack, state(stack, "one"), shared, "--stacks", folder.toString());
                    Served two = Served.start(stack, state(stack, "two"), shared, "--stacks", folder.toString())) {
                Until.met("eight runs have ended", () -> ended(one).size() >= 8);
                once(two);
                one.kill();
                int before = ended(two).size();
                Until.met("the other goes on", () -> ended(two).size() >= before + 4);
                once(two);
                assertThat(two.runs("&state=failed")).as(two.log()).isEmpty();
            }
        }
    }

    private static List<JsonNode> ended(Served served) {
        List<JsonNode> ended = new ArrayList<>();
        served.runs("&kind=backup&state=succeeded").forEach(ended::add);
        return ended;
    }

    /** No moment of a schedule has two runs. */
    private static void once(Served served) {
        Set<String> due = new HashSet<>();
        for (JsonNode run : served.runs("&kind=backup&trigger=schedule")) {
            String moment =
                    run.path("stack").asString("") + " " + run.path("due").asString("");
            assertThat(due.add(moment)).as(moment).isTrue();
        }
        assertThat(due).isNotEmpty();
    }

    @Test
    void an_idle_server_takes_little_memory_and_answers_soon(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "idle")) {
            stack.asShipped().uploads().fill(3);
            stack.describe(described(stack, "shop", "@daily", stack.disk()));
            try (Served served = serve(stack, "one", Map.of())) {
                long atOnce = served.residentBytes();
                served.firstBackup();
                System.out.printf(
                        "service: ready after %.2f s, %.0f MiB resident at once, %.0f MiB after a backup%n",
                        served.secondsToReady(), atOnce / 1048576.0, served.residentBytes() / 1048576.0);
                assertThat(served.statusOfAnybody("/health/live")).isEqualTo(200);
                assertThat(served.statusOfAnybody("/health/ready")).isEqualTo(200);
                assertThat(served.statusOfAnybody("/api/v1/stacks")).isEqualTo(401);
            }
        }
    }
}
