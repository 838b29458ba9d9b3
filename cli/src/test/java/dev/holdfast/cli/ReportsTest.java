package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.operation.BackupResult;
import dev.holdfast.control.operation.CheckResult;
import dev.holdfast.control.operation.CompareResult;
import dev.holdfast.control.operation.DoctorResult;
import dev.holdfast.control.operation.RestoreResult;
import dev.holdfast.control.operation.RestoreResult.Outcome;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.repository.CheckReport;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Diagnosis;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.RestorePlan;
import dev.holdfast.engine.source.RestoreReport;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ReportsTest {
    private static final Snapshot SNAPSHOT = Canned.snapshot(Canned.FIRST, Map.of());
    private static final DestinationState LEVEL = new DestinationState("disk", "/backups", true, "");
    private static final DestinationState BEHIND =
            new DestinationState("offsite", "s3://backup", false, "does not answer");

    private static String text(Report report) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        report.text(new Page(new PrintStream(out, true, StandardCharsets.UTF_8), false, ZoneOffset.UTC));
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String json(Report report) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Json json = new Json(new PrintStream(out, true, StandardCharsets.UTF_8), "x")) {
            report.json(json);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_backup_tells_what_it_cost_and_where_it_is() {
        Report report = new BackupReport(
                new BackupResult(SNAPSHOT, List.of(LEVEL), List.of(), Duration.ofMillis(2100)),
                OptionalLong.of(180_000_000));

        assertThat(text(report)).isEqualTo("""
                        Snapshot 01jd00000000000000000000aa of stack 'shop'
                        PART   KIND    ENTRIES    SIZE  NEW  CHANGED  UNCHANGED  GONE    READ  STORED
                        media  bucket    3,000  201 MB   30       20      2,950     1  4.0 MB  1.2 MB

                        Stored 1.2 MB (0.6 % of 201 MB), read 4.0 MB, in 2.1 s, peak memory 180 MB
                        Destination 'disk' is complete: /backups
                        One copy short: nothing of it is left if that place is lost; add a destination elsewhere.
                        """);
        assertThat(json(report)).isEqualTo("""
                        {"command":"x","snapshot":"01jd00000000000000000000aa","stack":"shop","parts":[{"name":"media","kind":"bucket","location":"the media","entries":3000,"bytes":201000000,"storedBytes":1200000,"newEntries":30,"changedEntries":20,"unchangedEntries":2950,"removedEntries":1,"readEntries":50,"readBytes":4000000}],"bytes":201000000,"storedBytes":1200000,"readBytes":4000000,"seconds":2.1,"peakResidentBytes":180000000,"destinations":[{"name":"disk","location":"/backups","state":"complete","reason":""}],"findings":[]}
                        """);
    }

    @Test
    void a_backup_with_a_destination_behind_says_so() {
        Report report = new BackupReport(
                new BackupResult(
                        SNAPSHOT,
                        List.of(LEVEL, BEHIND),
                        List.of(new Finding("a.txt", "changed while it was read")),
                        Duration.ofSeconds(1)),
                OptionalLong.empty());

        assertThat(report.concern()).contains(ErrorCode.FINDINGS);
        assertThat(text(report)).endsWith("""
                        Destination 'disk' is complete: /backups
                        Destination 'offsite' is BEHIND: s3://backup: does not answer
                        Finding: a.txt: changed while it was read
                        The snapshot is complete, but somebody should look at the lines above.
                        """);
        assertThat(json(report))
                .contains("\"state\":\"behind\",\"reason\":\"does not answer\"")
                .contains("\"findings\":[{\"subject\":\"a.txt\",\"message\":\"changed while it was read\"}]");
    }

    @Test
    void a_restore_tells_what_became_of_each_part() {
        RestoreResult result = new RestoreResult(
                SNAPSHOT,
                List.of(
                        new RestoreResult.PartOutcome(
                                Canned.part("database", "postgres"),
                                "postgresql://db/copy",
                                new Outcome.Restored(
                                        new RestoreReport(14, 92_000_000, List.of()), Duration.ofMillis(4200))),
                        new RestoreResult.PartOutcome(
                                Canned.part("media", "bucket"),
                                "s3://copy",
                                new Outcome.NotRestored(new Unavailable(
                                        ErrorCode.BUCKET_UNAVAILABLE, "s3://copy does not answer", "try again."))),
                        new RestoreResult.PartOutcome(
                                Canned.part("uploads", "directory"), "/copy", new Outcome.NotBegun())),
                List.of(),
                Duration.ofSeconds(5));
        Report report = new dev.holdfast.cli.RestoreReport(result);

        assertThat(report.concern()).contains(ErrorCode.BUCKET_UNAVAILABLE);
        assertThat(report.problem()).isEqualTo("part 'media' was not restored: s3://copy does not answer");
        assertThat(report.hint()).isEqualTo("try again.");
        assertThat(text(report)).isEqualTo("""
                        Snapshot 01jd00000000000000000000aa of stack 'shop', 2026-11-20 05:00:00 UTC
                        PART      KIND       ENTRIES     SIZE   TIME  RESULT     TARGET
                        database  postgres        14  92.0 MB  4.2 s  restored   postgresql://db/copy
                        media     bucket                              FAILED     s3://copy
                        uploads   directory                           not begun  /copy

                        """);
        assertThat(json(report)).contains("\"state\":\"restored\"", "\"state\":\"failed\"", "\"state\":\"not-begun\"");
    }

    @Test
    void a_dry_run_shows_the_plan_of_each_part() {
        RestorePlan plan = new RestorePlan.Builder()
                .restores(14, 92_000_000)
                .step("Database 'copy' is built.")
                .loss("Database 'copy' will be replaced.")
                .fact("server-version", "18.1", "and more")
                .finding(new Finding("role 'app'", "does not exist"))
                .items(List.of(new RestorePlan.Item("public.orders", 12_345, 91_000_000)))
                .estimate(Duration.ofSeconds(3), Duration.ofSeconds(80), "a guess")
                .build();
        RestorePlan impossible = new RestorePlan.Builder()
                .obstacle(new Unavailable(ErrorCode.BUCKET_UNAVAILABLE, "s3://copy does not answer", "try again."))
                .build();
        RestoreResult.PartOutcome database = new RestoreResult.PartOutcome(
                Canned.part("database", "postgres"), "postgresql://db/copy", new Outcome.Planned(plan));
        RestoreResult.PartOutcome media = new RestoreResult.PartOutcome(
                Canned.part("media", "bucket"), "s3://copy", new Outcome.Planned(impossible));
        Report report = new dev.holdfast.cli.RestoreReport(
                new RestoreResult(SNAPSHOT, List.of(database), List.of(), Duration.ofSeconds(1)));

        assertThat(report.concern()).contains(ErrorCode.FINDINGS);
        assertThat(text(report)).isEqualTo("""
                        Snapshot 01jd00000000000000000000aa of stack 'shop', 2026-11-20 05:00:00 UTC

                        Part 'database' (postgres) to postgresql://db/copy
                          Database 'copy' is built.
                          Database 'copy' will be replaced.
                          server-version: 18.1; and more
                          amount: 14 entries, 92.0 MB
                          time: 3.0 s to 1 min 20 s (a guess)
                          LARGEST          ROWS     SIZE
                          public.orders  12,345  91.0 MB
                        Finding: role 'app': does not exist
                        Nothing was changed. The restore would work, but see the findings.
                        """);
        assertThat(json(report))
                .contains(
                        "\"dryRun\":true",
                        "\"state\":\"planned\",\"entries\":14,\"bytes\":92000000",
                        "\"losses\":[\"Database 'copy' will be replaced.\"]",
                        "\"facts\":{\"serverVersion\":[\"18.1\",\"and more\"]}",
                        "\"items\":[{\"name\":\"public.orders\",\"count\":12345,\"bytes\":91000000}]",
                        "\"obstacles\":[]",
                        "\"estimate\":{\"secondsAtLeast\":3.0,\"secondsAtMost\":80.0,\"basis\":\"a guess\"}");

        Report refused = new dev.holdfast.cli.RestoreReport(
                new RestoreResult(SNAPSHOT, List.of(database, media), List.of(), Duration.ofSeconds(1)));
        assertThat(refused.concern()).contains(ErrorCode.BUCKET_UNAVAILABLE);
        assertThat(refused.problem()).isEqualTo("the restore cannot be done: s3://copy does not answer");
        assertThat(refused.hint()).isEqualTo("try again.");
        assertThat(text(refused)).contains("  CANNOT: s3://copy does not answer");
        assertThat(json(refused)).contains("\"code\":\"bucket-unavailable\",\"number\":52");
    }

    @Test
    void a_comparison_shows_the_first_differences_and_counts_all() {
        CompareResult result = new CompareResult(
                SNAPSHOT,
                List.of(
                        new CompareResult.PartComparison(
                                Canned.part("database", "postgres"), "postgresql://db/shop", 14, List.of(), 0),
                        new CompareResult.PartComparison(
                                Canned.part("media", "bucket"),
                                "s3://media",
                                3000,
                                List.of(new CompareResult.Difference("a.jpg", "is missing")),
                                2)),
                List.of());
        Report report = new CompareReport(result);

        assertThat(report.problem()).isEqualTo("found 2 differences to snapshot 01jd00000000000000000000aa");
        assertThat(text(report)).isEqualTo("""
                        Snapshot 01jd00000000000000000000aa of stack 'shop', 2026-11-20 05:00:00 UTC
                        PART      KIND      COMPARED  RESULT         WITH
                        database  postgres        14  equal          postgresql://db/shop
                        media     bucket       3,000  2 DIFFERENCES  s3://media

                        media: a.jpg: is missing
                        and 1 more in part 'media'
                        """);
        assertThat(json(report))
                .contains(
                        "\"equal\":false",
                        "\"differences\":[{\"key\":\"a.jpg\",\"what\":\"is missing\"}],\"differenceCount\":2");
    }

    @Test
    void a_doctor_tells_what_was_found_what_follows_and_what_to_do() {
        Report report = new DoctorReport(new DoctorResult(List.of(
                new DoctorResult.Patient(
                        "source",
                        "database",
                        "postgresql://db/shop",
                        List.of(
                                Diagnosis.ok("server", "PostgreSQL 18.1"),
                                Diagnosis.note("extensions", "the database uses postgis", "a server must offer it"),
                                Diagnosis.problem(
                                        "privileges",
                                        new Unavailable(
                                                ErrorCode.TABLE_UNREADABLE, "user 'u' may not read t", "grant it.")))),
                new DoctorResult.Patient(
                        "repository",
                        "",
                        "",
                        List.of(Diagnosis.warning("clock", "is wrong", "times are wrong", "set it."))))));

        assertThat(report.concern()).contains(ErrorCode.TABLE_UNREADABLE);
        assertThat(report.problem()).isEqualTo("a backup would fail: found 1 problem");
        assertThat(text(report)).isEqualTo("""
                        Source 'database': postgresql://db/shop
                          ok       server: PostgreSQL 18.1
                          note     extensions: the database uses postgis
                                   so a server must offer it
                          PROBLEM  privileges: user 'u' may not read t
                                   so a run would end with exit code 45 (table-unreadable)
                                   HINT: grant it.

                        Repository
                          warning  clock: is wrong
                                   so times are wrong
                                   HINT: set it.

                        """);
        assertThat(json(report)).isEqualTo("""
                        {"command":"x","problems":1,"warnings":1,"looked":[{"kind":"source","name":"database","location":"postgresql://db/shop","diagnoses":[{"severity":"ok","subject":"server","found":"PostgreSQL 18.1","effect":"","advice":""},{"severity":"note","subject":"extensions","found":"the database uses postgis","effect":"a server must offer it","advice":""},{"severity":"problem","subject":"privileges","found":"user 'u' may not read t","effect":"a run would end with exit code 45 (table-unreadable)","advice":"grant it.","code":"table-unreadable"}]},{"kind":"repository","name":"","location":"","diagnoses":[{"severity":"warning","subject":"clock","found":"is wrong","effect":"times are wrong","advice":"set it."}]}]}
                        """);
    }

    @Test
    void a_check_names_what_is_hurt() {
        Report report = new CheckReportPage(new CheckResult(
                new CheckReport(
                        1,
                        2,
                        3,
                        201_000_000,
                        true,
                        List.of(new CheckReport.Problem(
                                "disk",
                                "pack/3f2a",
                                "is damaged",
                                List.of(Canned.FIRST),
                                List.of("01jd media a.jpg"),
                                5,
                                List.of("offsite")))),
                List.of(LEVEL)));

        assertThat(report.concern()).contains(ErrorCode.CHECK_FAILED);
        assertThat(text(report)).isEqualTo("""
                        Looked at 1 snapshot, 2 packs and 3 chunks; read 201 MB, all data

                        Destination 'disk': pack/3f2a: is damaged
                          hurts snapshots: 01jd00000000000000000000aa
                          hurts 01jd media a.jpg
                          and 4 more entries
                          sound at: offsite
                        Destination 'disk' is complete: /backups
                        """);
    }
}
