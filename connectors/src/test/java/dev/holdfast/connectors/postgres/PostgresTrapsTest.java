package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.MemoryPart;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows of the table of forty traps that need a server of their own: its settings, its roles, its standby. */
@Timeout(120)
class PostgresTrapsTest {
    private static PrivatePostgres server;

    @BeforeAll
    static void start() {
        server = PrivatePostgres.in(Server.folder())
                .setting("fsync", "off")
                .setting("autovacuum", "off")
                .setting("shared_buffers", "2MB")
                .setting("hot_standby_feedback", "on")
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String big(String... more) {
        String database = Server.database(
                server, "CREATE TABLE t AS SELECT i, repeat('x', 500) AS v FROM generate_series(1, 40000) i");
        server.execute(database, more);
        return database;
    }

    private static String text(MemoryPart part, String table) {
        return new String(
                part.bytes(part.find(EntryKeys.table(table)).orElseThrow().content()), StandardCharsets.UTF_8);
    }

    private static PostgresLocation as(String role, String database) {
        return PostgresLocation.parse(server.url(role, "secret", database));
    }

    private static List<String> findings(MemoryPart part) {
        return part.findings().stream().map(Finding::message).toList();
    }

    /** Captures, and does something once while rows come. */
    private static MemoryPart backUpWhile(PostgresLocation location, int connections, Runnable meanwhile) {
        MemoryPart part = new MemoryPart("postgres");
        try (PostgresSource source = new PostgresSource(location, connections, Server.folder())) {
            source.preflight();
            source.freeze();
            return part.with(source.capture(watched(part, meanwhile)));
        }
    }

    @Test
    void row_8_timeouts_of_role_and_database_end_nothing() {
        String database = big("CREATE ROLE hasty LOGIN SUPERUSER PASSWORD 'secret'");
        server.execute(
                database,
                "ALTER ROLE hasty SET statement_timeout = '1s'",
                "ALTER ROLE hasty SET lock_timeout = '1s'",
                "ALTER DATABASE " + database + " SET idle_in_transaction_session_timeout = '1s'",
                "ALTER DATABASE " + database + " SET idle_session_timeout = '1s'");
        // the server has sent what fits, the rows' COPY and the holder of the snapshot wait for longer than they may
        MemoryPart part = backUpWhile(as("hasty", database), 1, () -> server.query("postgres", "SELECT pg_sleep(2.5)"));
        assertThat(part.details()).containsEntry("rows", "40000");
        String copy = database + "_copy";
        assertThat(Server.restore(part, as("hasty", copy), false).findings()).isEmpty();
        assertThat(Server.compare(part, as("hasty", copy))).isEmpty();
        server.dropDatabase(database);
        server.dropDatabase(copy);
        server.execute("postgres", "DROP ROLE hasty");
    }

    @Test
    void row_16_foreign_rows_are_not_read_and_views_cannot_take_the_place_of_tables() throws Exception {
        Path trace = server.socketFolder().resolve("was-read");
        String database = Server.database(
                server,
                "CREATE EXTENSION file_fdw",
                "CREATE EXTENSION postgres_fdw",
                "CREATE SERVER files FOREIGN DATA WRAPPER file_fdw",
                "CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '1')",
                "CREATE USER MAPPING FOR PUBLIC SERVER elsewhere OPTIONS (user 'u', password 'p')",
                "CREATE FOREIGN TABLE program (x text) SERVER files OPTIONS (program 'touch " + trace + "; echo 1')",
                "CREATE TABLE by_id (id int) PARTITION BY RANGE (id)",
                "CREATE TABLE here PARTITION OF by_id FOR VALUES FROM (0) TO (10)",
                "CREATE FOREIGN TABLE there PARTITION OF by_id FOR VALUES FROM (10) TO (20) SERVER elsewhere",
                "INSERT INTO by_id VALUES (1), (2)",
                "CREATE VIEW v AS SELECT 1 AS x");
        MemoryPart part = Server.backUp(server, database);
        assertThat(findings(part))
                .containsExactly("foreign tables are kept without their rows, which live on another server:"
                        + " public.program, public.there");
        assertThat(text(part, "public.here")).isEqualTo("1\n2\n");
        PostgresLocation copy = Server.location(server, database + "_copy");
        assertThat(Server.restore(part, copy, false).findings()).isEmpty();
        assertThat(Server.compare(part, copy)).isEmpty();
        assertThat(server.query(database + "_copy", "SELECT reltuples::int FROM pg_class WHERE oid = 'here'::regclass"))
                .isEqualTo("2");
        // what lies in a folder of the server's account is looked for by the server
        assertThat(server.query("postgres", "SELECT pg_stat_file('" + trace + "', true) IS NULL"))
                .isEqualTo("t");
        assertThat(server.query(database, "SELECT x FROM program")).isEqualTo("1");
        assertThat(server.query("postgres", "SELECT pg_stat_file('" + trace + "', true) IS NULL"))
                .isEqualTo("f");
        try (Session session = Session.open(Server.location(server, database))) {
            if (session.truth(
                    "SELECT EXISTS (SELECT FROM pg_settings WHERE name = 'restrict_nonsystem_relation_kind')")) {
                assertThatThrownBy(() -> session.run("TABLE public.v")).hasMessageContaining("restricted");
                assertThatThrownBy(() -> session.run("TABLE public.program")).hasMessageContaining("restricted");
            }
        }
    }

    @Test
    void row_17_a_standby_is_captured_and_what_it_lacks_is_named() {
        String database = Server.database(
                server,
                "CREATE TABLE kept (id serial, v text)",
                "INSERT INTO kept (v) SELECT 'v' || i FROM generate_series(1, 1000) i",
                "CREATE UNLOGGED TABLE passing (x int)",
                "INSERT INTO passing VALUES (1), (2)",
                "SELECT lo_from_bytea(4711, 'bytes')");
        try (PrivatePostgres standby =
                PrivatePostgres.in(Server.folder()).standbyOf(server).start()) {
            MemoryPart part = Server.backUp(standby, database);
            assertThat(findings(part))
                    .containsExactly("is read on a standby, which has no contents of what is unlogged: public.passing");
            assertThat(part.details()).containsEntry("standby", "yes").containsEntry("rows", "1000");
            assertThat(part.find(EntryKeys.table("public.passing"))).isEmpty();
            assertThat(Server.compare(part, Server.location(standby, database))).isEmpty();
            PostgresLocation copy = Server.location(server, database + "_copy");
            assertThat(Server.restore(part, copy, false).findings()).isEmpty();
            assertThat(server.query(database + "_copy", "SELECT count(*) FROM kept"))
                    .isEqualTo("1000");
            assertThat(server.query(database + "_copy", "SELECT count(*) FROM passing"))
                    .isEqualTo("0");
            assertThat(server.query(database + "_copy", "SELECT convert_from(lo_get(4711), 'UTF8')"))
                    .isEqualTo("bytes");
            // on the primary nothing of it is lacking
            MemoryPart whole = Server.backUp(server, database);
            assertThat(findings(whole)).isEmpty();
            assertThat(whole.details()).containsEntry("unlogged-tables", "1").doesNotContainKey("standby");
        }
    }

    @Test
    void row_19_extensions_that_keep_data_are_refused_or_named() {
        String database = Server.database(
                server,
                "CREATE EXTENSION hstore",
                "CREATE TABLE internal (id int)",
                "INSERT INTO internal VALUES (1)",
                "ALTER EXTENSION hstore ADD TABLE internal");
        assertThat(findings(Server.backUp(server, database)))
                .contains(
                        "extensions keep rows in tables of their own, which no dump has; back them up by other means if"
                                + " they are yours, or exclude the tables if not: public.internal (hstore)");
        Selection without = new Selection(
                Selection.Names.ALL, new Selection.Names(List.of(), List.of("public.internal")), List.of());
        assertThat(findings(Server.backUp(Server.location(server, database), new MemoryPart("postgres"), without)))
                .noneMatch(finding -> finding.startsWith("extensions"));
        for (String owner : List.of("timescaledb", "citus")) {
            server.execute(database, "UPDATE pg_extension SET extname = '" + owner + "' WHERE extname <> 'plpgsql'");
            assertThatThrownBy(() -> Server.backUp(server, database))
                    .isInstanceOf(Unsupported.class)
                    .hasMessageEndingWith("keeps its data in a way of its own: extension " + owner);
        }
    }

    @Test
    void row_25_nothing_is_written_at_the_source() {
        String database =
                Server.database(server, "CREATE TABLE t AS SELECT generate_series(1, 1000) AS i", "CREATE SEQUENCE s");
        server.execute(
                database,
                "CREATE ROLE onlooker LOGIN PASSWORD 'secret'",
                "GRANT pg_read_all_data TO onlooker",
                "ALTER ROLE onlooker SET default_transaction_read_only = on");
        String next = "SELECT pg_snapshot_xmax(pg_current_snapshot()) || ' ' || relpages || ' ' || reltuples || ' '"
                + " || (SELECT count(*) FROM pg_statistic WHERE starelid = c.oid) FROM pg_class c WHERE relname = 't'";
        String before = server.query(database, next);
        assertThat(Server.backUp(as("onlooker", database), new MemoryPart("postgres"))
                        .details())
                .containsEntry("rows", "1000");
        assertThat(server.query(database, next)).isEqualTo(before);
        server.execute(database, "DROP OWNED BY onlooker", "DROP ROLE onlooker");
    }

    @Test
    void row_30_a_function_that_looks_for_names_is_told_with_what_helps() {
        String database = Server.database(
                server,
                "CREATE TABLE lookup (x int)",
                "CREATE FUNCTION f(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS"
                        + " 'BEGIN RETURN (SELECT i + count(*)::int FROM lookup); END'",
                "CREATE TABLE t AS SELECT 1 AS i",
                "CREATE INDEX ON t (f(i))");
        MemoryPart part = Server.backUp(server, database);
        assertThatThrownBy(() -> Server.restore(part, Server.location(server, "never"), false))
                .isInstanceOf(HoldfastException.class)
                .hasMessageContaining("\"lookup\" does not exist")
                .satisfies(e -> assertThat(((HoldfastException) e).hint()).contains("search_path"));
    }

    @Test
    void row_32_a_later_format_of_archives_is_refused() throws Exception {
        Path archive = Server.folder().resolve("later.dump");
        Files.write(archive, new byte[] {'P', 'G', 'D', 'M', 'P', 1, 17, 0, 4, 8, 1});
        assertThatThrownBy(() -> ArchiveToc.read(archive, "UTF8", item -> {}))
                .isInstanceOf(Damaged.class)
                .hasMessage("the schema archive of pg_dump has format version 1.17, known are 1.14 to 1.16");
    }

    @Test
    void row_33_an_oid_that_another_catalog_has_too_hides_no_table() {
        String database = Server.database(server, "CREATE EXTENSION hstore", "CREATE TABLE t AS SELECT 1 AS i");
        server.execute(
                database,
                "SET allow_system_table_mods = on",
                // as if a function of the extension had the table's oid
                "INSERT INTO pg_depend SELECT 'pg_proc'::regclass, 't'::regclass, 0, 'pg_extension'::regclass, oid, 0, 'e'"
                        + " FROM pg_extension WHERE extname = 'hstore'");
        assertThat(text(Server.backUp(server, database), "public.t")).isEqualTo("1\n");
    }

    @Test
    void row_37_rows_come_in_their_order_although_somebody_is_in_the_middle_of_the_table() throws Exception {
        String database = big();
        try (Connection other = server.connect(database);
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("DECLARE reading CURSOR FOR SELECT i FROM t");
            statement.execute("MOVE 20000 IN reading");
            try (ResultSet row = statement.executeQuery("SELECT i FROM t LIMIT 1")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getInt(1)).as("others begin in the middle now").isGreaterThan(1);
            }
            assertThat(text(Server.backUp(server, database), "public.t")).startsWith("1\t");
        }
        server.dropDatabase(database);
    }

    @Test
    void row_38_there_are_no_more_connections_than_said() {
        String database = big("CREATE TABLE u AS TABLE t", "CREATE TABLE w AS TABLE t");
        AtomicInteger seen = new AtomicInteger();
        String sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + database + "'";
        MemoryPart part = backUpWhile(Server.location(server, database), 2, () -> {
            try {
                // those of before the capture may take a moment to end; all of the capture are within a transaction
                Server.await(() -> "0".equals(server.query("postgres", sessions + " AND xact_start IS NULL")));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            seen.set(Integer.parseInt(Objects.requireNonNull(server.query("postgres", sessions))));
        });
        assertThat(part.details()).containsEntry("connections", "2");
        assertThat(seen.get()).isBetween(2, 5);
        server.dropDatabase(database);
    }

    @Test
    void row_40_subscriptions_come_back_asleep_and_labels_need_their_provider() {
        String database = Server.database(
                server,
                "CREATE TABLE t (x int)",
                "CREATE SUBSCRIPTION sub CONNECTION 'host=127.0.0.1 port=1 dbname=far' PUBLICATION pub WITH (connect = false)");
        MemoryPart part = Server.backUp(server, database);
        PostgresLocation copy = Server.location(server, database + "_copy");
        assertThat(Server.restore(part, copy, false).findings())
                .extracting(Finding::message)
                .allMatch(message -> message.contains("subscription"));
        assertThat(server.query(
                        database + "_copy",
                        "SELECT subname || ' ' || subenabled FROM pg_subscription s JOIN pg_database d ON d.oid = subdbid"
                                + " WHERE datname = current_database()"))
                .isEqualTo("sub false");
        for (String each : List.of(database, database + "_copy")) {
            server.execute(each, "ALTER SUBSCRIPTION sub SET (slot_name = NONE)", "DROP SUBSCRIPTION sub");
        }
        server.execute(
                database,
                "SET allow_system_table_mods = on",
                "INSERT INTO pg_seclabel VALUES ('t'::regclass, 'pg_class'::regclass, 0, 'dummy', 'secret')");
        MemoryPart labelled = Server.backUp(server, database);
        assertThatThrownBy(() -> Server.restore(labelled, Server.location(server, "labelled"), false))
                .hasMessageContaining("security label provider \"dummy\" is not loaded");
        assertThat(server.hasDatabase("labelled")).isFalse();
    }

    @Test
    void values_mean_the_same_in_every_encoding_whatever_styles_role_and_database_have_and_with_row_security()
            throws Exception {
        server.execute(
                "postgres",
                "CREATE ROLE stylish LOGIN BYPASSRLS CREATEDB PASSWORD 'secret'",
                "GRANT pg_read_all_data TO stylish",
                "ALTER ROLE stylish SET DateStyle = 'German, DMY'",
                "ALTER ROLE stylish SET IntervalStyle = 'iso_8601'",
                "ALTER ROLE stylish SET lc_monetary = 'C'",
                "ALTER ROLE stylish SET TimeZone = 'America/St_Johns'");
        String values = "SELECT string_agg(date '2024-02-01' - d || ' ' || extract(epoch FROM n) || ' '"
                + " || extract(epoch FROM at) || ' ' || encode(convert_to(v, getdatabaseencoding()), 'hex'), ' ' ORDER BY i)"
                + " FROM hidden";
        for (String encoding : List.of("SQL_ASCII", "LATIN1")) {
            String name = "styled_" + encoding.toLowerCase(Locale.ROOT);
            server.execute(
                    "postgres",
                    "CREATE DATABASE " + name + " TEMPLATE template0 ENCODING '" + encoding + "' LOCALE 'C'",
                    "ALTER DATABASE " + name + " SET DateStyle = 'SQL, DMY'",
                    "ALTER DATABASE " + name + " SET IntervalStyle = 'sql_standard'",
                    "ALTER ROLE stylish IN DATABASE " + name + " SET DateStyle = 'Postgres, MDY'");
            server.execute(
                    name,
                    "CREATE TABLE hidden (i int, d date, n interval, at timestamptz, v text)",
                    "INSERT INTO hidden SELECT i, date '2024-02-01' + i, interval '-1 year 2 days -03:04:05.6' * i,"
                            + " timestamptz '2024-03-31 02:30:00+01' + i * interval '1 hour',"
                            + " convert_from(decode(to_hex(i + 192), 'hex'), '" + encoding + "')"
                            + " FROM generate_series(0, 30) i",
                    "ALTER TABLE hidden ENABLE ROW LEVEL SECURITY",
                    "ALTER TABLE hidden FORCE ROW LEVEL SECURITY",
                    "CREATE POLICY nobody ON hidden USING (false)");
            MemoryPart part = Server.backUp(as("stylish", name), new MemoryPart("postgres"));
            assertThat(part.details()).containsEntry("rows", "31").containsEntry("encoding", encoding);
            String copy = name + "_copy";
            assertThat(Server.restore(part, Server.location(server, copy), false)
                            .findings())
                    .isEmpty();
            assertThat(Server.compare(part, Server.location(server, copy))).isEmpty();
            assertThat(Server.compare(part, as("stylish", copy))).isEmpty();
            assertThat(server.query(copy, values))
                    .isEqualTo(server.query(name, values))
                    .contains("c0");
        }
    }

    /** Does something once, in the middle of a table. */
    private static HarmedPart watched(MemoryPart part, Runnable meanwhile) {
        AtomicBoolean done = new AtomicBoolean();
        return new HarmedPart(part, () -> {
            if (done.compareAndSet(false, true)) {
                meanwhile.run();
            }
        });
    }
}
