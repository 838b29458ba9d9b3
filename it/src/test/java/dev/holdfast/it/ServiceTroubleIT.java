package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A server whose database, bucket, disk, catalog or clock lets it down for a while. */
@ExtendWith(Stands.Provided.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Order(7)
class ServiceTroubleIT {
    private static final JsonMapper JSON = JsonMapper.shared();

    private static Path state(Stack stack) {
        return stack.folder().resolve("state");
    }

    private static String backup(Served served) {
        return served.post(202, "/api/v1/runs", order()).path("id").asString("");
    }

    private static ObjectNode order() {
        return JSON.createObjectNode().put("stack", "shop").put("kind", "backup");
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }

    // ------------------------------------------------------------- what it needs is away

    @Test
    void a_database_and_a_bucket_that_are_away_for_a_while_are_told_once_and_caught_up(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "away")) {
            Receiver people = stack.closing(new Receiver());
            Wire toDatabase = stack.closing(Wire.to(stack.database().server().port()));
            Wire toBucket = stack.closing(Wire.to(stack.s3().endpoint().getPort()));
            stack.database().fill(100);
            stack.uploads().fill(3);
            stack.describe("""
                    stack: shop
                    schedule: every 1s
                    retry: {attempts: 0}
                    retention: {prune: never}
                    notify: %s
                    sources:
                      %s
                      %s
                    repository:
                      pack-size: 4MiB
                      destinations:
                        %s
                        %s
                    """.formatted(
                            people.notify("failure", "copy-behind", "recovered"),
                            Stack.databaseSource(stack.database()
                                    .server()
                                    .url(stack.database().name())
                                    .replaceFirst(":\\d+/", ":" + toDatabase.port() + "/")),
                            stack.folderSource(),
                            stack.diskDestination(),
                            stack.s3Destination(stack.s3().at(toBucket.endpoint()))));
            stack.init();
            try (Served served = Served.start(stack, state(stack), Map.of())) {
                Until.met("there is a snapshot", () -> !served.snapshots().isEmpty());
                databaseAway(served, toDatabase, people);
                bucketAway(served, toBucket, people);
                served.terminate().succeeded();
            }
            stack.sound();
            // the bucket alone has everything
            stack.describe(List.of(stack.databaseSource(), stack.folderSource()), List.of(stack.s3Destination()));
            stack.equal();
        }
    }

    private static void databaseAway(Served served, Wire wire, Receiver people) {
        String incident = "failure/shop/backup";
        wire.cut();
        Until.met("two backups fail", () -> backups(served, "failed").size() >= 2);
        assertThat(text(backups(served, "failed").get(0).path("error"), "code"))
                .isEqualTo(ErrorCode.DATABASE_UNAVAILABLE.label());
        Until.met("people are told", () -> !people.told("failure", incident).isEmpty());
        wire.mend();
        Until.met(
                "people are told that it is over",
                () -> !people.told("recovered", incident).isEmpty());
        assertThat(text(backups(served, "succeeded").get(0), "id"))
                .isGreaterThan(text(backups(served, "failed").get(0), "id"));
        assertThat(people.told("failure", incident)).as(people.toString()).hasSize(1);
        assertThat(people.told("recovered", incident)).as(people.toString()).hasSize(1);
    }

    private static void bucketAway(Served served, Wire wire, Receiver people) {
        String incident = "copy-behind/shop/offsite";
        wire.cut();
        Until.met(
                "two backups reach one destination only",
                () -> backups(served, "attention").size() >= 2);
        Until.met("people are told", () -> !people.told("copy-behind", incident).isEmpty());
        assertThat(destination(served, "offsite")).isEqualTo("behind");
        assertThat(destination(served, "disk")).isEqualTo("complete");
        wire.mend();
        Until.met(
                "people are told that it is over",
                () -> !people.told("recovered", incident).isEmpty());
        assertThat(destination(served, "offsite")).isEqualTo("complete");
        assertThat(people.told("copy-behind", incident)).as(people.toString()).hasSize(1);
        assertThat(people.told("recovered", incident)).as(people.toString()).hasSize(1);
    }

    private static JsonNode backups(Served served, String state) {
        return served.runs("&kind=backup&state=" + state);
    }

    private static String destination(Served served, String name) {
        return served.get("/api/v1/stacks/shop")
                .path("destinations")
                .valueStream()
                .filter(one -> text(one, "name").equals(name))
                .map(one -> text(one, "state"))
                .findFirst()
                .orElseThrow();
    }

    // ------------------------------------------------------------- no space

    @Test
    void a_repository_whose_disk_is_full_is_told_and_goes_on_when_there_is_room(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "fullrepository")) {
            SmallDisk small = stack.closing(SmallDisk.mounted(stack.disk(), "12m"));
            stack.prefix().addAll(small.prefix());
            Receiver people = stack.closing(new Receiver());
            onDisk(stack, "never", people);
            stack.init();
            try (Served served = Served.start(stack, state(stack), Map.of())) {
                served.succeeded(backup(served));
                String good = text(served.snapshots().get(0), "id");
                stack.uploads().write("too-big.bin", 1, 20_000_000);

                JsonNode failed = served.ended(backup(served));
                assertThat(text(failed, "state")).isEqualTo("failed");
                assertThat(text(failed.path("error"), "code")).isEqualTo(ErrorCode.STORE_FULL.label());
                assertThat(served.snapshots().valueStream().map(one -> text(one, "id")))
                        .containsExactly(good);
                assertThat(served.statusOfAnybody("/health/live")).isEqualTo(200);

                small.resize("64m");
                served.succeeded(backup(served));
                Until.met(
                        "people are told of both",
                        () -> people.told("recovered", "failure/shop/backup").size() == 1);
                assertThat(people.told("failure", "failure/shop/backup")).hasSize(1);
                served.terminate().succeeded();
            }
            stack.sound();
            stack.equal();
        }
    }

    private static void onDisk(Stack stack, String schedule, Receiver people) {
        stack.uploads().fill(3);
        stack.describe("""
                stack: shop
                schedule: %s
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
                schedule, people.notify("failure", "recovered"), stack.folderSource(), stack.diskDestination()));
    }

    /** Catalog, keys and logs are on it: nothing can be written down, so nothing new is begun. */
    @Test
    void a_server_whose_own_disk_is_full_lives_says_so_and_goes_on_when_there_is_room(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "fullstate")) {
            Receiver people = stack.closing(new Receiver());
            onDisk(stack, "never", people);
            stack.init();
            // others than root have no way to look into it
            SmallDisk small = Shell.isRoot() ? stack.closing(SmallDisk.mounted(state(stack), "24m")) : null;
            Path filler = state(stack).resolve("filler");
            try (Served served = Served.start(stack, state(stack), Map.of())) {
                served.succeeded(backup(served));
                String good = text(served.snapshots().get(0), "id");
                if (small != null) {
                    fill(filler);
                    full(served);
                    assertThat(served.snapshots().valueStream().map(one -> text(one, "id")))
                            .contains(good);
                    Files.delete(filler);
                }
                Until.met("the server takes orders again", () -> accepted(served));
                served.quiet();
                Until.met("it is ready", () -> served.statusOfAnybody("/health/ready") == 200);
                served.succeeded(backup(served));
                everySuccessHasItsSnapshot(served);
                served.terminate().succeeded();
            }
            stack.sound();
            stack.equal();
        }
    }

    private static void fill(Path filler) {
        Shell.tried("dd", "if=/dev/zero", "of=" + filler, "bs=4096", "status=none");
        assertThat(filler.toFile().getUsableSpace()).isZero();
    }

    /** Whatever is answered says what is so: an order is refused, or its run says how it ended. */
    private static void full(Served served) {
        Until.met("an order cannot be written down", () -> !accepted(served));
        HttpResponse<String> refused = served.posted("/api/v1/runs", order());
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
        assertThat(text(JSON.readTree(refused.body()), "code"))
                .as(refused.body())
                .isEqualTo(ErrorCode.CATALOG_UNAVAILABLE.label());
        assertThat(refused.body()).doesNotContain("\tat ", "SQLException");
        assertThat(served.statusOfAnybody("/health/live")).isEqualTo(200);
    }

    private static boolean accepted(Served served) {
        return served.posted("/api/v1/runs", order()).statusCode() == 202;
    }

    private static void everySuccessHasItsSnapshot(Served served) {
        List<String> listed =
                served.snapshots().valueStream().map(one -> text(one, "id")).toList();
        List<String> claimed = backups(served, "succeeded")
                .valueStream()
                .map(run -> text(run, "snapshot"))
                .toList();
        assertThat(claimed).hasSizeGreaterThanOrEqualTo(2).isSubsetOf(listed);
    }

    // ------------------------------------------------------------- the catalog is gone

    @Test
    void a_catalog_that_is_lost_is_made_anew_from_the_repositories_and_a_damaged_one_is_told(Stands stands)
            throws Exception {
        try (Stack stack = Stack.on(stands, "catalog")) {
            stack.uploads().fill(3);
            Path folder = Files.createDirectories(stack.home().resolve("stacks"));
            for (String name : List.of("shop", "wiki")) {
                Files.writeString(folder.resolve(name + ".yaml"), """
                        stack: %s
                        schedule: '@daily'
                        sources:
                          %s
                        repository:
                          pack-size: 4MiB
                          destinations:
                            %s
                        """.formatted(
                                name,
                                stack.folderSource(),
                                Stack.local("disk", stack.folder().resolve(name))));
            }
            Map<String, String> before;
            try (Served served = start(stack, folder)) {
                Until.met("both have a snapshot", () -> served.snapshots().size() == 2);
                served.quiet();
                served.succeeded(backup(served));
                served.quiet();
                JsonNode pinned = served.snapshots().get(2);
                served.patch(
                        "/api/v1/stacks/" + text(pinned, "stack") + "/snapshots/" + text(pinned, "id"),
                        JSON.createObjectNode().put("pinned", true));
                before = listing(served);
                assertThat(before).hasSize(3).containsValue("pinned");
                served.terminate().succeeded();
            }
            Files.writeString(state(stack).resolve("catalog.db"), "this is no database, and was one ".repeat(200));
            stack.start(
                            stack.home(),
                            stack.environment(),
                            "serve",
                            "--port",
                            "0",
                            "--state",
                            state(stack).toString(),
                            "--stacks",
                            folder.toString())
                    .outcome()
                    .failed(ErrorCode.CATALOG_UNAVAILABLE)
                    .hinting("made anew from the repositories");
            deleteCatalog(stack);
            try (Served served = start(stack, folder)) {
                // pins are noted a moment after the snapshots
                Until.met(
                        "all snapshots are listed again, pinned as they were",
                        () -> listing(served).equals(before));
                assertThat(served.get("/api/v1/stacks")
                                .path("items")
                                .valueStream()
                                .map(one -> text(one, "name")))
                        .containsExactlyInAnyOrder("shop", "wiki");
                served.quiet();
                assertThat(served.runs("")).as("nothing is due").isEmpty();
                served.succeeded(backup(served));
                assertThat(listing(served)).hasSize(before.size() + 1).containsAllEntriesOf(before);
            }
        }
    }

    private static Served start(Stack stack, Path folder) {
        return Served.start(stack, state(stack), Map.of(), "--stacks", folder.toString());
    }

    private static Map<String, String> listing(Served served) {
        return served.snapshots()
                .valueStream()
                .collect(Collectors.toMap(
                        one -> text(one, "stack") + " " + text(one, "id") + " " + one.path("bytes") + " "
                                + text(one, "began"),
                        one -> one.path("pinned").asBoolean(false) ? "pinned" : ""));
    }

    private static void deleteCatalog(Stack stack) throws IOException {
        try (Stream<Path> all = Files.list(state(stack))) {
            for (Path file : all.filter(path -> path.getFileName().toString().startsWith("catalog.db"))
                    .toList()) {
                Files.delete(file);
            }
        }
    }

    // ------------------------------------------------------------- the clock

    /** The real server with its own waiting; only the clock that it reads is moved, and told by a file how far. */
    @Test
    void clocks_that_are_set_or_jump_make_no_run_twice_and_lose_none(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "clock")) {
            stack.uploads().fill(3);
            stack.describe("""
                    stack: shop
                    zone: Europe/Berlin
                    schedule: 30 2 * * *
                    retention: {prune: never}
                    sources:
                      %s
                    repository:
                      pack-size: 4MiB
                      destinations:
                        %s
                    """.formatted(stack.folderSource(), stack.diskDestination()));
            stack.init();
            Path clock = stack.folder().resolve("clock");
            // half past two does not exist in this night: it is due when clocks are set forward
            set(clock, "2027-03-28T00:20:00Z");
            try (Served served = Served.startAt(clock, stack, state(stack), Map.of())) {
                served.firstBackup();
                set(clock, "2027-03-28T00:59:57Z", served);
                served.succeeded(due(served, "2027-03-28T01:00:00Z"));
                assertThat(next(served)).isEqualTo("2027-03-29T00:30:00Z");

                // half a year passes at once: one run for all that were missed, and one record of how many
                set(clock, "2027-10-30T23:30:00Z", served);
                served.succeeded(due(served, "2027-10-30T00:30:00Z"));
                JsonNode missed = served.runs("&state=missed");
                assertThat(missed.size()).as(missed.toString()).isEqualTo(1);
                assertThat(text(missed.get(0).path("error"), "message")).contains("runs due from 2027-03-29T00:30:00Z");

                // half past two comes twice in this night, and is due once
                set(clock, "2027-10-31T00:29:57Z", served);
                served.succeeded(due(served, "2027-10-31T00:30:00Z"));
                set(clock, "2027-10-31T01:30:30Z", served);
                assertThat(next(served)).isEqualTo("2027-11-01T01:30:00Z");

                // back by days: what is newest stays newest, and the schedule is followed from now on
                List<String> before = ids(served);
                set(clock, "2027-10-27T12:00:00Z", served);
                Until.met("the jump is noticed", () -> served.log().contains("the clock went back"));
                assertThat(next(served)).isEqualTo("2027-10-28T00:30:00Z");
                JsonNode early = served.ended(backup(served));
                assertThat(text(early, "state")).as(early.toString()).isEqualTo("attention");
                assertThat(early.path("result").toString()).contains("clock");
                assertThat(ids(served).subList(1, before.size() + 1)).isEqualTo(before);
                assertThat(moments(served)).doesNotHaveDuplicates();
                served.terminate().succeeded();
            }
            stack.sound();
            stack.equal();
        }
    }

    /** Moves the clock of a server; its credentials may have ended by then. */
    private static void set(Path clock, String time, Served served) throws IOException {
        set(clock, time);
        served.signIn();
    }

    /** Replaced at once, so that nobody reads half of it. */
    private static void set(Path clock, String time) throws IOException {
        Path draft = clock.resolveSibling("clock.new");
        Files.writeString(
                draft, Duration.between(Instant.now(), Instant.parse(time)).toString());
        Files.move(draft, clock, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String due(Served served, String moment) {
        String[] found = new String[1];
        Until.met("a run is due at " + moment + ": " + served.log(), () -> {
            List<String> runs = served.runs("&kind=backup&state=waiting&state=running&state=succeeded")
                    .valueStream()
                    .filter(run -> text(run, "due").equals(moment))
                    .map(run -> text(run, "id"))
                    .toList();
            found[0] = runs.isEmpty() ? "" : runs.getFirst();
            return !found[0].isEmpty();
        });
        return found[0];
    }

    private static String next(Served served) {
        return text(served.get("/api/v1/stacks").path("items").get(0), "next");
    }

    private static List<String> ids(Served served) {
        return served.snapshots().valueStream().map(one -> text(one, "id")).toList();
    }

    private static List<String> moments(Served served) {
        return served.runs("&kind=backup&state=succeeded&trigger=schedule")
                .valueStream()
                .map(run -> text(run, "due"))
                .toList();
    }
}
