package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.run.RunKind;
import dev.holdfast.engine.error.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A server that is killed in the middle of each kind of run, and started again: the run says so, nothing it held is in the way of
 * the next of its kind, and nothing is lost. One stack goes through all of it.
 */
@ExtendWith(Stands.Provided.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Order(8)
class KilledServerIT {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int KEPT = 3;
    /** More than one pack. */
    private static final int LARGE = 9_000_000;

    private Stack stack;
    private Gate gate;
    private Served served;
    private int changes;

    /** A run that waits in the middle of its work. */
    private record Caught(String run, Runnable release) {}

    @BeforeAll
    void one_stack(Stands stands) {
        stack = Stack.on(stands, "killing");
        gate = stack.closing(Gate.before(stack.s3().endpoint()));
        stack.uploads().fill(10);
        stack.database().fill(300);
        // whoever fills this table waits while there is a role of that name
        stack.database()
                .run(
                        """
                CREATE FUNCTION wait_for_nobody(i int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
                  WHILE EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '%s') LOOP PERFORM pg_catalog.pg_sleep(0.02); END LOOP;
                  RETURN true;
                END $$""".formatted(obstacle()),
                        "CREATE TABLE slow (i int CHECK (public.wait_for_nobody(i)))",
                        "INSERT INTO slow VALUES (1)");
        stack.describe("""
                stack: shop
                schedule: never
                retry: {attempts: 2, wait: 1s}
                retention: {keep-last: %d, keep-minimum: 1, prune: never}
                sources:
                  %s
                  %s
                repository:
                  pack-size: 4MiB
                  destinations:
                    %s
                    %s
                exports:
                  nightly:
                    places:
                      cloud: {s3: {%s}, when: by-hand}
                """.formatted(
                        KEPT,
                        stack.databaseSource(),
                        stack.folderSource(),
                        stack.diskDestination(),
                        stack.s3Destination(stack.s3().at(gate.endpoint())),
                        stack.s3().at(gate.endpoint()).keys(stack.bucket().name())));
        stack.init();
        served = start();
        for (int i = 0; i < KEPT; i++) {
            backup();
        }
    }

    @AfterAll
    void everything_is_there() throws Exception {
        try (Stack ending = stack;
                Served last = served) {
            last.terminate().succeeded();
            ending.backup();
            ending.sound();
            ending.equal();
            assertThat(ending.spool()).as("nothing is left in the spool").isEmptyDirectory();
        } finally {
            for (String left : databasesBeside()) {
                stack.database().server().dropDatabase(left);
            }
        }
    }

    private Served start() {
        return Served.start(stack, stack.folder().resolve("state"), Map.of());
    }

    private String obstacle() {
        return "obstacle of " + stack.database().name();
    }

    @ParameterizedTest
    @EnumSource
    void killed_during(RunKind kind) {
        Caught caught = caught(kind);
        Map<String, String> rows = stack.database().fingerprint();
        List<String> before = snapshots();

        served.kill();
        caught.release().run();
        served.close();
        if (kind == RunKind.RESTORE) {
            assertThat(databasesBeside()).as("what the restore had begun").isNotEmpty();
            assertThat(Fingerprints.differences(rows, stack.database().fingerprint()))
                    .as("the database that was to be replaced")
                    .isEmpty();
        }
        served = start();

        JsonNode run = served.ended(caught.run());
        assertThat(run.path("state").asString("")).as(run.toString()).isEqualTo("abandoned");
        assertThat(run.path("error").path("code").asString("")).isEqualTo(ErrorCode.RUN_ABANDONED.label());
        next(kind, caught.run());
        served.quiet();
        assertThat(leases()).as("leases of the dead").isEmpty();
        assertThat(snapshots()).containsAll(expected(kind, before));
    }

    /** What of all that was there must be there when the run was done again; newest first. */
    private static List<String> expected(RunKind kind, List<String> before) {
        return switch (kind) {
            case BACKUP -> before.subList(0, KEPT - 1); // a new one is in front of them
            case RETENTION -> before.subList(0, KEPT);
            case FORGET -> before.subList(0, before.size() - 2); // what was being given up, and another one
            case RESTORE, CHECK, SYNC, PRUNE, EXPORT, COMPARE -> before;
        };
    }

    /** The next of its kind: queued by the server where it is of a kind that is tried again, begun by a person otherwise. */
    private void next(RunKind kind, String killed) {
        if (kind.isRetried()) {
            served.succeeded(newest(kind, killed));
        } else {
            switch (kind) {
                case RESTORE -> restoreAgain();
                case FORGET -> {
                    // the one that was being given up is gone at one destination, and so everywhere
                    Until.met(
                            "the listing is what the repository holds",
                            () -> snapshots().size() == KEPT - 1);
                    served.succeeded(forget(snapshots().getLast()));
                }
                case COMPARE -> served.succeeded(begin(kind));
                case BACKUP, CHECK, SYNC, PRUNE, RETENTION, EXPORT ->
                    throw new AssertionError(kind + " is tried again");
            }
        }
    }

    private void restoreAgain() {
        Map<String, String> wanted = inSnapshot;
        JsonNode ended = served.ended(restore());
        assertThat(ended.path("state").asString("")).as(ended.toString()).isEqualTo("attention");
        assertThat(ended.path("result").toString()).contains("was left by a restore that could not end");
        assertThat(Fingerprints.differences(wanted, stack.database().fingerprint()))
                .isEmpty();
    }

    private Map<String, String> inSnapshot = Map.of();

    private Caught caught(RunKind kind) {
        String bucket = "/" + stack.remote().name() + "/";
        return switch (kind) {
            case BACKUP -> {
                change();
                yield atTheGate("PUT " + bucket + "data/", () -> begin(kind));
            }
            case RESTORE -> caughtRestore();
            case CHECK -> atTheGate("GET " + bucket + "data/", () -> begin(kind));
            case SYNC -> {
                String pack = stack.remote().keys().stream()
                        .filter(key -> key.startsWith("data/"))
                        .findFirst()
                        .orElseThrow();
                stack.remote().delete(pack);
                yield atTheGate("PUT " + bucket + pack, () -> begin(kind));
            }
            case PRUNE -> {
                change();
                backup();
                served.succeeded(forget(snapshots().getFirst()));
                yield atTheGate("DELETE " + bucket + "data/", () -> begin(kind));
            }
            case RETENTION -> {
                while (snapshots().size() < KEPT) {
                    backup();
                }
                yield atTheGate("PUT " + bucket + "forget/", () -> {
                    served.succeeded(begin(RunKind.BACKUP));
                    return newest(kind, "");
                });
            }
            case FORGET -> {
                assertThat(snapshots()).hasSize(KEPT);
                yield atTheGate(
                        "PUT " + bucket + "forget/", () -> forget(snapshots().getLast()));
            }
            case COMPARE -> atTheGate("GET " + bucket, () -> begin(kind));
            case EXPORT ->
                atTheGate(
                        "PUT /" + stack.bucket().name() + "/" + stack.database().name(),
                        () -> served.post(202, "/api/v1/stacks/shop/exports", JSON.createObjectNode())
                                .path("id")
                                .asString(""));
        };
    }

    private interface Beginning {
        String run();
    }

    private Caught atTheGate(String request, Beginning beginning) {
        Gate.Held held = gate.hold(request);
        String run = beginning.run();
        held.awaitArrival();
        assertThat(served.get("/api/v1/runs/" + run).path("state").asString("")).isEqualTo("running");
        return new Caught(run, held::release);
    }

    /** Held in the middle of the rows of a new database, beside the one that it is to replace. */
    private Caught caughtRestore() {
        inSnapshot = stack.database().fingerprint();
        backup();
        stack.database().grow(7);
        stack.database().run("CREATE ROLE \"" + obstacle() + "\"");
        Runnable release = () -> stack.database().run("DROP ROLE \"" + obstacle() + "\"");
        String run = restore();
        Until.met(
                "the restore fills a table that lets it wait: " + served.log(),
                () -> !stack.database()
                        .query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname LIKE '"
                                + stack.database().name() + "\\_holdfast\\_%'")
                        .equals("0"));
        return new Caught(run, release);
    }

    private List<String> databasesBeside() {
        String names = stack.database()
                .server()
                .query(
                        "postgres",
                        "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE '"
                                + stack.database().name() + "\\_holdfast\\_%'");
        return names == null ? List.of() : List.of(names.split(" "));
    }

    private void change() {
        changes++;
        stack.uploads().write("large.bin", changes, LARGE);
    }

    private void backup() {
        served.succeeded(begin(RunKind.BACKUP));
        served.quiet();
    }

    private String begin(RunKind kind) {
        ObjectNode order = JSON.createObjectNode().put("stack", "shop").put("kind", kind.label());
        if (kind == RunKind.CHECK) {
            order.put("readData", true);
        }
        return served.post(202, "/api/v1/runs", order).path("id").asString("");
    }

    private String restore() {
        ObjectNode order = JSON.createObjectNode()
                .put("stack", "shop")
                .put("snapshot", "latest")
                .put("overwrite", true)
                .put("confirm", "shop");
        order.putArray("parts").add("database");
        order.putObject("database").put("keepReplaced", false);
        return served.post(202, "/api/v1/restores", order).path("id").asString("");
    }

    private String forget(String snapshot) {
        return served.delete(202, "/api/v1/stacks/shop/snapshots/" + snapshot + "?confirm=" + snapshot)
                .path("id")
                .asString("");
    }

    /** The newest run of a kind, which is another one than that. */
    private String newest(RunKind kind, String other) {
        String[] found = new String[1];
        Until.met("there is another " + kind.label(), () -> {
            JsonNode runs = served.runs("&kind=" + kind.label());
            found[0] = runs.isEmpty() ? other : runs.get(0).path("id").asString("");
            return !found[0].equals(other);
        });
        return found[0];
    }

    /** Newest first. */
    private List<String> snapshots() {
        return served.snapshots()
                .valueStream()
                .map(one -> one.path("id").asString(""))
                .toList();
    }

    private List<String> leases() {
        return Stream.concat(
                        stack.repositoryFiles().stream().map(file -> file.substring(2)), stack.remote().keys().stream())
                .filter(file -> file.startsWith("lease/"))
                .toList();
    }
}
