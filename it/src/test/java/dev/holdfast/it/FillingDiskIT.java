package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server whose disk fills while it backs up: when a run began, there was room. */
@ExtendWith(Stands.Provided.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Order(7)
class FillingDiskIT {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String INCIDENT = "failure/shop/backup";
    /** More than half a pack. */
    private static final int LARGE = 3_000_000;

    private static Path state(Stack stack) {
        return stack.folder().resolve("state");
    }

    /** A bucket behind a gate, one good snapshot of it, and then more in it than goes into a few packs. */
    private static void onDisk(Stack stack, Gate gate, Receiver people) {
        stack.bucket().create();
        put(stack, "first");
        stack.describe("""
                stack: shop
                schedule: never
                retry: {attempts: 0}
                retention: {prune: never}
                notify: %s
                sources:
                  %s
                repository:
                  pack-size: 4MiB
                  destinations:
                    %s
                """.formatted(
                        people.notify("failure", "attention", "recovered"),
                        stack.bucketSource(stack.s3().at(gate.endpoint())),
                        stack.diskDestination()));
        stack.init();
    }

    private static void put(Stack stack, String... keys) {
        for (String key : keys) {
            byte[] content = new byte[LARGE];
            new Random(key.hashCode()).nextBytes(content);
            stack.bucket().put(key, content);
        }
    }

    private static String backup(Served served) {
        return text(
                served.post(
                        202,
                        "/api/v1/runs",
                        JSON.createObjectNode().put("stack", "shop").put("kind", "backup")),
                "id");
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }

    private static List<String> snapshots(Served served) {
        return served.snapshots().valueStream().map(one -> text(one, "id")).toList();
    }

    /** Files of the repository in some of its folders, as whoever has mounted its disk sees them. */
    private static List<String> files(Stack stack, String... folders) {
        List<String> command = Stream.concat(
                        stack.prefix().stream(),
                        Stream.of(
                                "sh",
                                "-c",
                                "cd \"$1\" && find . -type f | sort",
                                "sh",
                                stack.disk().toString()))
                .toList();
        return Arrays.stream(Shell.run(command.toArray(String[]::new)).split("\n"))
                .filter(file -> Stream.of(folders).anyMatch(folder -> file.startsWith("./" + folder + "/")))
                .toList();
    }

    @Test
    void a_repository_that_fills_during_a_run_fails_it_is_told_once_and_the_next_run_has_it_all(Stands stands)
            throws Exception {
        try (Stack stack = Stack.on(stands, "fillsrepository")) {
            SmallDisk small = stack.closing(SmallDisk.mounted(stack.disk(), "64m"));
            stack.prefix().addAll(small.prefix());
            Receiver people = stack.closing(new Receiver());
            Gate gate = stack.closing(Gate.before(stack.s3().endpoint()));
            onDisk(stack, gate, people);
            try (Served served = Served.start(stack, state(stack), Map.of())) {
                served.succeeded(backup(served));
                List<String> good = snapshots(served);
                List<String> packs = files(stack, "data");
                put(stack, "second-1", "second-2", "second-3", "second-4", "second-5", "second-6");

                Gate.Held held = gate.hold("GET /" + stack.bucket().name() + "/second-6");
                String run = backup(served);
                held.awaitArrival();
                Until.met("a new pack is there", () -> files(stack, "data").size() > packs.size());
                small.fill();
                held.release();

                failed(served.ended(run));
                failed(served.ended(backup(served)));
                assertThat(snapshots(served)).isEqualTo(good);
                assertThat(stack.snapshots()).isEqualTo(good);
                assertThat(files(stack, "lease", "tmp"))
                        .as("what the runs held")
                        .isEmpty();
                assertThat(Shell.run("find", stack.spool().toString(), "-name", "spool-*"))
                        .as("what the runs held")
                        .isEmpty();
                assertThat(served.statusOfAnybody("/health/live")).isEqualTo(200);

                small.empty();
                served.succeeded(backup(served));
                Until.met(
                        "people are told that it is over",
                        () -> !people.told("recovered", INCIDENT).isEmpty());
                assertThat(people.told("failure", INCIDENT))
                        .as(people.toString())
                        .hasSize(1);
                assertThat(people.told("recovered", INCIDENT))
                        .as(people.toString())
                        .hasSize(1);
                served.terminate().succeeded();
            }
            stack.sound();
            stack.equal();
        }
    }

    private static void failed(JsonNode run) {
        assertThat(text(run, "state")).as(run.toString()).isEqualTo("failed");
        assertThat(text(run.path("error"), "code")).as(run.toString()).isEqualTo(ErrorCode.STORE_FULL.label());
        assertThat(text(run, "snapshot")).as(run.toString()).isEmpty();
    }

    /** Catalog and logs are on it: how the run ended can only be written down when there is room again. */
    @Test
    void a_state_folder_that_fills_during_a_run_loses_no_snapshot_and_leaves_no_run_behind(Stands stands)
            throws Exception {
        try (Stack stack = Stack.on(stands, "fillsstate")) {
            // others than root have no way to look into it
            SmallDisk small = Shell.isRoot() ? stack.closing(SmallDisk.mounted(state(stack), "24m")) : null;
            Receiver people = stack.closing(new Receiver());
            Gate gate = stack.closing(Gate.before(stack.s3().endpoint()));
            onDisk(stack, gate, people);
            try (Served served = Served.start(stack, state(stack), Map.of())) {
                served.succeeded(backup(served));
                put(stack, "second-1", "second-2", "second-3");

                Gate.Held held = gate.hold("GET /" + stack.bucket().name() + "/second-3");
                String run = backup(served);
                held.awaitArrival();
                if (small != null) {
                    small.fill();
                }
                held.release();
                Until.met(
                        "the run holds nothing: " + served.log(),
                        () -> files(stack, "lease").isEmpty());
                assertThat(served.statusOfAnybody("/health/live")).isEqualTo(200);
                List<String> inRepository = stack.snapshots();
                if (small != null) {
                    small.empty();
                }

                // what it did was done, and when there is room it is all said
                String snapshot = text(served.succeeded(run), "snapshot");
                assertThat(inRepository).hasSize(2).contains(snapshot);
                Until.met(
                        "the listing is what the repository holds",
                        () -> snapshots(served).equals(inRepository.reversed()));
                assertThat(served.text("/api/v1/runs/" + run + "/log")).contains("state=succeeded");
                served.succeeded(backup(served));
                served.quiet();
                Until.met("it is ready", () -> served.statusOfAnybody("/health/ready") == 200);
                assertThat(people.toString())
                        .as("nobody is told of what was no failure")
                        .isEqualTo("[]");
                served.terminate().succeeded();
            }
            assertThat(files(stack, "lease", "tmp")).isEmpty();
            stack.sound();
            stack.equal();
        }
    }
}
