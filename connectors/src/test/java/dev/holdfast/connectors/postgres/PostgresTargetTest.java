package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.PartWriter.Change;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestoreReport;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.node.ObjectNode;

@Timeout(120)
@ExtendWith(Server.UntilTheEnd.class)
class PostgresTargetTest {
    private static PrivatePostgres server;

    @BeforeAll
    static void start() {
        server = Server.shared();
    }

    private static String databases() {
        return server.query(
                "postgres", "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE '%holdfast%'");
    }

    /** The part with one entry made different. */
    static MemoryPart altered(MemoryPart part, String key, UnaryOperator<Entry> change) {
        MemoryPart altered = part.following().with(part.details());
        EntryCursor cursor = part.entries();
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            altered.add(entry.key().toString().equals(key) ? change.apply(entry) : entry, Change.NEW);
        }
        return altered;
    }

    /** A document with something changed in it. */
    static Entry edited(MemoryPart part, Entry document, Consumer<ObjectNode> change) {
        ObjectNode json = (ObjectNode) Keys.JSON.readTree(part.bytes(document.content()));
        change.accept(json);
        byte[] bytes = Keys.JSON.writeValueAsBytes(json);
        try (ContentWriter writer = part.content(bytes.length)) {
            writer.write(bytes, 0, bytes.length);
            return new Entry(document.key(), document.type(), document.attributes(), writer.finish());
        }
    }

    @Test
    void an_existing_database_is_not_touched_unless_asked() {
        String database = Server.database(server, "CREATE TABLE t (x int)", "INSERT INTO t VALUES (1)");
        MemoryPart part = Server.backUp(server, database);
        server.execute(database, "INSERT INTO t VALUES (2)", "CREATE TABLE since (x int)");
        PostgresLocation location = Server.location(server, database);
        try (PostgresTarget target = new PostgresTarget(location, 1, Server.folder())) {
            assertThatThrownBy(() -> target.preflight(part, false))
                    .isInstanceOf(AlreadyExists.class)
                    .hasMessageMatching("database '" + database + "' exists already on server 127.0.0.1:"
                            + server.port() + " \\(it has 2 tables, [0-9]+ kB\\)");
            assertThatThrownBy(() -> target.restore(part, Progress.NONE)).isInstanceOf(AlreadyExists.class);
        }
        assertThat(server.query(database, "SELECT count(*) FROM t")).isEqualTo("2");
        assertThat(databases()).isNull();
    }

    @Test
    void an_existing_database_is_replaced_in_one_step_even_while_it_is_used() throws Exception {
        String database = Server.database(server, "CREATE TABLE t (x int)", "INSERT INTO t VALUES (1)");
        MemoryPart part = Server.backUp(server, database);
        server.execute(database, "INSERT INTO t VALUES (2)", "CREATE TABLE since (x int)");
        AtomicBoolean stop = new AtomicBoolean();
        Thread user = Thread.startVirtualThread(() -> {
            while (!stop.get()) {
                try (Connection connection = server.connect(database);
                        Statement statement = connection.createStatement()) {
                    statement.execute("SELECT pg_sleep(0.2)");
                } catch (Exception | Error e) {
                    Thread.onSpinWait(); // ended by the restore
                }
            }
        });
        PostgresLocation location = Server.location(server, database);
        RestoreReport report = Server.restore(part, location, true);
        stop.set(true);
        user.join();
        assertThat(report.findings()).isEmpty();
        assertThat(report.entries()).isEqualTo(part.entryCount());
        assertThat(Server.compare(part, location)).isEmpty();
        assertThat(databases()).isNull();
    }

    @Test
    void a_restore_that_fails_leaves_the_old_database_and_nothing_else() {
        server.execute("postgres", "DROP ROLE IF EXISTS only_here", "CREATE ROLE only_here");
        String database = Server.database(
                server,
                "CREATE TABLE t (x int)",
                "INSERT INTO t VALUES (1)",
                "CREATE TABLE u (x int)",
                "ALTER TABLE u OWNER TO only_here",
                "CREATE FUNCTION f(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN (SELECT max(x) + $1 FROM t); END'",
                "CREATE INDEX ON t (f(x))");
        // the index's function does not find its table when the search path is empty: plain pg_restore fails too
        MemoryPart part = Server.backUp(server, database);
        server.execute(database, "ALTER TABLE u OWNER TO postgres", "INSERT INTO t VALUES (2)");
        server.execute("postgres", "DROP ROLE only_here");
        assertThatThrownBy(() -> Server.restore(part, Server.location(server, database), true))
                .isInstanceOf(HoldfastException.class)
                .hasMessageContaining("restoring the schema (post-data) failed")
                .hasMessageContaining("relation \"t\" does not exist")
                .satisfies(
                        e -> assertThat(((HoldfastException) e).code()).isEqualTo(ErrorCode.DATABASE_RESTORE_FAILED));
        assertThat(server.query(database, "SELECT count(*) FROM t")).isEqualTo("2");
        assertThat(databases()).isNull();
        assertThat(server.query("postgres", "SELECT count(*) FROM pg_roles WHERE rolname = 'only_here'"))
                .isEqualTo("0");
    }

    @Test
    void rows_that_are_not_those_captured_fail_the_restore() {
        String database = Server.database(server, "CREATE TABLE t (x int)", "INSERT INTO t VALUES (1), (2)");
        MemoryPart part = Server.backUp(server, database);
        PostgresLocation copy = Server.location(server, database + "_copy");
        MemoryPart lying = altered(
                part,
                "table/public.t",
                entry -> new Entry(
                        entry.key(),
                        entry.type(),
                        entry.attributes().toBuilder().put("rows", 3).build(),
                        entry.content()));
        assertThatThrownBy(() -> Server.restore(lying, copy, false))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("expected 3 with hash");
        MemoryPart other = altered(
                part,
                "table/public.t",
                entry -> new Entry(
                        entry.key(),
                        entry.type(),
                        entry.attributes().toBuilder()
                                .put("hash", "0".repeat(32))
                                .build(),
                        entry.content()));
        assertThatThrownBy(() -> Server.restore(other, copy, false)).isInstanceOf(Damaged.class);
        assertThat(server.hasDatabase(database + "_copy")).isFalse();
        assertThat(databases()).isNull();
    }

    @Test
    void large_tables_are_filled_in_pieces_but_for_those_whose_order_matters() {
        String rows = " AS SELECT i, repeat(md5(i::text), 3) AS text FROM generate_series(1, 20000) i";
        String database = Server.database(
                server,
                "CREATE TABLE plain" + rows,
                "CREATE TABLE ranges" + rows,
                "CREATE INDEX ON ranges USING brin (i)",
                "CREATE TABLE \"clus\"\"tered\"" + rows,
                "ALTER TABLE \"clus\"\"tered\" ADD PRIMARY KEY (i)",
                "ALTER TABLE \"clus\"\"tered\" CLUSTER ON \"clus\"\"tered_pkey\"");
        MemoryPart part = Server.backUp(server, database);
        PostgresLocation copy = Server.location(server, database + "_pieces");

        assertThat(Server.restore(part, copy, false).findings()).isEmpty();

        assertThat(Server.compare(part, copy)).isEmpty();
        assertThat(misplaced(copy, "ranges")).isZero();
        assertThat(misplaced(copy, "\"clus\"\"tered\"")).isZero();
    }

    /** Rows that lie before one with a smaller number. */
    private long misplaced(PostgresLocation copy, String table) {
        return Long.parseLong(Objects.requireNonNull(server.query(
                copy.database(),
                "SELECT count(*) FROM (SELECT i, lag(i) OVER (ORDER BY ctid) AS before FROM " + table
                        + ") t WHERE before > i")));
    }

    @Test
    void a_server_killed_in_the_middle_ends_the_restore_and_names_what_is_left() {
        String database = Server.database(
                server, "CREATE TABLE t AS SELECT i, repeat('x', 500) FROM generate_series(1, 20000) i");
        MemoryPart part = Server.backUp(server, database);
        try (PrivatePostgres victim = Server.start()) {
            PostgresLocation copy = Server.location(victim, "copy");
            try (PostgresTarget target = new PostgresTarget(copy, 2, Server.folder())) {
                target.preflight(part, false);
                assertThatThrownBy(() -> target.restore(part, killing(victim)))
                        .isInstanceOf(HoldfastException.class)
                        .hasMessageContaining("filling table public.t failed: the connection to server")
                        .hasMessageContaining("the unfinished database 'copy_holdfast_")
                        .satisfies(e -> assertThat(((HoldfastException) e).code())
                                .isEqualTo(ErrorCode.DATABASE_RESTORE_FAILED));
            }
            victim.start();
            assertThat(victim.hasDatabase("copy")).isFalse();
            assertThat(Server.restore(part, copy, false).findings())
                    .extracting(Finding::message)
                    .containsExactly("was left by a restore that could not end; drop it when it is not needed");
            assertThat(Server.compare(part, copy)).isEmpty();
            killedBesideAndInPlace(victim, part, copy);
        }
    }

    private static Progress killing(PrivatePostgres victim) {
        AtomicBoolean killed = new AtomicBoolean();
        return new Progress() {
            @Override
            public void expect(long entries, long bytes) {}

            @Override
            public void advance(long entries, long bytes) {
                if (bytes > 0 && killed.compareAndSet(false, true)) {
                    victim.killHard();
                }
            }
        };
    }

    /** The same for a table beside another, and for rows alone. */
    private static void killedBesideAndInPlace(PrivatePostgres victim, MemoryPart part, PostgresLocation copy) {
        Choice table = Choice.tables("public.t").side("side");
        try (PostgresTarget target = new PostgresTarget(copy, table.restore(), 2, Server.folder())) {
            target.preflight(part, false);
            assertThatThrownBy(() -> target.restore(part, killing(victim)))
                    .hasMessageEndingWith("; what it had begun could not be removed")
                    .isInstanceOfSatisfying(
                            HoldfastException.class,
                            e -> assertThat(e.hint())
                                    .matches(
                                            "when the server is there: DROP SCHEMA IF EXISTS \"side_holdfast_[0-9a-f]{8}\""
                                                    + " CASCADE\\."));
        }
        victim.start();
        assertThat(victim.query("copy", "SELECT count(*) FROM pg_namespace WHERE nspname = 'side'"))
                .isEqualTo("0");
        assertThat(Server.restore(part, copy, table, false).findings())
                .extracting(Finding::subject)
                .anyMatch(subject -> subject.startsWith("schema 'side_holdfast_"));

        Choice rows = Choice.whole().contents(PostgresRestore.Contents.DATA).truncating();
        victim.execute("copy", "UPDATE t SET i = -i");
        try (PostgresTarget target = new PostgresTarget(copy, rows.restore(), 2, Server.folder())) {
            target.preflight(part, false);
            assertThatThrownBy(() -> target.restore(part, killing(victim)))
                    .hasMessageStartingWith("filling table public.t failed: the connection to server");
        }
        victim.start();
        assertThat(victim.query("copy", "SELECT count(*) FROM t WHERE i < 0")).isEqualTo("20000");
    }

    @Test
    void a_cancelled_statement_fails_the_restore() {
        String database = Server.database(
                server, "CREATE TABLE t AS SELECT i, repeat('x', 500) FROM generate_series(1, 20000) i");
        MemoryPart part = Server.backUp(server, database);
        AtomicBoolean cancelled = new AtomicBoolean();
        Progress cancelling = new Progress() {
            @Override
            public void expect(long entries, long bytes) {}

            @Override
            public void advance(long entries, long bytes) {
                if (bytes > 0 && cancelled.compareAndSet(false, true)) {
                    server.execute(
                            "postgres",
                            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%FROM STDIN%'"
                                    + " AND state = 'active'");
                }
            }
        };
        try (PostgresTarget target = new PostgresTarget(Server.location(server, database + "_c"), 2, Server.folder())) {
            target.preflight(part, false);
            assertThatThrownBy(() -> target.restore(part, cancelling))
                    .hasMessage("filling table public.t failed: canceling statement due to user request");
        }
        assertThat(databases()).isNull();
    }

    @Test
    void without_superuser_everything_belongs_to_the_user_and_that_is_said() {
        String database = Server.database(
                server,
                "CREATE TABLE t (x int)",
                "INSERT INTO t VALUES (1)",
                "SELECT lo_from_bytea(5, 'abc')",
                "CREATE SEQUENCE s");
        MemoryPart part = Server.backUp(server, database);
        server.execute("postgres", "CREATE ROLE plain_user LOGIN PASSWORD 'p'");
        PostgresLocation copy = PostgresLocation.parse(server.url("plain_user", "p", "plain_users"));
        assertThatThrownBy(() -> Server.restore(part, copy, false))
                .isInstanceOf(AccessDenied.class)
                .hasMessageContaining("may not create databases");
        server.execute("postgres", "ALTER ROLE plain_user CREATEDB");
        RestoreReport report = Server.restore(part, copy, false);
        assertThat(report.findings())
                .extracting(Finding::message)
                .containsExactly(
                        "what they owned belongs to 'plain_user', because these owners do not exist or are not within reach: postgres");
        assertThat(Server.compare(part, Server.location(server, "plain_users")))
                .isNotEmpty()
                .allMatch(difference -> difference.contains("owner"));
    }

    @Test
    void an_extension_the_server_lacks_is_named_before_anything_is_made() {
        MemoryPart captured = Server.backUp(server, Server.database(server, "CREATE TABLE t (x int)"));
        MemoryPart part = altered(
                captured,
                "document/database",
                entry -> edited(
                        captured, entry, json -> json.putObject("extensions").put("not there", "1.8")));
        assertThatThrownBy(() -> Server.restore(part, Server.location(server, "never"), false))
                .hasMessageContaining("has not the extensions that the snapshot needs: not there 1.");
    }

    @Test
    void schemas_and_extensions_that_were_removed_do_not_come_back() {
        String database = Server.database(
                server,
                "CREATE SCHEMA other",
                "CREATE TABLE other.t (x int)",
                "DROP SCHEMA public",
                "DROP EXTENSION plpgsql");
        MemoryPart part = Server.backUp(server, database);
        PostgresLocation copy = Server.location(server, database + "_copy");
        assertThat(Server.restore(part, copy, false).findings()).isEmpty();
        assertThat(Server.compare(part, copy)).isEmpty();
    }

    @Test
    void the_longest_names_work() {
        String name = "ä".repeat(31) + "x";
        MemoryPart part = Server.backUp(server, Server.database(server, "CREATE TABLE t (x int)"));
        PostgresLocation copy = Server.location(server, name);
        Server.restore(part, copy, false);
        assertThat(Server.restore(part, copy, true).findings()).isEmpty();
        assertThat(Server.compare(part, copy)).isEmpty();
        server.dropDatabase(name);
    }

    @Test
    void the_database_postgres_itself_can_be_replaced() {
        try (PrivatePostgres other = Server.start()) {
            other.execute("postgres", "CREATE TABLE t (x int)");
            MemoryPart part = Server.backUp(other, "postgres");
            other.execute("postgres", "DROP TABLE t");
            PostgresLocation location = Server.location(other, "postgres");
            assertThat(Server.restore(part, location, true).findings()).isEmpty();
            assertThat(Server.compare(part, location)).isEmpty();
        }
    }

    @Test
    void only_the_setting_that_older_servers_do_not_know_is_forgiven() {
        String harmless = """
                pg_restore: error: could not execute query: ERROR:  parámetro de configuración «transaction_timeout» no reconocido
                Command was: SET transaction_timeout = 0;
                """;
        String other = """
                pg_restore: error: could not execute query: ERROR:  no "transaction_timeout"
                Command was: SELECT 1;
                """;
        String ignored = "pg_restore: warning: errors ignored on restore: ";
        assertThat(SchemaRestore.Tolerated.isAllOf(harmless + ignored + 1)).isTrue();
        assertThat(SchemaRestore.Tolerated.isAllOf(harmless + harmless + ignored + 2))
                .isTrue();
        assertThat(SchemaRestore.Tolerated.isAllOf(harmless + harmless + ignored + 3))
                .isFalse();
        assertThat(SchemaRestore.Tolerated.isAllOf(harmless + other + ignored + 2))
                .isFalse();
        assertThat(SchemaRestore.Tolerated.isAllOf(harmless)).isFalse();
        assertThat(SchemaRestore.Tolerated.isAllOf(ignored + 0)).isFalse();
        assertThat(harmless.lines()).noneMatch(SchemaRestore.Tolerated::isOther);
        assertThat(other.lines()).anyMatch(SchemaRestore.Tolerated::isOther);
    }

    @Test
    void an_entry_of_a_later_version_is_refused() {
        MemoryPart part = Server.backUp(server, Server.database(server, "CREATE TABLE t (x int)"));
        part.add(new Entry(EntryKey.of("tablespace/x"), EntryType.FILE, Attributes.NONE, Content.EMPTY), Change.NEW);
        assertThatThrownBy(() -> Server.restore(part, Server.location(server, "never"), false))
                .hasMessage("entry tablespace/x of type FILE is not known to this version");
    }

    /** As the pg_dump of 17 and later leaves them: their definitions come with their data there, and not with the schema. */
    @Test
    void large_objects_come_back_where_the_schema_lacks_them() throws Exception {
        String database =
                Server.database(server, "SELECT lo_from_bytea(4711, 'some bytes')", "SELECT lo_from_bytea(4712, '')");
        MemoryPart part = Server.backUp(server, database);
        Path archive = Files.createTempFile("holdfast-test-", ".dump");
        Path without = Files.createTempFile("holdfast-test-", ".dump");
        Entry schema = part.find(Keys.SCHEMA).orElseThrow();
        Files.write(archive, part.bytes(schema.content()));
        ArchiveToc.copy(
                archive,
                without,
                "UTF8",
                item -> item.type().equals("BLOB") || item.name().startsWith("LARGE OBJECT") ? null : item);
        MemoryPart later = part.following().with(part.details());
        EntryCursor cursor = part.entriesFrom(EntryKey.of(""));
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            Entry kept = entry;
            if (entry.key().equals(Keys.SCHEMA)) {
                byte[] bytes = Files.readAllBytes(without);
                ContentWriter writer = later.content(bytes.length);
                writer.write(bytes, 0, bytes.length);
                kept = new Entry(entry.key(), entry.type(), entry.attributes(), writer.finish());
            }
            later.add(kept, PartWriter.Change.NEW);
        }
        String copy = database + "_copy";

        RestoreReport report = Server.restore(later, Server.location(server, copy), false);

        assertThat(report.findings())
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.message()).startsWith("2 were made anew and belong to 'postgres'"));
        assertThat(server.query(copy, "SELECT convert_from(lo_get(4711), 'UTF8') || '|' || length(lo_get(4712))"))
                .isEqualTo("some bytes|0");
        Files.delete(archive);
        Files.delete(without);
    }
}
