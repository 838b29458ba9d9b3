package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.stand.Scratch;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the five teams do with their own scripts today, with a server. Against the S3 server that HOLDFAST_IT_S3_ENDPOINT,
 * _ACCESS_KEY and _SECRET_KEY name (a Ceph gateway, say), where they are set.
 */
@ExtendWith(Stands.Provided.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Order(3)
class FiveTeamsIT {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Six variables, and nothing else. */
    private static Map<String, String> sixVariables(Stack stack) {
        Map<String, String> variables = new HashMap<>();
        // what other tests need
        List.of("HOLDFAST_PASSPHRASE", "HOLDFAST_RECOVERY_CODE").forEach(name -> variables.put(name, ""));
        variables.put(
                "DATABASE_URL", stack.database().server().url(stack.database().name()));
        variables.put("S3_ENDPOINT", stack.s3().endpoint().toString());
        variables.put("S3_BUCKET", stack.remote().name());
        variables.put("S3_ACCESS_KEY", stack.s3().accessKey());
        variables.put("S3_SECRET_KEY", stack.s3().secretKey());
        // as another tool calls it
        variables.put("SCHEDULE", "@daily");
        return variables;
    }

    private static Stack stack(Stands stands, String name) {
        return Stack.on(stands, stands.chosenS3(), name);
    }

    private static Path state(Stack stack) {
        return stack.folder().resolve("state");
    }

    /** Dual storage: each backup on disk and in a bucket that is made; the local copy is lost, and comes back from there. */
    @Test
    void from_six_variables_to_two_copies_and_back_from_the_bucket_alone(Stands stands) throws Exception {
        try (Stack stack = stack(stands, "six")) {
            stack.database().fill(300);
            Map<String, String> rows = stack.database().fingerprint();
            assertThat(stack.remote().exists()).isFalse();
            try (Served served = Served.start(stack, state(stack), sixVariables(stack))) {
                served.firstBackup();

                assertThat(stack.remote().keys()).isNotEmpty();
                JsonNode stacks = served.get("/api/v1/stacks").path("items");
                assertThat(stacks.size()).isEqualTo(1);
                String name = stacks.get(0).path("name").asString("");
                assertThat(stacks.get(0).path("origin").asString("")).isEqualTo("environment");
                assertThat(stacks.get(0).path("destinations").asInt()).isEqualTo(2);
                assertThat(stacks.get(0).path("behind").asInt()).isZero();
                assertThat(stacks.get(0).path("next").asString("")).as("daily").isNotEmpty();
                assertThat(served.log())
                        .contains("recovery code has not been saved")
                        .contains("SCHEDULE is understood as BACKUP_SCHEDULE");
                assertThat(served.get("/api/v1/status").path("warnings").toString())
                        .contains("recovery code has not been saved");
                assertThat(served.log()).doesNotContain(stack.s3().secretKey());

                Path local = localCopy(served, name);
                assertThat(local).isNotEmptyDirectory();
                Scratch.delete(local);
                stack.database().destroy();
                JsonNode run = served.post(202, "/api/v1/restores", order(name));
                assertThat(served.ended(run.path("id").asString(""))
                                .path("state")
                                .asString(""))
                        .as(served.log())
                        .isIn("succeeded", "attention");
                assertThat(Fingerprints.differences(rows, stack.database().fingerprint()))
                        .isEmpty();

                // and the next backup puts the local copy back
                served.ended(trigger(served));
                served.quiet();
                served.ended(served.post(202, "/api/v1/stacks/" + name + "/sync", JSON.createObjectNode())
                        .path("id")
                        .asString(""));
                assertThat(local).isNotEmptyDirectory();
            }
        }
    }

    private static Path localCopy(Served served, String stack) {
        JsonNode destinations = served.get("/api/v1/stacks/" + stack).path("destinations");
        for (JsonNode destination : destinations) {
            if (destination.path("location").asString("").startsWith("/")) {
                return Path.of(destination.path("location").asString(""));
            }
        }
        throw new AssertionError("no local destination: " + destinations);
    }

    private static ObjectNode order(String stack) {
        return JSON.createObjectNode().put("stack", stack).put("snapshot", "latest");
    }

    private static String trigger(Served served) {
        JsonNode triggered = served.post(202, "/api/backup/trigger", JSON.createObjectNode());
        return triggered.path("run").asString("");
    }

    /** The server with an API: trigger, status, list, download, with a JWT. */
    @Test
    void trigger_status_list_and_download_with_a_jwt(Stands stands) throws Exception {
        try (Stack stack = stack(stands, "jwt")) {
            stack.database().fill(300);
            Map<String, String> rows = stack.database().fingerprint();
            try (Served served = Served.start(stack, state(stack), sixVariables(stack))) {
                served.firstBackup();
                assertThat(served.statusOfAnybody("/api/backup/status")).isEqualTo(401);

                served.succeeded(trigger(served));
                JsonNode status = served.get("/api/backup/status");
                assertThat(status.path("totals").path("backups").asInt()).isEqualTo(2);
                assertThat(status.path("backups").size()).isEqualTo(2);
                assertThat(status.path("log").isEmpty()).isFalse();
                assertThat(status.path("disk").isEmpty()).isFalse();

                JsonNode files = served.get("/api/backup/list").path("backups");
                assertThat(files.size()).isEqualTo(2);
                assertThat(files.get(0).path("ageDays").asInt(-1)).isZero();
                String name = files.get(0).path("name").asString("");
                Path file = stack.folder().resolve("downloaded.dump");
                HttpResponse<Path> answer = served.download("/api/backup/download/" + Served.encoded(name), file);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().firstValue("Content-Disposition").orElse(""))
                        .startsWith("attachment");

                Database copy = stack.database().beside("-copy");
                copy.server().createDatabase(copy.name());
                Shell.run("pg_restore", "-d", copy.server().url(copy.name()), file.toString());
                assertThat(Fingerprints.differences(rows, copy.fingerprint())).isEmpty();
            }
        }
    }

    private static String scheduled(Stack stack, String schedule) {
        return """
                stack: shop
                schedule: '%s'
                sources:
                  %s
                  %s
                repository:
                  pack-size: 4MiB
                  destinations:
                    %s
                """.formatted(schedule, stack.databaseSource(), stack.bucketSource(), stack.diskDestination());
    }

    /** Database and bucket by schedule; only what changed is read; the bucket is lost and comes back while people work. */
    @Test
    void database_and_bucket_by_schedule_and_a_lost_bucket_comes_back_beside_the_running_application(Stands stands)
            throws Exception {
        try (Stack stack = stack(stands, "daily")) {
            stack.database().fill(200);
            stack.bucket().fill(20);
            stack.describe(scheduled(stack, "every 2s"));
            try (Served served = Served.start(
                    stack,
                    state(stack),
                    Map.of(),
                    "--file",
                    stack.home().resolve("holdfast.yaml").toString())) {
                Until.met(
                        "three snapshots by schedule: " + served.log(),
                        () -> served.snapshots().size() >= 3);
                JsonNode latest = served.snapshots().get(0);
                assertThat(latest.path("parts").size()).isEqualTo(2);
                String newest = served.runs("&kind=backup&state=succeeded&trigger=schedule")
                        .get(0)
                        .path("id")
                        .asString("");
                JsonNode last = served.get("/api/v1/runs/" + newest);
                assertThat(last.path("trigger").asString("")).isEqualTo("schedule");
                JsonNode bucket = last.path("result").path("parts").get(1);
                assertThat(bucket.path("kind").asString("")).isEqualTo("bucket");
                assertThat(bucket.path("readEntries").asLong(-1))
                        .as("only changed objects: " + last)
                        .isZero();

                loseAndRestoreBucket(stack, served);
            }
        }
    }

    private static void loseAndRestoreBucket(Stack stack, Served served) throws Exception {
        try (Application application = Application.on(stack)) {
            Until.met("people have uploaded files", () -> application.posts() >= 10);
            int last = application.posts();
            Map<String, String> objects = stack.bucket().fingerprint();
            String known = newest(served);
            Until.met("the uploads are in a snapshot", () -> !newest(served).equals(known));
            String through = newest(served);
            Until.met("that was begun after them", () -> !newest(served).equals(through));
            String snapshot = newest(served);

            stack.bucket().lose();
            assertThat(stack.bucket().exists()).isFalse();
            assertThat(application.broken(stack.database(), last)).hasSizeGreaterThanOrEqualTo(10);
            int posts = application.posts();
            Until.met("people go on, without files", () -> application.refused() > 0 && application.posts() > posts);

            ObjectNode order = order("shop").put("snapshot", snapshot);
            order.putArray("parts").add("media");
            JsonNode run = served.post(202, "/api/v1/restores", order);
            JsonNode ended = served.ended(run.path("id").asString(""));
            assertThat(ended.path("state").asString("")).as(ended.toString()).isIn("succeeded", "attention");

            assertThat(application.broken(stack.database(), last))
                    .as("posts without their files")
                    .isEmpty();
            Map<String, String> now = stack.bucket().fingerprint();
            now.keySet().retainAll(objects.keySet());
            assertThat(Fingerprints.differences(objects, now)).isEmpty();
            int refused = application.refused();
            int after = application.posts();
            Until.met("people upload again", () -> application.posts() > after + 2);
            assertThat(application.refused()).isEqualTo(refused);
        }
    }

    private static String newest(Served served) {
        return served.snapshots().get(0).path("id").asString("");
    }

    /** Restoring by choosing from a list, with a warning and a typed confirmation, is for a person at a terminal. */
    @Test
    void a_person_chooses_from_lists_is_warned_and_confirms(Stands stands) throws Exception {
        try (Stack stack = stack(stands, "person")) {
            stack.database().fill(100);
            stack.bucket().fill(5);
            stack.describe(
                            List.of(stack.databaseSource(), stack.bucketSource()),
                            List.of(stack.diskDestination(), stack.s3Destination()))
                    .init();
            Map<String, String> rows = stack.database().fingerprint();
            Map<String, String> objects = stack.bucket().fingerprint();
            stack.backup();
            stack.database().run("DELETE FROM orders");
            stack.bucket().delete(Bucket.key(1));
            stack.backup();

            // the older one; of its parts the first, then the second; and the name of the part as the confirmation
            typed(stack, stands, "2", "1", "database");
            assertThat(Fingerprints.differences(rows, stack.database().fingerprint()))
                    .isEmpty();
            assertThat(stack.bucket().find(Bucket.key(1)))
                    .as("only what was chosen")
                    .isEmpty();
            typed(stack, stands, "2", "2", "media");
            assertThat(Fingerprints.differences(objects, stack.bucket().fingerprint()))
                    .isEmpty();
        }
    }

    private static void typed(Stack stack, Stands stands, String snapshot, String part, String confirmation)
            throws Exception {
        Files.writeString(stack.home().resolve("typed"), String.join("\n", snapshot, part, confirmation, ""));
        Outcome restored =
                stack.other(List.of("python3", "-c", """
                    import os, pty, sys
                    typed = open('typed', 'rb').read().splitlines(True)
                    prompts = [b'Enter for the newest: ', b'Enter for all: ', b'to go on: ']
                    seen = b''
                    pid, terminal = pty.fork()
                    if pid == 0:
                        os.environ['TERM'] = 'xterm'
                        os.execv(sys.argv[1], [sys.argv[1], 'restore', '--overwrite'])
                    while True:
                        try:
                            data = os.read(terminal, 4096)
                        except OSError:
                            break
                        if not data:
                            break
                        seen += data
                        os.write(1, data)
                        if typed and prompts[0] in seen:
                            seen = seen.split(prompts[0], 1)[1]
                            os.write(terminal, typed.pop(0))
                            prompts.pop(0)
                    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                    """, stands.launcher().toString()));
        restored.succeeded();
        assertThat(restored.out()).contains("Which one?", "Which parts?", "Type '" + confirmation + "' to go on");
    }

    /** Up, now, list, down: each one command. */
    @Test
    void up_now_list_and_down_are_one_command_each(Stands stands) throws Exception {
        try (Stack stack = stack(stands, "commands")) {
            stack.database().fill(100);
            sixVariables(stack).forEach((name, value) -> {
                if (value.isEmpty()) {
                    stack.environment().remove(name);
                } else {
                    stack.environment().put(name, value);
                }
            });
            stack.environment().put("HOLDFAST_STATE", state(stack).toString());
            stack.environment().put("HOLDFAST_PORT", "0");
            Outcome up = stack.json("up").succeeded();
            try {
                assertThat(stack.json("up").succeeded().json().path("started").asBoolean(true))
                        .isFalse();
                stack.json("now").succeeded();
                assertThat(stack.json("list")
                                .succeeded()
                                .json()
                                .path("snapshots")
                                .size())
                        .isPositive();
                assertThat(stack.json("runs").succeeded().json().path("runs").isEmpty())
                        .isFalse();
                assertThat(stack.run("logs").succeeded().out()).contains("run finished");
                stack.json("storage", "check").succeeded();
                assertThat(stack.json("recovery-code", "--saved")
                                .succeeded()
                                .json()
                                .path("codes")
                                .size())
                        .isEqualTo(1);
            } finally {
                Outcome down = stack.json("down").succeeded();
                assertThat(down.json().path("inOrder").asBoolean(false)).isTrue();
            }
            assertThat(ProcessHandle.of(up.number("pid")).filter(ProcessHandle::isAlive))
                    .isEmpty();
            stack.database().destroy();
            // without a server it is the same
            stack.run("restore-latest", "--yes").succeeded();
            assertThat(stack.database().exists()).isTrue();
        }
    }
}
