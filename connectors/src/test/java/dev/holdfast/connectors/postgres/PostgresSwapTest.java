package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestorePlan;
import dev.holdfast.engine.source.RestoreReport;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Replacing a database that is there. */
@Timeout(120)
@ExtendWith(Server.UntilTheEnd.class)
class PostgresSwapTest {
    private static final Pattern STATEMENTS = Pattern.compile("(?:ALTER|DROP) DATABASE [^;]*");

    private static PrivatePostgres server;
    private static String database;
    private static MemoryPart part;

    @BeforeAll
    static void start() {
        server = Server.shared();
        database = Server.database(
                server, "CREATE TABLE t (x int PRIMARY KEY)", "INSERT INTO t VALUES (1)", "CREATE SEQUENCE s");
        part = Server.backUp(server, database);
        server.execute(database, "INSERT INTO t VALUES (2)");
    }

    private static PostgresLocation copy(String name) {
        PostgresLocation location = Server.location(server, name);
        server.execute("postgres", "CREATE DATABASE " + name + " TEMPLATE " + database);
        return location;
    }

    private static String databases(String like) {
        return server.query(
                "postgres",
                "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE datname LIKE '" + like + "'");
    }

    private static void follow(String note) {
        Matcher statement = STATEMENTS.matcher(note);
        while (statement.find()) {
            server.execute("postgres", statement.group());
        }
    }

    @Test
    void what_was_replaced_is_kept_and_the_way_back_is_told() {
        PostgresLocation swapped = copy("swapped");
        RestoreReport report = Server.restore(part, swapped, true);

        assertThat(report.findings()).isEmpty();
        assertThat(server.query("swapped", "SELECT count(*) FROM t")).isEqualTo("1");
        String kept = databases("swapped_before_%");
        assertThat(kept).matches("swapped_before_[0-9]{8}T[0-9]{6}Z");
        assertThat(server.query(kept, "SELECT count(*) FROM t")).isEqualTo("2");
        assertThat(report.notes()).hasSize(3);
        assertThat(report.notes().get(0))
                .isEqualTo("Read again and compared before it got its name: 2 tables, sequences and large objects are"
                        + " equal to the snapshot.");
        assertThat(report.notes().get(1)).contains("is kept as database '" + kept + "'");

        follow(report.notes().get(2));
        assertThat(server.query("swapped", "SELECT count(*) FROM t")).isEqualTo("2");
        assertThat(server.query("swapped_restored", "SELECT count(*) FROM t")).isEqualTo("1");

        RestoreReport again = Server.restore(part, swapped, true);
        follow(again.notes().get(1));
        assertThat(databases("swapped%")).isEqualTo("swapped swapped_restored");
    }

    @Test
    void what_was_replaced_is_dropped_if_that_is_asked_for() {
        PostgresLocation dropped = copy("dropped_old");
        RestoreReport report = Server.restore(part, dropped, Choice.whole().dropping(), true);
        assertThat(report.notes()).hasSize(1);
        assertThat(databases("dropped_old%")).isEqualTo("dropped_old");
    }

    @Test
    void who_is_connected_is_told_before_and_ended_only_by_the_restore() throws Exception {
        PostgresLocation used = copy("used");
        server.execute(
                "postgres",
                "CREATE ROLE only_creator LOGIN PASSWORD 'p' CREATEDB",
                "ALTER DATABASE used OWNER TO only_creator");
        try (Connection connection = server.connect("used");
                Statement statement = connection.createStatement()) {
            statement.execute("SET application_name = 'shop web'");
            RestorePlan plan = plan(used, true);
            assertThat(plan.losses()).hasSize(2);
            assertThat(plan.losses().getFirst())
                    .startsWith("Database 'used' on server ")
                    .contains("(1 table, ")
                    .endsWith("; it is kept under the name 'used_before_<time>'.");
            assertThat(plan.losses().getLast()).endsWith("now these are 1 session: shop web (1).");
            assertThat(plan.obstacles()).isEmpty();
            assertThat(connection.isValid(5)).isTrue();

            PostgresLocation other = PostgresLocation.parse(server.url("only_creator", "p", "used"));
            assertThatThrownBy(() -> plan(other, true).requireFeasible())
                    .isInstanceOf(AccessDenied.class)
                    .hasMessage("user 'only_creator' may not end 1 of the sessions in database 'used': 1 session: shop"
                            + " web (1)");

            assertThat(Server.restore(part, used, true).findings()).isEmpty();
            assertThat(connection.isValid(5)).isFalse();
        }
        assertThat(server.query("used", "SELECT count(*) FROM t")).isEqualTo("1");
    }

    private static RestorePlan plan(PostgresLocation location, boolean overwrite) {
        try (PostgresTarget target = new PostgresTarget(location, 2, Server.folder())) {
            return target.plan(part, overwrite);
        }
    }

    /** Does something to the unfinished database when its sequences are set, which is after its rows are there. */
    private static Progress meddling(String statement) {
        AtomicBoolean done = new AtomicBoolean();
        return new Progress() {
            @Override
            public void expect(long entries, long bytes) {}

            @Override
            public void advance(long entries, long bytes) {
                String unfinished = databases("%\\_holdfast\\_%");
                if (entries > 0
                        && unfinished != null
                        && "1".equals(server.query(unfinished, "SELECT count(*) FROM public.t"))
                        && done.compareAndSet(false, true)) {
                    server.execute(unfinished, statement);
                }
            }
        };
    }

    private static RestoreReport restore(PostgresLocation location, Choice choice, Progress progress) {
        try (PostgresTarget target = new PostgresTarget(location, choice.restore(), 2, Server.folder())) {
            target.preflight(part, true);
            return target.restore(part, progress);
        }
    }

    @Test
    void what_is_not_equal_to_the_snapshot_does_not_get_the_name() {
        PostgresLocation guarded = copy("guarded");
        String change = "UPDATE public.t SET x = 7";

        assertThatThrownBy(() -> restore(guarded, Choice.whole(), meddling(change)))
                .hasMessageStartingWith("what was restored is not what was captured: table public.t: the same number of"
                        + " rows (1), but not the same rows")
                .isInstanceOfSatisfying(
                        HoldfastException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.DATABASE_RESTORE_FAILED));
        assertThat(databases("guarded%")).isEqualTo("guarded");
        assertThat(server.query("guarded", "SELECT count(*) FROM t")).isEqualTo("2");
        assertThatThrownBy(() -> restore(
                        Server.location(server, "guarded_new"), Choice.whole().compared(true), meddling(change)))
                .hasMessageStartingWith("what was restored is not what was captured");
        assertThat(databases("guarded%")).isEqualTo("guarded");

        restore(guarded, Choice.whole().compared(false), meddling(change));
        assertThat(server.query("guarded", "SELECT x FROM t")).isEqualTo("7");
    }

    @Test
    void what_is_complete_and_cannot_get_its_name_is_kept() {
        String name = "taken_meanwhile";
        Progress taking = new Progress() {
            private boolean taken;

            @Override
            public void expect(long entries, long bytes) {}

            @Override
            public synchronized void advance(long entries, long bytes) {
                if (!taken) {
                    taken = true;
                    server.createDatabase(name);
                }
            }
        };
        // it was not there when the restore began, so nobody agreed to its loss
        assertThatThrownBy(() -> {
                    try (PostgresTarget target =
                            new PostgresTarget(Server.location(server, name), 2, Server.folder())) {
                        target.preflight(part, false);
                        target.restore(part, taking);
                    }
                })
                .hasMessageContaining("what was restored is complete and kept as database '" + name + "_holdfast_");
        assertThat(server.query(name, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
                .isEqualTo("0");
        String complete = databases(name + "\\_holdfast\\_%");
        assertThat(server.query(complete, "SELECT count(*) FROM t")).isEqualTo("1");
        server.dropDatabase(complete);
    }

    @Test
    void a_plan_tells_what_would_be_done_and_changes_nothing() {
        PostgresLocation planned = copy("planned");
        String before = fingerprint();

        RestorePlan plan = plan(planned, true);
        RestorePlan fresh = plan(Server.location(server, "planned_new"), false);
        RestorePlan refused = plan(planned, false);

        assertThat(fingerprint()).isEqualTo(before);
        assertThat(plan.obstacles()).isEmpty();
        assertThat(plan.findings()).isEmpty();
        assertThat(plan.entries()).isEqualTo(part.entryCount());
        assertThat(plan.items()).containsExactly(new RestorePlan.Item("public.t", 1, 2));
        assertThat(plan.estimate()).isPresent();
        assertThat(plan.steps()).hasSize(4);
        assertThat(plan.facts())
                .extracting(RestorePlan.Fact::name)
                .containsExactly(
                        "server", "snapshot", "present-database", "pg-restore", "locale", "extensions", "room");
        assertThat(fresh.losses()).isEmpty();
        assertThat(fresh.steps()).hasSize(3);
        assertThat(refused.obstacles()).extracting(HoldfastException::code).containsExactly(ErrorCode.DATABASE_EXISTS);
    }

    @Test
    void a_database_is_not_replaced_by_one_without_rows() {
        PostgresLocation precious = copy("precious");
        Choice definitions = Choice.whole().contents(PostgresRestore.Contents.SCHEMA);
        assertThatThrownBy(() -> Server.restore(part, precious, definitions, true))
                .hasMessage("database 'precious' would be replaced by one without rows");
    }

    private static String fingerprint() {
        return server.query("planned", """
                SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
                  SELECT d::text FROM pg_database d WHERE datname LIKE 'planned%'
                  UNION ALL SELECT c.oid || c.relname || c.relfilenode || coalesce(c.relacl::text, '') FROM pg_class c
                  UNION ALL SELECT r::text FROM pg_roles r
                  UNION ALL SELECT n::text FROM pg_namespace n
                  UNION ALL SELECT t::text FROM t) lines (line)""");
    }
}
